"""The fixture ``user_tests``: a folder with the tests of a user, and runs of them."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import kili.client
import pytest

import kili_emulator
from kili_emulator import Emulator

PLUGIN = "kili_emulator.testing.pytest_plugin"

# What these import, a run in this process would otherwise import anew.
_IMPORTED_ONCE = (kili.client.Kili, Emulator)


class UserTests:
    """The test files of a user, in an empty folder."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.folder = pytester.path

    def write(self, **files: str) -> None:
        """Write Python files: ``write(test_one="…")``."""
        for name, text in files.items():
            path = self.folder / f"{name}.py"
            path.write_text(textwrap.dedent(text), encoding="utf-8")

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run all tests in this process."""
        return self._pytester.runpytest_inprocess(
            "-p", PLUGIN, "-p", "no:cacheprovider", *arguments
        )

    def run_process(self, *arguments: str) -> pytest.RunResult:
        """Run all tests in a process of their own."""
        return self._pytester.runpytest_subprocess(
            "-p", PLUGIN, "-p", "no:cacheprovider", *arguments
        )


@pytest.fixture(scope="session", autouse=True)
def _all_is_imported() -> None:
    """Import what an emulator imports when it is needed, before pytester notes the modules."""
    with Emulator() as emulator:
        emulator.client().count_projects()
        emulator.reset()


@pytest.fixture
def user_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> UserTests:
    """Return an empty folder for tests of a user."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    package = Path(kili_emulator.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package), *filter(None, sys.path)]))
    for name in ("KILI_API_KEY", "KILI_API_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    return UserTests(pytester)
