"""Events of labels."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes
from tests.kit.responses import EASY_JSON


@causes(
    "label.workflow.created.default",
    "label.workflow.created.inference",
    "label.workflow.created.prediction",
    "label.workflow.created.review",
    computed_in="domain/label_batch.py:add",
)
def _(case_world: CaseWorld) -> None:
    row = {"assetID": case_world.names["farm"], "jsonResponse": EASY_JSON, "modelName": "m"}
    for label_type in ("DEFAULT", "INFERENCE", "PREDICTION", "REVIEW", "AUTOSAVE"):
        data = {"labelType": label_type, "labelsData": [row]}
        case_world.wire.call("appendManyLabels", data=data, where={}, selection="id")


@causes("label.workflow.edited")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["pond DEFAULT"]}
    case_world.wire.call("updatePropertiesInLabel", data={"secondsToLabel": 3}, where=where)
