"""Decisions not to call a plugin are stored, and stay explained."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.domain.world import World
from kili_emulator.errors import KiliError
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.older_layouts import convert_to_layout_3
from tests.kit.webhook_receiver import WebhookReceiver
from tests.kit.wire import Wire
from tests.test_why import REVIEW, SUBMIT, PluginWorkspace

HANDLER_MISSING = (
    "label.workflow.created.default calls on_submit, but version 1 subscribes to on_review"
)


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator() as running:
        yield running


@pytest.fixture
def workspace(shared_emulator: Emulator, tmp_path: Path) -> Iterator[PluginWorkspace]:
    shared_emulator.reset()
    yield PluginWorkspace(shared_emulator, tmp_path)
    shared_emulator.reset()


def decisions(workspace: PluginWorkspace) -> list[dict[str, Any]]:
    return list(workspace.emulator.world.export()["decisions"])


def test_a_world_without_plugins_stores_no_decisions(workspace: PluginWorkspace) -> None:
    workspace.submit()
    assert decisions(workspace) == []


def test_plugin_called_for_all_events_has_no_decisions(
    workspace: PluginWorkspace,
) -> None:
    source = SUBMIT.replace("on_submit(self, label, asset_id)", "on_event(self, payload)")
    patterns = ["asset.*", "label.*", "project.*"]
    workspace.install_plugin(source, event_matcher=patterns)
    workspace.submit()
    assert decisions(workspace) == []
    assert workspace.emulator.runs()


def test_the_events_of_a_transaction_share_one_decision_for_each_plugin(
    workspace: PluginWorkspace,
) -> None:
    workspace.upload(REVIEW, "P")
    workspace.upload(REVIEW, "Q")
    workspace.kili.append_many_to_dataset(
        workspace.project,
        content_array=["https://example.com/1.png", "https://example.com/2.png"],
        external_id_array=["one", "two"],
        disable_tqdm=True,
        wait_until_availability=False,
    )
    created = [each for each in decisions(workspace) if "asset.created" in each["reasons"]]
    assert [(each["pluginName"], each["reasons"]["asset.created"]) for each in created] == [
        (name, ["NEVER_ACTIVE", "NO_HANDLER"]) for name in ("P", "Q")
    ]
    for name in ("one", "two"):
        explanation = workspace.emulator.why(asset=name, project=workspace.project)
        assert [each["plugin"] for each in explanation["events"][0]["plugins"]] == ["P", "Q"]
        assert [each["reason"] for each in explanation["events"][0]["plugins"][0]["reasons"]] == [
            "NEVER_ACTIVE",
            "NO_HANDLER",
        ]


def test_decision_is_explained_after_an_update_and_a_deactivation(
    workspace: PluginWorkspace,
) -> None:
    workspace.install_plugin(REVIEW)
    label = workspace.submit()
    workspace.update(SUBMIT)
    workspace.deactivate()
    (reason,) = workspace.answer(label)["reasons"]
    assert (reason["reason"], reason["explanation"]) == ("HANDLER_MISSING", HANDLER_MISSING)
    assert workspace.answer(label)["now"]["reasons"] == ["DEACTIVATED"]


def test_decision_is_explained_after_the_plugin_is_deleted(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(REVIEW)
    label = workspace.submit()
    workspace.kili.delete_plugin("P")
    (answer,) = workspace.emulator.why(label=label)["events"][0]["plugins"]
    (reason,) = answer["reasons"]
    assert (answer["plugin"], answer["called"], answer["now"]) == ("P", False, None)
    assert (reason["reason"], reason["explanation"]) == ("HANDLER_MISSING", HANDLER_MISSING)
    assert reason["remedy"] == "nothing: the plugin has been deleted"
    assert workspace.answer(label) == answer
    later = workspace.submit()
    with pytest.raises(KiliError, match="no plugin"):
        workspace.emulator.why(label=later, plugin="P")


def test_new_plugin_and_deleted_plugin_of_the_same_name_are_distinguished(
    workspace: PluginWorkspace,
) -> None:
    workspace.install_plugin(REVIEW)
    label = workspace.submit()
    workspace.kili.delete_plugin("P")
    workspace.upload(SUBMIT)
    new, old = workspace.emulator.why(label=label, plugin="P")["events"][0]["plugins"]
    assert [each["reason"] for each in new["reasons"]] == ["NOT_CREATED_YET"]
    assert [each["reason"] for each in old["reasons"]] == ["HANDLER_MISSING"]
    assert new["pluginId"] != old["pluginId"]


def test_deleted_webhook_is_still_explained(workspace: PluginWorkspace) -> None:
    with WebhookReceiver() as receiver:
        workspace.kili.create_webhook(receiver.url, plugin_name="P", handler_types=["onReview"])
        workspace.activate()
        label = workspace.submit()
    workspace.kili.delete_plugin("P")
    answer = workspace.answer(label)
    assert answer["isWebhook"]
    assert answer["reasons"][0]["explanation"].endswith("version 1 subscribes to onReview")


def test_reset_to_a_mark_removes_later_decisions(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(REVIEW)
    before = decisions(workspace)
    mark = workspace.emulator.mark()
    workspace.submit()
    assert len(decisions(workspace)) > len(before)
    workspace.emulator.reset(mark)
    assert decisions(workspace) == before


def test_the_mark_of_a_run_includes_the_decisions_on_other_plugins(
    workspace: PluginWorkspace,
) -> None:
    workspace.install_plugin(SUBMIT, "Called")
    workspace.install_plugin(REVIEW, "P")
    label = workspace.submit()
    (run,) = workspace.emulator.runs()
    workspace.emulator.reset(workspace.emulator.mark_of(run["id"]))
    assert workspace.reasons(label) == ["HANDLER_MISSING"]


def test_call_before_the_first_build_is_still_explained_after_the_build(
    workspace: PluginWorkspace,
) -> None:
    wire = Wire(workspace.emulator)
    wire.call("createPlugin", data={"pluginName": "P"})
    wire.close()
    workspace.activate()
    label = workspace.submit()
    workspace.update(REVIEW)
    (reason,) = workspace.answer(label)["reasons"]
    assert reason["reason"] == "NOTHING_DEPLOYED"


# Data folders of earlier versions


def test_data_folder_of_an_earlier_version_is_upgraded(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with fast_sdk(), Emulator(data_dir=data, ephemeral=False) as running:
        workspace = PluginWorkspace(running, tmp_path)
        wire = Wire(running)
        wire.call("createPlugin", data={"pluginName": "Empty"})
        wire.close()
        workspace.activate("Empty")
        workspace.install_plugin(SUBMIT, "Called")
        workspace.install_plugin(REVIEW, "P")
        old = workspace.submit()
        assert workspace.reasons(old) == ["HANDLER_MISSING"]
    (file,) = data.glob("worlds/*/documents.sqlite")
    convert_to_layout_3(file)
    with fast_sdk(), Emulator(data_dir=data, ephemeral=False) as running:
        workspace = PluginWorkspace(running, tmp_path)
        for name in ("P", "Empty"):
            (reason,) = workspace.answer(old, name)["reasons"]
            assert reason["reason"] == "NOT_RECORDED"
            assert reason["explanation"].startswith("an earlier version of the emulator handled")
            assert reason["remedy"] == "repeat the action"
        assert workspace.reasons(old, "Called") == ["RAN"]
        mark = running.mark()
        assert workspace.reasons(workspace.submit()) == ["HANDLER_MISSING"]
        running.reset(mark)
        assert workspace.reasons(old) == ["NOT_RECORDED"]
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (5,)
    assert [each.name for each in file.parent.glob("*layout*")] == ["documents.layout-3.sqlite"]


def test_data_folder_is_upgraded_once(tmp_path: Path) -> None:
    with closing(World("w", tmp_path)) as world:
        world.set_start("none")
    convert_to_layout_3(tmp_path / "documents.sqlite")
    positions = []
    for _ in range(2):
        with closing(World("w", tmp_path)) as world:
            world.documents.upgrade()
            positions.append(world.decisions_position)
            world.documents.take_position()
            world.store_name()
    assert positions == [2, 2]
