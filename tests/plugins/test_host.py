"""The plugin host in a whole emulator: versions, resets, floods of output, repeatable runs."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from kili_emulator import Emulator
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.world import Actor
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.inline import loading, runner
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.gates import GATES, add_gates, plugin_gates
from tests.kit.plugin_project import PluginProject, read_log, submit_source
from tests.kit.responses import EASY

SOON = 20.0


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(plugin_timeout=SOON, sync_wait=0) as running:
        yield running


@pytest.fixture
def emu(shared_emulator: Emulator) -> Iterator[Emulator]:
    """The plugins of the tests reach this module's gates as ``sys.kili_gates``."""
    with plugin_gates():
        shared_emulator.reset()
        yield shared_emulator
    shared_emulator.reset()
    assert shared_emulator.wait_idle(SOON)


def upload(emu: Emulator, folder: Path, name: str, on_submit: str, top: str = "") -> None:
    PluginProject(emu, folder).install_handler(on_submit, top, name)


def update(emu: Emulator, folder: Path, on_submit: str, top: str = "", **options: Any) -> None:
    PluginProject(emu, folder).update(submit_source(on_submit, top), **options)


def submit(emu: Emulator, count: int = 1) -> None:
    asset = emu.world.view.assets.all()[0]["id"]
    emu.client().append_labels(
        [asset] * count, [EASY] * count, label_type="DEFAULT", disable_tqdm=True
    )


def lines(emu: Emulator, name: str) -> list[str]:
    project = str(emu.world.view.projects.all()[0]["id"])
    found = [text for _, text in read_log(emu.client(), project, name)]
    return [each for each in found if not each.startswith("The call that caused this run was")]


def active_version(emu: Emulator, name: str) -> dict[str, Any]:
    (plugin,) = [each for each in emu.world.view.plugins.all() if each["name"] == name]
    return emu.world.view.plugin_versions.require(plugin["activeVersionId"])


def left_behind(emu: Emulator) -> tuple[set[str], set[str]]:
    """The top modules and the folders of the world's plugins."""
    folder = emu.platform.host._hosts[emu.world]._versions._folder
    modules = {
        name
        for name, module in sys.modules.items()
        if name.startswith("kili_plugin_") and str(folder) in str(getattr(module, "__path__", ""))
    }
    tops = {name for name in modules if "." not in name}
    return tops, {each.name for each in folder.iterdir()}


# Versions


def slow_upload(emu: Emulator, folder: Path, top: str) -> None:
    PluginProject(emu, folder).upload(submit_source("pass", top), "Slow")


def test_a_slow_import_keeps_no_other_plugin_from_running(emu: Emulator, tmp_path: Path) -> None:
    (gate, entered) = add_gates("import", "entered")
    upload(emu, tmp_path, "Quick", "print('quick')")
    emu.wait_idle()
    top = "sys.kili_gates['entered'].set()\nsys.kili_gates['import'].wait(20)"
    wire = threading.Thread(target=slow_upload, args=(emu, tmp_path, top), daemon=True)
    wire.start()
    assert entered.wait(SOON)
    submit(emu)
    for _ in range(500):
        if lines(emu, "Quick"):
            break
        time.sleep(0.01)
    assert not gate.is_set()
    assert lines(emu, "Quick") == ["quick"]
    gate.set()
    wire.join(SOON)


