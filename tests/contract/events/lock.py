"""Events of locks."""

from __future__ import annotations

from tests.contract.events.registry import Stage, causes
from tests.kit.world_content import EASY


@causes("asset.workflow.lock.created", "asset.workflow.lock.deleted")
def _(stage: Stage) -> None:
    row = {"assetID": stage.names["aquarium"], "jsonResponse": EASY}
    for label_type in ("AUTOSAVE", "DEFAULT"):
        data = {"labelType": label_type, "labelsData": [row]}
        stage.wire.call("appendManyLabels", data=data, where={}, selection="id")
