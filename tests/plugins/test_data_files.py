"""An error names the file of its own folder that a plugin did not find."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kili_emulator.plugins.guest.data_files import find_missing_file


def raised(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_path_in_the_folder_is_shown_relative_to_the_folder(tmp_path: Path) -> None:
    error = raised((tmp_path / "data" / "table.csv").read_text)
    assert find_missing_file(error, tmp_path) == str(Path("data", "table.csv"))


@pytest.mark.parametrize(
    "look",
    [
        lambda: Path("table.csv").read_text(),
        lambda: os.open(b"table.csv", os.O_RDONLY),
        lambda: list(Path("table.csv").iterdir()),
        lambda: Path("./table.csv").stat(),
    ],
)
def test_relative_path_counts_as_a_file_of_the_folder(
    tmp_path: Path, look: Callable[[], object]
) -> None:
    assert find_missing_file(raised(look), tmp_path) == "table.csv"


def test_missing_file_is_found_behind_a_cause_or_context(tmp_path: Path) -> None:
    def wrapped() -> None:
        try:
            Path("table.csv").read_text()
        except OSError as error:
            raise ValueError("no table") from error

    def handled() -> None:
        try:
            Path("table.csv").read_text()
        except OSError:
            1 / 0  # noqa: B018

    assert find_missing_file(raised(wrapped), tmp_path) == "table.csv"
    assert find_missing_file(raised(handled), tmp_path) == "table.csv"


@pytest.mark.parametrize(
    "look",
    [
        lambda: Path("/nowhere/at/all").read_text(),
        lambda: subprocess.run(["no-such-command"], check=False),
        lambda: os.open(".", os.O_WRONLY),
        lambda: int("x"),
    ],
)
def test_other_errors_name_no_missing_file(tmp_path: Path, look: Callable[[], object]) -> None:
    assert find_missing_file(raised(look), tmp_path) is None


def test_circular_causes_do_not_loop(tmp_path: Path) -> None:
    one, other = ValueError(), ValueError()
    one.__cause__, other.__cause__ = other, one
    assert find_missing_file(one, tmp_path) is None
