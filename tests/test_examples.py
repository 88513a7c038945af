"""The examples do as they say, and the demonstration fails when the emulator differs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.kit.server_under_test import RemoteWorld
from tests.tutorial.tutorial_cells import PLUGIN, cells

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PATHS = {"PYTHONPATH": str(EXAMPLES.parent / "emulator")}


# A script, without the SDK's 15 seconds of sleep after an upload.
FAST = """
import runpy, sys
from kili_emulator.testing.sdk import fast_sdk
with fast_sdk():
    runpy.run_path(sys.argv[1], run_name="__main__")
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **PATHS, **environment},
        encoding="utf-8",
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("examples_notebook", EXAMPLES / "notebook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look up the module there
    spec.loader.exec_module(module)
    return module


def test_plugin_equals_the_plugin_of_the_tutorial() -> None:
    text = (EXAMPLES / "plugins" / "tutorial" / "main.py").read_text(encoding="utf-8")
    assert text == PLUGIN


def test_expected_texts_equal_those_of_the_tutorial(notebook: ModuleType) -> None:
    shown = "\n".join(notebook.masked(cell.shown) for cell in cells())
    source = (EXAMPLES / "tutorial.py").read_text(encoding="utf-8")
    for text in (
        'Plugin with name "My first kili plugin" activated on project "<id>"',
        "Plugin My first kili plugin deactivated on project <id>",
        "On submit called",
        "custom_method called for label <id>",
    ):
        assert text in shown
        assert text in source


def test_demonstration_matches_the_tutorial() -> None:
    done = run(str(EXAMPLES / "tutorial.py"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "Everything is as the tutorial shows it."


@pytest.mark.parametrize(
    ("fields", "answer", "lines"),
    [
        ({"code": "'as shown'", "expected": "as shown"}, "as shown", []),
        ({"code": "1 + 1", "expected": "3"}, "2", ["-3", "+2"]),
        ({"code": "'c' + '0' * 24", "expected": "<id>"}, "c" + "0" * 24, []),
        (
            {"code": "raise ValueError('error: \"no\"')", "expected": '"no"'},
            '"no"',
            [],
        ),
        (
            {
                "code": "import sys\nprint('other', file=sys.stderr)",
                "expected": "",
                "sdk_line": "this",
            },
            "",
            ["-this", "+other"],
        ),
    ],
    ids=["equal", "different", "masked", "error", "sdk_line"],
)
def test_demonstration_compares_steps(
    notebook: ModuleType, fields: dict[str, Any], answer: str, lines: list[str]
) -> None:
    step = notebook.Step("a step", **fields)
    outcome = notebook.play(step, {})
    assert outcome.answer == answer
    found = notebook.differences(step, outcome)
    assert [line for line in found if line not in ("--- expected", "+++ given", "@@ -1 +1 @@")] == (
        lines
    )


def test_a_difference_is_shown_and_reported(
    notebook: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [notebook.Step("right", "x = 1\nx", "1"), notebook.Step("wrong", "x", "2")]
    assert notebook.play_all(steps, {}) == ["wrong"]
    printed = capsys.readouterr().out
    assert "This differs:" in printed
    assert "    -2\n    +1\n" in printed


def test_the_quickstart_prints_the_log_of_its_run(
    remote_world: RemoteWorld, tmp_path: Path
) -> None:
    environment = {**remote_world.environment(), "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"}
    done = run("-c", FAST, str(EXAMPLES / "quickstart.py"), **environment)
    assert done.returncode == 0, done.stderr
    assert "On submit called" in done.stdout
