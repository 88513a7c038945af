"""Quality marks as clients read them (contract/quality.md#marks-of-labels-and-assets)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.responses import EASY_JSON, HARD_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, read_world_ids

MARKS = "consensusMark consensusMarkPerCategory honeypotMark inferenceMark"
LABEL_MARKS = "id labelType honeypotMark inferenceMark reviewScore"
BY_CATEGORY = {"CLASSIFICATION_JOB.EASY": 0.5, "CLASSIFICATION_JOB.HARD": 0.5}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture
def world_ids(wire: Wire) -> WorldIds:
    return read_world_ids(wire)


def append(
    wire: Wire, asset: str, response: str, key: str = "labeler", type_: str = "DEFAULT"
) -> str:
    return wire.append_label(asset, response, kind=type_, key=key, modelName="m")


def update(wire: Wire, asset: str, **data: Any) -> None:
    where = [{"id": asset}]
    wire.call("updatePropertiesInAssets", where=where, data=[data], selection="id")


def marks(wire: Wire, asset: str) -> dict[str, Any]:
    (found,) = wire.list("assets", {"id": asset}, selection=MARKS)
    return dict(found)


def label_marks(wire: Wire, label: str) -> dict[str, Any]:
    (found,) = wire.list("labels", {"id": label}, selection=LABEL_MARKS)
    return dict(found)


def test_consensus_mark_is_read_on_asset_project_and_members(
    wire: Wire, world_ids: WorldIds
) -> None:
    meadow = world_ids["meadow"]
    members = "consensusMark consensusMarkPerCategory honeypotMark"
    wanted = f"{members} roles {{ user {{ firstname }} {members} }}"
    (before,) = wire.list("projects", {}, selection=wanted)
    assert before["consensusMark"] is before["consensusMarkPerCategory"] is None
    update(wire, meadow, isUsedForConsensus=True)
    append(wire, meadow, EASY_JSON)
    assert marks(wire, meadow)["consensusMark"] is None
    append(wire, meadow, HARD_JSON, "reviewer")
    assert marks(wire, meadow)["consensusMark"] == 0.5
    assert marks(wire, meadow)["consensusMarkPerCategory"] == BY_CATEGORY
    (project,) = wire.list("projects", {}, selection=wanted)
    assert project["consensusMark"] == 0.5
    assert project["consensusMarkPerCategory"] == BY_CATEGORY
    by_name = {each["user"]["firstname"]: each["consensusMark"] for each in project["roles"]}
    assert by_name == {"Ada": None, "Max": None, "Rita": 0.5, "Leo": 0.5}
    update(wire, meadow, isUsedForConsensus=False)
    assert marks(wire, meadow)["consensusMark"] is None


def test_a_honeypot_scores_labels_members_and_the_project(wire: Wire, world_ids: WorldIds) -> None:
    meadow = world_ids["meadow"]
    label = append(wire, meadow, EASY_JSON)
    where = {"id": meadow}
    wire.call("createHoneypot", data={"jsonResponse": HARD_JSON}, where=where, selection="id")
    assert (marks(wire, meadow)["honeypotMark"], label_marks(wire, label)["honeypotMark"]) == (0, 0)
    assert label_marks(wire, label)["reviewScore"] is None
    append(wire, meadow, HARD_JSON)
    assert marks(wire, meadow)["honeypotMark"] == 1
    (project,) = wire.list("projects", {}, selection="honeypotMark roles { honeypotMark }")
    assert project["honeypotMark"] == 1
    assert sorted(each["honeypotMark"] for each in project["roles"] if each["honeypotMark"]) == [1]


@pytest.mark.parametrize(("response", "expected"), [(EASY_JSON, 1), (HARD_JSON, 0.5)])
def test_inference_mark_compares_inference_and_label(
    wire: Wire, world_ids: WorldIds, response: str, expected: float
) -> None:
    """Recorded: an equal single choice, and a different one."""
    meadow = world_ids["meadow"]
    label = append(wire, meadow, EASY_JSON)
    assert label_marks(wire, label)["inferenceMark"] is None
    inference = append(wire, meadow, response, "admin", "INFERENCE")
    assert label_marks(wire, label)["inferenceMark"] == expected
    assert marks(wire, meadow)["inferenceMark"] == expected
    assert label_marks(wire, inference)["inferenceMark"] is None
    wire.call("deleteLabels", ids=[inference])
    assert label_marks(wire, label)["inferenceMark"] is None


def test_review_score_compares_the_label_with_its_review(wire: Wire, world_ids: WorldIds) -> None:
    label = append(wire, world_ids["meadow"], EASY_JSON)
    append(wire, world_ids["meadow"], EASY_JSON, "reviewer", "REVIEW")
    assert label_marks(wire, label)["reviewScore"] == 1
    data = {"jsonResponse": HARD_JSON}
    answer = wire.call("updatePropertiesInLabel", data=data, where={"id": label}, selection="id")
    assert answer == {"id": label}
    assert label_marks(wire, label)["reviewScore"] == 0


def test_sdk_finds_assets_by_inference_mark(kili: Any) -> None:
    """The platform's how-to on inference labels uses this search."""
    project = kili.projects(fields=["id"])[0]["id"]
    found = kili.assets(project, status_in=["TODO"], fields=["id"], disable_tqdm=True)
    ids = [each["id"] for each in found][:2]
    for kind, responses in (
        ("DEFAULT", [EASY_JSON, EASY_JSON]),
        ("INFERENCE", [EASY_JSON, HARD_JSON]),
    ):
        kili.append_labels(
            asset_id_array=ids,
            json_response_array=list(map(json.loads, responses)),
            label_type=kind,
            disable_tqdm=True,
        )
    fields = ["id", "inferenceMark", "labels.inferenceMark", "labels.labelType"]
    worst = kili.assets(project, asset_id_in=ids, inference_mark_lte=0.7, fields=fields)
    assert [(each["id"], each["inferenceMark"]) for each in worst] == [(ids[1], 0.5)]
    shown = {each["labelType"]: each["inferenceMark"] for each in worst[0]["labels"]}
    assert (shown["DEFAULT"], shown["INFERENCE"]) == (0.5, None)
    best = kili.assets(project, asset_id_in=ids, inference_mark_gte=0.7, fields=["id"])
    assert [each["id"] for each in best] == ids[:1]
