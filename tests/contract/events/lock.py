"""Events of locks."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes
from tests.kit.responses import EASY_JSON


@causes("asset.workflow.lock.created", "asset.workflow.lock.deleted")
def _(case_world: CaseWorld) -> None:
    row = {"assetID": case_world.names["aquarium"], "jsonResponse": EASY_JSON}
    for label_type in ("AUTOSAVE", "DEFAULT"):
        data = {"labelType": label_type, "labelsData": [row]}
        case_world.wire.call("appendManyLabels", data=data, where={}, selection="id")
