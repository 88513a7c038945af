"""Second values of quality marks: compared labels of several users and of a honeypot."""

from __future__ import annotations

from tests.kit.responses import HARD_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds


def change(wire: Wire, world_ids: WorldIds) -> None:
    for asset, member in (("street", "isHoneypot"), ("pond", "isUsedForConsensus")):
        where = [{"id": world_ids[asset]}]
        wire.call("updatePropertiesInAssets", where=where, data=[{member: True}], selection="id")
    row = {"assetID": world_ids["pond"], "jsonResponse": HARD_JSON}
    for key, label_type in (("labeler", "DEFAULT"), ("admin", "DEFAULT"), ("admin", "REVIEW")):
        data = {"labelType": label_type, "labelsData": [row]}
        wire.call("appendManyLabels", key, "id", data=data, where={})
