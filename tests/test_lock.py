"""Locks of assets by labels in progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.domain.lock import LIFETIME
from tests.kit.responses import EASY_JSON, RED_JSON
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import RemoteWorld
from tests.kit.wire import Wire
from tests.kit.world_content import add_stepped_project
from tests.kit.world_time import advance

_SAVE = """
asset_ids = [each["id"] for each in kili.assets(project_id, fields=["id"])]
easy = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
kili.append_labels(asset_id_array=asset_ids[:2], json_response_array=[easy] * 2,
                   label_type="AUTOSAVE")
"""


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


def asset_id(wire: Wire, name: str = "aquarium") -> str:
    (found,) = wire.ids("assets", {"externalIdStrictlyIn": [name]})
    return found


def label(wire: Wire, key: str, label_type: str, name: str = "aquarium") -> None:
    wire.append_label(asset_id(wire, name), EASY_JSON, kind=label_type, key=key)


def locks(wire: Wire, name: str = "aquarium") -> list[tuple[str, str]]:
    """Return the holder and type of each lock of an asset."""
    where = {"id": asset_id(wire, name)}
    fields = "locks { lockType author { firstname } }"
    (found,) = wire.list("assets", where, selection=fields)
    return [(each["author"]["firstname"], each["lockType"]) for each in found["locks"]]


def valid(wire: Wire) -> int:
    where = {"id": asset_id(wire)}
    (found,) = wire.list("assets", where, selection="numberOfValidLocks")
    return int(found["numberOfValidLocks"])


def test_autosave_locks_the_asset_and_submission_releases_the_lock(wire: Wire) -> None:
    assert locks(wire) == []
    label(wire, "labeler", "AUTOSAVE")
    assert locks(wire) == [("Leo", "DEFAULT")]
    label(wire, "labeler", "DEFAULT")
    assert locks(wire) == []


def test_second_autosave_keeps_the_lock(wire: Wire) -> None:
    label(wire, "labeler", "AUTOSAVE")
    first = wire.ids("locks", {})
    label(wire, "labeler", "AUTOSAVE")
    assert wire.ids("locks", {}) == first
    assert wire.call("countLocks", where={}) == 1


def test_autosave_on_an_asset_in_review_is_a_lock_for_review(wire: Wire) -> None:
    label(wire, "reviewer", "AUTOSAVE", "street")
    assert locks(wire, "street") == [("Rita", "REVIEW")]


def test_label_of_another_user_or_a_model_releases_no_lock(wire: Wire) -> None:
    label(wire, "labeler", "AUTOSAVE")
    label(wire, "reviewer", "DEFAULT")
    label(wire, "manager", "PREDICTION")
    assert locks(wire) == [("Leo", "DEFAULT")]


def test_lock_expires_unless_renewed(wire: Wire) -> None:
    world = wire.emulator.world
    label(wire, "labeler", "AUTOSAVE")
    advance(world, LIFETIME - timedelta(minutes=1))
    assert valid(wire) == 1
    label(wire, "labeler", "AUTOSAVE")
    advance(world, LIFETIME - timedelta(minutes=1))
    assert valid(wire) == 1
    advance(world, timedelta(minutes=2))
    assert valid(wire) == 0
    assert locks(wire) == [("Leo", "DEFAULT")]
    label(wire, "reviewer", "AUTOSAVE")
    assert locks(wire) == [("Rita", "DEFAULT")]


def test_skip_releases_the_lock(wire: Wire) -> None:
    label(wire, "labeler", "AUTOSAVE")
    data = {"labelType": "AUTOSAVE", "jsonResponse": EASY_JSON, "skipped": True}
    where = {"id": asset_id(wire)}
    wire.call("appendToLabels", "labeler", data=data, where=where, selection="id")
    assert locks(wire) == []


def test_lock_in_a_workflow_with_steps_refuses_other_labelers_until_its_end(
    wire: Wire,
) -> None:
    world_ids = add_stepped_project(wire)
    row = {"assetID": world_ids["waiting"], "jsonResponse": RED_JSON}

    def sent(key: str, label_type: str) -> dict[str, Any]:
        data = {"labelType": label_type, "labelsData": [row]}
        answer = wire.send("appendManyLabels", key, data=data, where={}, selection="id")
        return dict(answer.json())

    assert "errors" not in sent("labeler", "AUTOSAVE")
    (error,) = sent("manager", "DEFAULT")["errors"]
    assert error["extensions"]["context"]["reason"] == "AssetAlreadyLocked"
    assert "errors" not in sent("labeler", "AUTOSAVE")
    advance(wire.emulator.world, LIFETIME + timedelta(minutes=1))
    assert "errors" not in sent("manager", "AUTOSAVE")
    assert sent("labeler", "DEFAULT")["errors"]
    wire.call("skipAsset", "manager", reason="blurred", where={"id": world_ids["waiting"]})
    assert wire.ids("locks", {}) == []


def test_a_deleted_asset_leaves_no_lock(wire: Wire) -> None:
    label(wire, "labeler", "AUTOSAVE")
    wire.call("deleteAssets", where={"idIn": [asset_id(wire)]})
    assert wire.ids("locks", {}) == []


def test_locks_of_hidden_projects_are_not_listed(wire: Wire) -> None:
    data = {"title": "Own", "inputType": "TEXT", "jsonInterface": "{}"}
    project = wire.call("createProject", data=data)["id"]
    content = {"contentArray": ["text"]}
    (made,) = wire.call("appendManyAssets", data=content, where={"id": project})
    row = {"assetID": made["id"], "jsonResponse": "{}"}
    saved: dict[str, Any] = {"labelType": "AUTOSAVE", "labelsData": [row]}
    wire.call("appendManyLabels", data=saved, where={}, selection="id")
    assert len(wire.ids("locks", {})) == 1
    assert wire.ids("locks", {}, "labeler") == []


def test_an_older_client_reads_locks(
    remote_world: RemoteWorld, sdk_process: Callable[[str], SdkProcess]
) -> None:
    process = sdk_process("2.125.2")
    session = process.session(env=remote_world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    session.run(f"project_id = {remote_world.project_id!r}").checked()
    session.run(_SAVE).checked()
    assert session.run("kili.count_locks()").checked().value == 2
    fields = "['lockType', 'lockOfIdCompute', 'author.email']"
    read = f"(kili.locks(fields={fields}), asset_ids[:2])"
    found, asset_ids = session.run(read).checked().value
    assert [each["lockOfIdCompute"] for each in found] == asset_ids
    assert found[0]["author"] == {"email": "admin@example.com"}
    held = "kili.assets(project_id, fields=['numberOfValidLocks', 'locks.lockType'], first=3)"
    assert [each["numberOfValidLocks"] for each in session.run(held).checked().value] == [
        1,
        1,
        0,
    ]
