"""Labels."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, Stage, case
from tests.kit.world_content import EASY, HARD


def _label(stage: Stage, row: dict[str, Any], selection: str, **data: Any) -> Any:
    """What is read back of a label that was appended to the farm."""
    row = {"assetID": stage.names["farm"], "jsonResponse": EASY, **row}
    data = {"labelType": "REVIEW", "labelsData": [row], **data}
    (label,) = stage.wire.call("appendManyLabels", data=data, where={}, selection="id")
    return stage.read("labels", label["id"], selection)


@case("AppendManyLabelsData.labelType", "AppendManyLabelsData.labelsData", "appendManyLabels(data)")
def _(stage: Stage) -> None:
    for label_type in ("DEFAULT", "REVIEW", "PREDICTION", "INFERENCE", "AUTOSAVE"):
        read = _label(stage, {}, "labelType", labelType=label_type)
        assert read == {"labelType": label_type}


@case("AppendManyLabelsData.overwrite")
def _(stage: Stage) -> None:
    where = {"asset": {"id": stage.names["farm"]}, "typeIn": ["INFERENCE"]}
    row = {"modelName": "object-counter-2"}
    _label(stage, row, "id", labelType="INFERENCE", overwrite=False)
    assert stage.wire.call("countLabels", where=where) == 2
    _label(stage, row, "id", labelType="INFERENCE", overwrite=True)
    assert stage.wire.call("countLabels", where=where) == 1


@case("AppendLabelData.assetID")
def _(stage: Stage) -> None:
    assert _label(stage, {"assetID": stage.names["pond"]}, "assetId") == {
        "assetId": stage.names["pond"]
    }


@case("AppendLabelData.referencedLabelId")
def _(stage: Stage) -> None:
    referenced = stage.names["farm DEFAULT"]
    read = _label(stage, {"referencedLabelId": referenced}, "referencedLabel { id }")
    assert read == {"referencedLabel": {"id": referenced}}


def _labels_with(member: str, value: Any, read_as: str) -> Case:
    def run(stage: Stage) -> None:
        assert _label(stage, {member: value}, read_as) == {read_as: value}

    return run


for _member, _value in {
    "clientVersion": 3,
    "jsonResponse": HARD,
    "modelName": "model",
    "secondsToLabel": 1.5,
}.items():
    case(f"AppendLabelData.{_member}")(_labels_with(_member, _value, _member))


@case("AppendLabelData.authorID")
def _(stage: Stage) -> None:
    assert _label(stage, {"authorID": stage.names["rita"]}, "authorId") == {
        "authorId": stage.names["rita"]
    }


@case("appendManyLabels(where)")
def _(stage: Stage) -> None:
    data = {"labelType": "DEFAULT", "labelsData": [{"jsonResponse": EASY}]}
    where = {"idIn": [stage.names["meadow"]]}
    (label,) = stage.wire.call("appendManyLabels", data=data, where=where, selection="assetId")
    assert label == {"assetId": stage.names["meadow"]}


def _old_label(stage: Stage, data: dict[str, Any], selection: str) -> Any:
    data = {"labelType": "DEFAULT", "jsonResponse": EASY, **data}
    label = stage.wire.call("appendToLabels", data=data, where={"id": stage.names["farm"]})
    return stage.read("labels", label["id"], selection)


def _old_labels_with(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        assert _old_label(stage, {member: value}, member) == {member: value}

    return run


for _member, _value in {
    "clientVersion": 2,
    "jsonResponse": HARD,
    "labelType": "REVIEW",
    "secondsToLabel": 2.5,
}.items():
    case(f"AppendToLabelsData.{_member}")(_old_labels_with(_member, _value))


@case("AppendToLabelsData.authorID")
def _(stage: Stage) -> None:
    author = stage.names["leo"]
    assert _old_label(stage, {"authorID": author}, "authorId") == {"authorId": author}


@case("AppendToLabelsData.skipped")
def _(stage: Stage) -> None:
    _old_label(stage, {"skipped": True}, "id")
    assert stage.read("assets", "farm", "skipped") == {"skipped": True}


@case("appendToLabels(data)", "appendToLabels(where)")
def _(stage: Stage) -> None:
    assert _old_label(stage, {}, "assetId") == {"assetId": stage.names["farm"]}


@case(
    "CreatePredictionsData.jsonResponseArray",
    "CreatePredictionsData.modelNameArray",
    "createPredictions(data)",
    "createPredictions(where)",
)
def _(stage: Stage) -> None:
    stage.wire.call(
        "createPredictions",
        data={"jsonResponseArray": [EASY, HARD], "modelNameArray": ["one", "two"]},
        where={"idIn": [stage.names["pond"], stage.names["farm"]]},
    )
    where = {
        "typeIn": ["PREDICTION"],
        "asset": {"idIn": [stage.names["pond"], stage.names["farm"]]},
    }
    read = stage.wire.list("labels", where, selection="assetId jsonResponse modelName")
    assert read == [
        {"assetId": stage.names["pond"], "jsonResponse": EASY, "modelName": "one"},
        {"assetId": stage.names["farm"], "jsonResponse": HARD, "modelName": "two"},
    ]
