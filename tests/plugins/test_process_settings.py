"""Changes of the process settings are found and restored."""

from __future__ import annotations

import locale
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kili_emulator.plugins.guest.process_state import process_settings
from kili_emulator.plugins.guest.process_state.process_settings import (
    Values,
    describe,
    find_changes,
    reapply,
    restore,
)


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    values = now()
    yield
    restore(find_changes(values))


def now() -> Values:
    """Take a snapshot within the test, as pytest sets a variable in each phase."""
    return process_settings.take_snapshot(signals=True)


CHANGES: dict[str, Callable[[], object]] = {
    "the working directory (/)": lambda: os.chdir("/"),
    "the environment (HOME)": lambda: os.environ.update(HOME="elsewhere"),
    "the environment (PATH)": lambda: os.environ.pop("PATH"),
    "the environment (NEW_ONE)": lambda: os.environ.update(NEW_ONE="1"),
    "sys.path": lambda: sys.path.append("/nowhere"),
    "the locale": lambda: locale.setlocale(locale.LC_ALL, "C.UTF-8"),
    "the recursion limit": lambda: sys.setrecursionlimit(3000),
    "the time-out of sockets": lambda: socket.setdefaulttimeout(60),
    "handlers of signals (SIGUSR1)": lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN),
}


@pytest.mark.parametrize("said", CHANGES)
def test_change_is_found_and_restored(said: str) -> None:
    before = now()
    CHANGES[said]()
    found = find_changes(before)
    assert describe(found) == said
    restore(found)
    assert find_changes(before) == []


def test_change_that_was_undone_is_not_reported() -> None:
    before = now()
    sys.path.append("/nowhere")
    sys.path.remove("/nowhere")
    os.environ["HOME"] = os.environ["HOME"]
    assert find_changes(before) == []


def test_description_of_many_changes_is_shortened() -> None:
    before = now()
    os.environ.update({f"NEW_{number}": "" for number in range(7)})
    os.chdir("/")
    assert describe(find_changes(before)) == (
        "the working directory (/), the environment (NEW_0, NEW_1, NEW_2, NEW_3, NEW_4 and 2 more)"
    )


def test_cleared_sys_path_is_restored_in_order() -> None:
    before = now()
    path = list(sys.path)
    sys.path[:] = ["/nowhere"]
    restore(find_changes(before))
    assert sys.path == path


def test_changes_can_be_reapplied() -> None:
    before = now()
    os.chdir("/")
    os.environ["NEW_ONE"] = "1"
    del os.environ["PATH"]
    found = find_changes(before)
    restore(found)
    reapply(found)
    assert (str(Path.cwd()), os.environ["NEW_ONE"], "PATH" in os.environ) == ("/", "1", False)


@pytest.mark.parametrize("first", [True, False])
def test_reapplied_sys_path_entries_keep_entries_of_other_code(first: bool) -> None:
    before = now()
    sys.path.insert(0 if first else len(sys.path), "/own")
    found = find_changes(before)
    restore(found)
    sys.path.append("/others")
    reapply(found)
    assert "/others" in sys.path
    assert sys.path.index("/own") == (0 if first else len(sys.path) - 1)


def test_deleted_working_directory_is_not_restored(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    there = process_settings.take_snapshot()
    gone.rmdir()
    os.chdir("/")
    restore(find_changes(there))
    assert Path.cwd() == Path("/")


def test_change_to_a_deleted_working_directory_is_found(tmp_path: Path) -> None:
    before = now()
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    (found,) = find_changes(before)
    assert found.now is None
