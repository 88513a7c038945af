"""Changes of inline plugins to the process are undone; changes of other code stay."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.gates import add_gates, plugin_gates
from tests.kit.plugin_project import PluginProject
from tests.plugins.test_host import SOON, lines, submit, upload

NEW = "A_VARIABLE_OF_PLUGINS"


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(plugin_timeout=SOON, sync_wait=0) as running:
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Iterator[Emulator]:
    """Plugins find the gates of a test in ``sys.kili_gates``; requests do not wait for runs."""
    with plugin_gates():
        shared_emulator.reset()
        yield shared_emulator
    shared_emulator.reset()
    assert shared_emulator.wait_idle(SOON)


def gated(change: str, name: str = "") -> str:
    """Return a handler body that makes a change, opens a gate, and waits for another."""
    return (
        f"import os\n{change}\nsys.kili_gates['changed{name}'].set()\n"
        f"sys.kili_gates['end{name}'].wait({SOON})"
    )


def warnings(emulator: Emulator, name: str) -> list[str]:
    return [each for each in lines(emulator, name) if each.startswith("The handler changed")]


def test_a_change_lasts_as_long_as_the_run(emulator: Emulator, tmp_path: Path) -> None:
    (changed, end) = add_gates("changed", "end")
    upload(emulator, tmp_path, "P", gated(f"os.environ['{NEW}'] = 'x'"))
    submit(emulator)
    assert changed.wait(SOON)
    assert os.environ[NEW] == "x"
    end.set()
    assert emulator.wait_idle(SOON)
    assert NEW not in os.environ
    (warning,) = warnings(emulator, "P")
    assert warning.startswith(f"The handler changed the environment ({NEW}): ")


def test_changes_of_other_code_during_a_run_stay(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (changed, end) = add_gates("changed", "end")
    upload(emulator, tmp_path, "P", gated(f"os.environ['{NEW}'] = 'x'"))
    submit(emulator)
    assert changed.wait(SOON)
    monkeypatch.setenv("A_VARIABLE_OF_THE_TEST", "x")
    monkeypatch.delenv("HOME")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(requests, "options", requests.head)
    end.set()
    assert emulator.wait_idle(SOON)
    assert (os.environ["A_VARIABLE_OF_THE_TEST"], "HOME" in os.environ) == ("x", False)
    assert (Path.cwd(), requests.options) == (tmp_path, requests.head)
    monkeypatch.undo()
    assert len(warnings(emulator, "P")) == 1


def test_changes_of_overlapping_runs_are_undone_after_the_last_run(
    emulator: Emulator, tmp_path: Path
) -> None:
    (first, first_end, second, second_end) = add_gates("changed1", "end1", "changed2", "end2")
    here = Path.cwd()
    upload(emulator, tmp_path, "First", gated("os.chdir('/')", "1"))
    upload(emulator, tmp_path, "Second", gated(f"os.chdir({str(tmp_path)!r})", "2"))
    submit(emulator)
    assert first.wait(SOON)
    assert second.wait(SOON)
    first_end.set()
    for _ in range(500):
        if warnings(emulator, "First"):
            break
        threading.Event().wait(0.01)
    assert Path.cwd() in (Path("/"), tmp_path)
    second_end.set()
    assert emulator.wait_idle(SOON)
    assert Path.cwd() == here
    assert [len(warnings(emulator, each)) for each in ("First", "Second")] == [1, 1]


def test_warning_of_overlapping_runs_allows_for_changes_of_other_handlers(
    emulator: Emulator, tmp_path: Path
) -> None:
    (first, first_end, second, second_end) = add_gates("changed1", "end1", "changed2", "end2")
    upload(emulator, tmp_path, "First", gated("sys.path.append('/of/a/plugin')", "1"))
    upload(emulator, tmp_path, "Second", gated("", "2"))
    submit(emulator)
    for each in (first, second):
        assert each.wait(SOON)
    for each in (first_end, second_end):
        each.set()
    assert emulator.wait_idle(SOON)
    (path_line,) = [each for each in lines(emulator, "First") if "sys.path" in each]
    assert path_line.startswith("The handler, or another one that ran at the same time, changed")
    assert "/of/a/plugin" not in sys.path


def test_warning_of_a_run_without_overlap_names_its_own_change(
    emulator: Emulator, tmp_path: Path
) -> None:
    upload(emulator, tmp_path, "P", "sys.path.append('/of/a/plugin')")
    submit(emulator)
    assert emulator.wait_idle(SOON)
    assert [each.partition(":")[0] for each in warnings(emulator, "P")] == [
        "The handler changed sys.path"
    ]


def test_change_at_import_applies_only_to_runs_of_the_plugin(
    emulator: Emulator, tmp_path: Path
) -> None:
    top = f"import os, requests\nos.environ['{NEW}'] = 'x'\ndef own(): pass\nrequests.options = own"
    show = f"import os, requests\nprint(os.environ.get('{NEW}'), requests.options.__name__)"
    original = requests.options
    upload(emulator, tmp_path, "P", show, top)
    assert emulator.wait_idle(SOON)
    assert (NEW in os.environ, requests.options) == (False, original)
    submit(emulator)
    assert emulator.wait_idle(SOON)
    assert (NEW in os.environ, requests.options) == (False, original)
    upload(emulator, tmp_path, "Q", show)
    PluginProject(emulator, tmp_path).deactivate()
    submit(emulator)
    assert emulator.wait_idle(SOON)
    assert (lines(emulator, "P"), lines(emulator, "Q")) == (["x own"], ["None options"])


def test_change_by_a_thread_of_an_ended_run_is_undone_after_a_later_run(
    emulator: Emulator, tmp_path: Path
) -> None:
    (go, changed, end, left) = add_gates("go", "changed", "end", "left")
    late = (
        "import os, threading\n"
        "def late():\n"
        f"    sys.kili_gates['go'].wait({SOON})\n"
        f"    os.environ['{NEW}'] = 'x'\n"
        "    sys.kili_gates['left'].set()\n"
    )
    upload(emulator, tmp_path, "P", "threading.Thread(target=late).start()", late)
    submit(emulator)
    assert emulator.wait_idle(SOON)
    PluginProject(emulator, tmp_path).deactivate()
    upload(emulator, tmp_path, "Q", gated("pass"))
    submit(emulator)
    assert changed.wait(SOON)
    go.set()
    assert left.wait(SOON)
    assert NEW in os.environ
    end.set()
    assert emulator.wait_idle(SOON)
    assert NEW not in os.environ
    assert warnings(emulator, "Q") == []


def test_process_started_by_other_code_is_not_attributed_to_a_run(
    emulator: Emulator, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    import subprocess

    (changed, end) = add_gates("changed", "end")
    upload(emulator, tmp_path, "P", gated("pass"))
    submit(emulator)
    assert changed.wait(SOON)
    child: Any = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    request.addfinalizer(lambda: child.communicate(b"\n"))
    end.set()
    assert emulator.wait_idle(SOON)
    assert lines(emulator, "P") == []
