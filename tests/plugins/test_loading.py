"""Importing an unpacked version: the handler class, errors at import, and the time limit."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kili_emulator.plugins import time_limit
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline import loading, sandbox
from tests.plugins.version_build import HANDLER, LONG, build, problems, zipped

SHORT = 0.2


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "versions" / "v"
    sandbox.drop_modules("v")


def test_unpacked_version_is_loaded_again_without_the_archive(folder: Path) -> None:
    first = build(folder, HANDLER.encode())
    second = loading.load("v", CodeLocation(folder), LONG)

    assert (second.__name__, second is first) == ("PluginHandler", False)


@pytest.mark.parametrize("code", ["", "x = 1", "class Pluginhandler: pass"])
def test_missing_handler_class_is_reported(folder: Path, code: str) -> None:
    assert problems(folder, code) == [
        "main.py defines no class PluginHandler: define one that inherits kili.plugins.PluginCore"
    ]


@pytest.mark.parametrize("value", ["1", "lambda kili: None", "object()"])
def test_handler_must_be_a_class(folder: Path, value: str) -> None:
    assert problems(folder, f"PluginHandler = {value}") == [
        "PluginHandler in main.py is not a class: define it with `class PluginHandler(PluginCore)`"
    ]


FRAME = re.compile(r'^ +File "([^"]+)", line (\d+)', re.MULTILINE)


def frames(problem: str) -> list[tuple[str, int]]:
    return [(file, int(line)) for file, line in FRAME.findall(problem)]


@pytest.mark.parametrize(
    ("files", "expected", "last"),
    [
        (
            {"main.py": "x = 1\nimport nowhere_at_all\n"},
            [("main.py", 2)],
            "ModuleNotFoundError: No module named 'nowhere_at_all'",
        ),
        (
            {"main.py": "def f():\n    return 1 / 0\nf()\n"},
            [("main.py", 3), ("main.py", 2)],
            "ZeroDivisionError: division by zero",
        ),
        (
            {
                "main.py": "\nimport helpers.deep\n",
                "helpers/__init__.py": "",
                "helpers/deep.py": "from helpers import worse\n",
                "helpers/worse.py": "\n\nraise ValueError('no')\n",
            },
            [("main.py", 2), ("helpers/deep.py", 1), ("helpers/worse.py", 3)],
            "ValueError: no",
        ),
        (
            {"main.py": "try:\n    import no\nexcept ImportError as e:\n    raise OSError from e"},
            [("main.py", 2), ("main.py", 4)],
            "OSError",
        ),
        (
            {"main.py": "try:\n    import nowhere\nexcept ImportError:\n    raise OSError('x')"},
            [("main.py", 2), ("main.py", 4)],
            "OSError: x",
        ),
    ],
    ids=["missing module", "error", "nested import", "cause", "context"],
)
def test_error_at_import_shows_the_plugins_frames_only(
    folder: Path, files: dict[str, str | bytes], expected: list[tuple[str, int]], last: str
) -> None:
    (problem,) = problems(folder, zipped(files))

    assert frames(problem) == expected
    assert problem.splitlines()[-1] == last
    assert str(folder) not in problem
    assert "sandbox" not in problem


def test_error_inside_a_library_shows_frames_of_plugin_and_library(folder: Path) -> None:
    (problem,) = problems(folder, "import json\njson.loads('{')")

    assert frames(problem)[0] == ("main.py", 2)
    assert any("json" in file for file, _ in frames(problem)[1:])


def test_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (problem,) = problems(Path("data/v"), "1 / 0")
    sandbox.drop_modules("v")

    assert frames(problem) == [("main.py", 1)]


@pytest.mark.parametrize(
    ("code", "shown"),
    [("import sys; sys.exit(3)", "SystemExit(3)"), ("exit()", "SystemExit(None)")],
)
def test_exit_at_import_is_reported(folder: Path, code: str, shown: str) -> None:
    assert problems(folder, code) == [
        f"the plugin ended the interpreter during its import ({shown}): remove the call"
    ]


TIMEOUT = (
    "importing the plugin took longer than 0.2 s: "
    "move slow work from the module level into the handlers"
)


def test_import_that_never_ends_is_stopped(folder: Path) -> None:
    (problem,) = problems(folder, "while True: pass", SHORT)
    assert problem.splitlines() == [
        TIMEOUT,
        '  File "main.py", line 1, in <module>',
        "    while True: pass",
    ]


def test_import_that_hangs_is_abandoned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "_STOP_SECONDS", SHORT)
    gate = ModuleType("test_builder_gate")
    gate.release = threading.Event()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, gate.__name__, gate)
    code = f"import threading, {gate.__name__} as g\ng.me = threading.current_thread()\n"
    try:
        (problem,) = problems(folder, code + "g.release.wait()", SHORT)
        assert problem.startswith(f'{TIMEOUT}\n  File "main.py", line 3, in <module>\n')
    finally:
        gate.release.set()
    gate.me.join(10)

    assert not gate.me.is_alive()
