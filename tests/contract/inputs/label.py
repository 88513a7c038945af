"""Inputs of labels."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.kit.responses import EASY_JSON, HARD_JSON


def _label(case_world: CaseWorld, row: dict[str, Any], selection: str, **data: Any) -> Any:
    """Append a label to the asset ``farm``, and read the label back."""
    row = {"assetID": case_world.names["farm"], "jsonResponse": EASY_JSON, **row}
    data = {"labelType": "REVIEW", "labelsData": [row], **data}
    (label,) = case_world.wire.call("appendManyLabels", data=data, where={}, selection="id")
    return case_world.read("labels", label["id"], selection)


@case("AppendManyLabelsData.labelType", "AppendManyLabelsData.labelsData", "appendManyLabels(data)")
def _(case_world: CaseWorld) -> None:
    for label_type in ("DEFAULT", "REVIEW", "PREDICTION", "INFERENCE", "AUTOSAVE"):
        read = _label(case_world, {}, "labelType", labelType=label_type)
        assert read == {"labelType": label_type}


@case("AppendManyLabelsData.overwrite")
def _(case_world: CaseWorld) -> None:
    where = {"asset": {"id": case_world.names["farm"]}, "typeIn": ["INFERENCE"]}
    row = {"modelName": "object-counter-2"}
    _label(case_world, row, "id", labelType="INFERENCE", overwrite=False)
    assert case_world.wire.call("countLabels", where=where) == 2
    _label(case_world, row, "id", labelType="INFERENCE", overwrite=True)
    assert case_world.wire.call("countLabels", where=where) == 1


@case("AppendLabelData.assetID")
def _(case_world: CaseWorld) -> None:
    assert _label(case_world, {"assetID": case_world.names["pond"]}, "assetId") == {
        "assetId": case_world.names["pond"]
    }


@case("AppendLabelData.referencedLabelId")
def _(case_world: CaseWorld) -> None:
    referenced = case_world.names["farm DEFAULT"]
    read = _label(case_world, {"referencedLabelId": referenced}, "referencedLabel { id }")
    assert read == {"referencedLabel": {"id": referenced}}


def _labels_with(member: str, value: Any, read_as: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert _label(case_world, {member: value}, read_as) == {read_as: value}

    return run


for _member, _value in {
    "clientVersion": 3,
    "jsonResponse": HARD_JSON,
    "modelName": "model",
    "secondsToLabel": 1.5,
}.items():
    case(f"AppendLabelData.{_member}")(_labels_with(_member, _value, _member))


@case("AppendLabelData.authorID")
def _(case_world: CaseWorld) -> None:
    assert _label(case_world, {"authorID": case_world.names["rita"]}, "authorId") == {
        "authorId": case_world.names["rita"]
    }


@case("appendManyLabels(where)")
def _(case_world: CaseWorld) -> None:
    data = {"labelType": "DEFAULT", "labelsData": [{"jsonResponse": EASY_JSON}]}
    where = {"idIn": [case_world.names["meadow"]]}
    (label,) = case_world.wire.call("appendManyLabels", data=data, where=where, selection="assetId")
    assert label == {"assetId": case_world.names["meadow"]}


def _old_label(case_world: CaseWorld, data: dict[str, Any], selection: str) -> Any:
    data = {"labelType": "DEFAULT", "jsonResponse": EASY_JSON, **data}
    label = case_world.wire.call(
        "appendToLabels", data=data, where={"id": case_world.names["farm"]}
    )
    return case_world.read("labels", label["id"], selection)


def _old_labels_with(member: str, value: Any) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert _old_label(case_world, {member: value}, member) == {member: value}

    return run


for _member, _value in {
    "clientVersion": 2,
    "jsonResponse": HARD_JSON,
    "labelType": "REVIEW",
    "secondsToLabel": 2.5,
}.items():
    case(f"AppendToLabelsData.{_member}")(_old_labels_with(_member, _value))


@case("AppendToLabelsData.authorID")
def _(case_world: CaseWorld) -> None:
    author = case_world.names["leo"]
    assert _old_label(case_world, {"authorID": author}, "authorId") == {"authorId": author}


@case("AppendToLabelsData.skipped")
def _(case_world: CaseWorld) -> None:
    _old_label(case_world, {"skipped": True}, "id")
    assert case_world.read("assets", "farm", "skipped") == {"skipped": True}


@case("appendToLabels(data)", "appendToLabels(where)")
def _(case_world: CaseWorld) -> None:
    assert _old_label(case_world, {}, "assetId") == {"assetId": case_world.names["farm"]}


@case(
    "CreatePredictionsData.jsonResponseArray",
    "CreatePredictionsData.modelNameArray",
    "createPredictions(data)",
    "createPredictions(where)",
)
def _(case_world: CaseWorld) -> None:
    case_world.wire.call(
        "createPredictions",
        data={"jsonResponseArray": [EASY_JSON, HARD_JSON], "modelNameArray": ["one", "two"]},
        where={"idIn": [case_world.names["pond"], case_world.names["farm"]]},
    )
    where = {
        "typeIn": ["PREDICTION"],
        "asset": {"idIn": [case_world.names["pond"], case_world.names["farm"]]},
    }
    read = case_world.wire.list("labels", where, selection="assetId jsonResponse modelName")
    assert read == [
        {"assetId": case_world.names["pond"], "jsonResponse": EASY_JSON, "modelName": "one"},
        {"assetId": case_world.names["farm"], "jsonResponse": HARD_JSON, "modelName": "two"},
    ]
