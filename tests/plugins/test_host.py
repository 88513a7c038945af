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

SOON = 60.0  # a limit that only a failure reaches


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


def modules_and_folders(emu: Emulator) -> tuple[set[str], set[str]]:
    """Return the top modules and the folders of the world's plugins."""
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


def test_slow_import_does_not_delay_other_plugins(emu: Emulator, tmp_path: Path) -> None:
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


def test_failed_build_is_not_repeated(
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


def test_new_code_runs_under_a_version_id_reused_after_a_reset(tmp_path: Path) -> None:
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


def test_unused_versions_are_removed_from_memory_and_disk(emu: Emulator, tmp_path: Path) -> None:
    emu.wait_idle()
    assert modules_and_folders(emu) == (set(), set())
    upload(emu, tmp_path, "P", "pass")
    submit(emu)
    for number in range(3):
        update(emu, tmp_path, f"print({number})")
        submit(emu)
        emu.wait_idle()
        assert [len(each) for each in modules_and_folders(emu)] == [1, 1]
    emu.client().delete_plugin("P")
    assert modules_and_folders(emu) == (set(), set())
    upload(emu, tmp_path, "P", "pass")
    emu.wait_idle()
    emu.reset()
    assert modules_and_folders(emu) == (set(), set())


def test_version_with_a_running_handler_is_kept_until_the_run_ends(
    emu: Emulator, tmp_path: Path
) -> None:
    gate, entered = add_gates("handler", "entered")
    body = "sys.kili_gates['entered'].set()\nsys.kili_gates['handler'].wait(20)\nimport helper"
    plugin_project = PluginProject(emu, tmp_path)
    plugin_project.install_handler(f"{body}\nprint(helper.TEXT)", helper="TEXT = 'still there'")
    submit(emu)
    assert entered.wait(SOON)
    update(emu, tmp_path, "pass")
    assert [len(each) for each in modules_and_folders(emu)] == [2, 2]
    gate.set()
    emu.wait_idle()
    assert lines(emu, "P") == ["still there"]
    assert [len(each) for each in modules_and_folders(emu)] == [1, 1]


def test_handlers_are_those_of_the_active_version(emu: Emulator, tmp_path: Path) -> None:
    upload(emu, tmp_path, "P", "print('first')")
    broken = "def on_review(): raise RuntimeError\n1 / 0"
    with pytest.raises(Exception, match="get build errors"):
        update(emu, tmp_path, "pass", broken, handler_types=["onReview"])
    submit(emu)
    emu.wait_idle()
    assert lines(emu, "P") == ["first"]


def test_older_version_deployed_late_does_not_replace_a_newer_version(
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


def test_run_undone_by_a_reset_writes_nothing_into_the_world(emu: Emulator, tmp_path: Path) -> None:
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


def test_handler_from_before_a_reset_does_not_block_runs_after_the_reset(
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


def test_reset_to_a_mark_interrupts_the_run_active_at_the_mark(
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


def test_flood_of_output_does_not_block_other_requests(emu: Emulator, tmp_path: Path) -> None:
    over, flooded = add_gates("over", "flooded")
    body = (
        "count = 0\n"
        "while not sys.kili_gates['over'].is_set():\n"
        "    print()\n"
        "    count += 1\n"
        "    if count > 1000:\n"
        "        sys.kili_gates['flooded'].set()"
    )
    upload(emu, tmp_path, "P", body)
    kili = emu.client()
    submit(emu)
    for number in range(8):  # each took 5 s and more, when each line was a statement
        kili.create_project(input_type="TEXT", json_interface={}, title=str(number))
    assert flooded.wait(SOON)
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
def test_seeded_runs_of_two_plugins_repeat_exactly_after_each_reset(
    tmp_path: Path, count: int
) -> None:
    """Random numbers, ids and the order of new objects repeat, also in nested runs."""
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
            for caused in (*content["runCalls"], *content["transactions"]):
                caused.pop("requestId", None)  # random, unless the client sends it
            content["runCalls"].sort(key=lambda call: (call["runId"], call["number"]))
            content["pluginLogs"].sort(key=lambda line: (line["runId"], line["id"]))
            results.append(content)
    assert {run["outcome"] for run in results[0]["runs"]} == {"SUCCEEDED", "NOT_RUN"}
    assert len(results[0]["labels"]) > count + 1
    for table, documents in results[0].items():
        for other in results[1:]:
            assert other[table] == documents, table


def test_internal_error_of_the_emulator_fails_the_run_with_a_message(
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
    assert "The emulator itself failed (RuntimeError('broken'))" in run["error"]
    monkeypatch.undo()
    submit(emu)
    assert emu.wait_idle(SOON)
    assert [each["outcome"] for each in emu.runs()] == ["FAILED", "SUCCEEDED"]


def test_plugin_imports_work_with_path_objects_in_sys_path(
    emu: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, tmp_path])
    upload(emu, tmp_path, "P", "import json\nprint('imported')")
    submit(emu)
    assert emu.wait_idle(SOON)
    assert [each["outcome"] for each in emu.runs()] == ["SUCCEEDED"]