def test_a_version_that_fails_is_built_once(
    emu: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    load = loading.load

    def fail(name: str, *arguments: Any) -> type:
        built.append(name)
        load(name, *arguments)
        raise BuildError("no luck")

    upload(emu, tmp_path, "P", "pass")
    emu.wait_idle()
    versions = emu.platform.host._hosts[emu.world]._versions
    monkeypatch.setattr(versions, "_built", {})  # as after a restart
    monkeypatch.setattr(loading, "load", fail)
    submit(emu, 3)
    emu.wait_idle()
    assert lines(emu, "P") == ["no luck"] * 3
    assert len(built) == 1
    emu.reset()


def test_after_a_reset_other_code_under_the_same_version_id_is_run(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    messages = []
    with fast_sdk(), Emulator(seed=1) as emulator, freeze_time(moment, ignore=["threading"]):
        ids = []
        for text in ("one", "two"):
            emulator.reset()
            upload(emulator, tmp_path, "P", f"print('{text}')")
            ids.append(active_version(emulator, "P")["id"])
            submit(emulator)
            emulator.wait_idle()
            messages.append(lines(emulator, "P"))
    assert ids[0] == ids[1]
    assert messages == [["one"], ["two"]]


def test_versions_that_nothing_calls_any_more_are_forgotten(emu: Emulator, tmp_path: Path) -> None:
    emu.wait_idle()
    assert left_behind(emu) == (set(), set())
    upload(emu, tmp_path, "P", "pass")
    submit(emu)
    for number in range(3):
        update(emu, tmp_path, f"print({number})")
        submit(emu)
        emu.wait_idle()
        assert [len(each) for each in left_behind(emu)] == [1, 1]
    emu.client().delete_plugin("P")
    assert left_behind(emu) == (set(), set())
    upload(emu, tmp_path, "P", "pass")
    emu.wait_idle()
    emu.reset()
    assert left_behind(emu) == (set(), set())


def test_a_version_at_work_is_kept_until_it_is_done(emu: Emulator, tmp_path: Path) -> None:
    gate, entered = add_gates("handler", "entered")
    body = "sys.kili_gates['entered'].set()\nsys.kili_gates['handler'].wait(20)\nimport helper"
    plugin_project = PluginProject(emu, tmp_path)
    plugin_project.install_handler(f"{body}\nprint(helper.TEXT)", helper="TEXT = 'still there'")
    submit(emu)
    assert entered.wait(SOON)
    update(emu, tmp_path, "pass")
    assert [len(each) for each in left_behind(emu)] == [2, 2]
    gate.set()
    emu.wait_idle()
    assert lines(emu, "P") == ["still there"]
    assert [len(each) for each in left_behind(emu)] == [1, 1]


def test_the_handlers_are_those_of_the_version_that_runs(emu: Emulator, tmp_path: Path) -> None:
    upload(emu, tmp_path, "P", "print('first')")
    broken = "def on_review(): raise RuntimeError\n1 / 0"
    with pytest.raises(Exception, match="get build errors"):
        update(emu, tmp_path, "pass", broken, handler_types=["onReview"])
    submit(emu)
    emu.wait_idle()
    assert lines(emu, "P") == ["first"]


def test_an_older_version_that_is_done_late_replaces_no_newer_one(
    emu: Emulator, tmp_path: Path
) -> None:
    upload(emu, tmp_path, "P", "pass")
    emu.wait_idle()
    first = active_version(emu, "P")
    with emu.world.transaction(Actor.system()) as tx:
        older, newer = (
            tx.plugin_versions.insert(
                {**first, "id": tx.new_id(), "number": number, "status": "DEPLOYING"}
            )
            for number in (2, 3)
        )
        plugin_domain.finish_deployment(tx, newer["id"], [])
        plugin_domain.finish_deployment(tx, older["id"], [])
    assert active_version(emu, "P")["number"] == 3


# Resets


def test_what_a_reset_undid_writes_nothing_into_the_world(emu: Emulator, tmp_path: Path) -> None:
    body = (
        "print('begun')\nsys.kili_gates['entered'].set()\nsys.kili_gates['handler'].wait(20)\n"
        "try:\n    self.kili.append_labels([asset_id], [{}], disable_tqdm=True)\n"
        "finally:\n    print('written')\n    sys.kili_gates['over'].set()"
    )
    gate, entered, over = add_gates("handler", "entered", "over")
    upload(emu, tmp_path, "P", body)
    emu.wait_idle()
    mark, before = emu.mark(), emu.world.export()
    submit(emu, 3)
    assert entered.wait(SOON)
    emu.platform.registry.reset(emu.world_name, mark)
    assert emu.world.export() == before
    gate.set()
    assert over.wait(SOON)
    assert emu.wait_idle(SOON)
    assert emu.world.export() == before
    (_, used, _) = add_gates("handler", "entered", "over")
    GATES["handler"].set()
    submit(emu)
    assert used.wait(SOON)
    emu.wait_idle()
    assert len(emu.world.view.runs) == 2  # this one, and the one that its own label would cause


def test_a_handler_of_an_undone_time_does_not_hold_up_the_new_one(
    emu: Emulator, tmp_path: Path
) -> None:
    (entered,) = add_gates("entered")
    body = (
        "if not sys.kili_gates['entered'].is_set():\n    sys.kili_gates['entered'].set()\n"
        "    while True: pass\nprint('new')"
    )
    upload(emu, tmp_path, "P", body)
    emu.wait_idle()
    mark = emu.mark()
    submit(emu)
    assert entered.wait(SOON)
    emu.platform.registry.reset(emu.world_name, mark)
    submit(emu)
    started = time.monotonic()
    assert emu.wait_idle(SOON)
    assert time.monotonic() - started < SOON / 2
    assert lines(emu, "P") == ["new"]


def test_a_run_that_was_going_on_at_a_mark_is_closed_by_the_reset_to_it(
    emu: Emulator, tmp_path: Path
) -> None:
    gate, entered = add_gates("handler", "entered")
    body = "sys.kili_gates['entered'].set()\nsys.kili_gates['handler'].wait(20)"
    upload(emu, tmp_path, "P", body)
    submit(emu)
    assert entered.wait(SOON)
    mark = emu.mark()
    gate.set()
    assert emu.wait_idle(SOON)
    emu.reset(mark)
    assert [run["outcome"] for run in emu.world.view.runs.all()] == ["INTERRUPTED"]


# Output


def test_a_flood_of_output_holds_nobody_up(emu: Emulator, tmp_path: Path) -> None:
    (over,) = add_gates("over")
    upload(emu, tmp_path, "P", "while not sys.kili_gates['over'].is_set():\n    print()")
    kili = emu.client()
    submit(emu)
    for number in range(8):  # each took 5 s and more, when each line was a statement
        kili.create_project(input_type="TEXT", json_interface={}, title=str(number))
    over.set()
    assert emu.wait_idle(SOON)
    assert [run["outcome"] for run in emu.world.view.runs.all()] == ["SUCCEEDED"]
    found = emu.world.view.plugin_logs.all()
    assert 1000 < len([each for each in found if not each["content"]]) <= 50_001


def test_the_reason_of_a_failure_is_kept_after_truncation(emu: Emulator, tmp_path: Path) -> None:
    upload(emu, tmp_path, "P", "print('x' * 1_000_001)\nraise RuntimeError('the reason')")
    submit(emu)
    emu.wait_idle()
    _, truncated, reason = lines(emu, "P")
    assert truncated.startswith("Output truncated")
    assert reason.endswith("RuntimeError: the reason")


# With a seed


@pytest.mark.parametrize("count", [1, 3])
def test_two_plugins_repeat_exactly_after_each_reset(tmp_path: Path, count: int) -> None:
    """Their random numbers, the ids and the order of what they make; nested runs included."""
    body = (
        "for _ in range(40):\n    time.sleep(random.random() / 200)\n"
        "print('{name}', label['modelName'], random.random())\n"
        "if label['modelName'] in (None, 'from A') and label['modelName'] != 'from {name}':\n"
        "    self.kili.append_labels([asset_id], [{{}}], model_name='from {name}',"
        " disable_tqdm=True)\n"
        "print(random.random())"
    )
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    results = []
    with fast_sdk(), Emulator(seed=1) as emulator:
        with freeze_time(moment, ignore=["threading"]):
            for name in "AB":
                upload(emulator, tmp_path, name, body.format(name=name))
            emulator.wait_idle()
            mark = emulator.mark()
        for _ in range(3):
            emulator.reset(mark)
            with freeze_time(moment, ignore=["threading"]):
                random.seed(7)
                submit(emulator, count)
                emulator.wait_idle()
                assert random.random() == random.Random(7).random()
            content = emulator.world.export()
            for run in content["runs"]:
                run.pop("durationMs")
                for member in ("sequence", "mark", "ended"):  # how often lines were stored before
                    del run[member]
            for call in content["runCalls"]:
                call.pop("durationMs")
            content["runCalls"].sort(key=lambda call: (call["runId"], call["number"]))
            content["pluginLogs"].sort(key=lambda line: (line["runId"], line["id"]))
            results.append(content)
    assert {run["outcome"] for run in results[0]["runs"]} == {"SUCCEEDED", "NOT_RUN"}
    assert len(results[0]["labels"]) > count + 1
    for table, documents in results[0].items():
        for other in results[1:]:
            assert other[table] == documents, table


def test_a_fault_of_the_emulator_itself_ends_the_run_and_says_so(
    emu: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    upload(emu, tmp_path, "P", "print('never')")
    monkeypatch.setattr(runner, "run", fail)
    submit(emu)
    assert emu.wait_idle(SOON)
    (run,) = emu.runs()
    assert run["outcome"] == "FAILED"
    assert "The emulator itself failed at this (RuntimeError('broken'))" in run["error"]
    monkeypatch.undo()
    submit(emu)
    assert emu.wait_idle(SOON)
    assert [each["outcome"] for each in emu.runs()] == ["FAILED", "SUCCEEDED"]


def test_entries_of_sys_path_that_are_no_text_keep_no_plugin_from_importing(
    emu: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, tmp_path])
    upload(emu, tmp_path, "P", "import json\nprint('imported')")
    submit(emu)
    assert emu.wait_idle(SOON)
    assert [each["outcome"] for each in emu.runs()] == ["SUCCEEDED"]
