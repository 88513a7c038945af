"""The example notebook runs in a kernel, from its first cell to its last one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "first_steps.ipynb"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Execute the notebook; return the last output of each code cell, by type of content."""
    folder = tmp_path_factory.mktemp("notebook")
    copy = folder / NOTEBOOK.name
    copy.write_bytes(NOTEBOOK.read_bytes())
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", "--timeout=120", copy.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cells = nbformat.read(copy, as_version=4)["cells"]  # type: ignore[no-untyped-call]
    return [
        each["outputs"][-1].get("data", each["outputs"][-1].get("text"))
        for each in cells
        if each["cell_type"] == "code"
    ]


def test_the_emulator_shows_its_address_keys_and_projects(outputs: list[Any]) -> None:
    shown = outputs[0]["text/html"]
    assert "<b>Kili Emulator</b>" in shown
    assert "http://127.0.0.1:" in shown
    assert "admin, manager, reviewer, labeler" in shown
    assert "Plugin tutorial: count the objects" in shown


def test_the_cells_show_the_effect_of_labels_and_plugins(outputs: list[Any]) -> None:
    texts = [each["text/plain"] for each in (*outputs[1:3], *outputs[4:7])]
    assert "'title': 'Plugin tutorial: count the objects'" in texts[0]
    assert texts[1:] == [
        "'LABELED'",
        "['0 boxes']",
        "[('box count', 'onSubmit', 'SUCCEEDED')]",
        "True",
    ]


def test_the_emulator_is_stopped_at_the_end(outputs: list[Any]) -> None:
    assert "not running" in outputs[7]["text/html"]


def test_the_notebook_is_stored_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4)["cells"]  # type: ignore[no-untyped-call]
    assert not [each for each in cells if each.get("outputs") or each.get("execution_count")]
