"""Arguments of subscriptions."""

from __future__ import annotations

from tests.contract.inputs.registry import CaseWorld, case
from tests.kit.subscription_client import connected_client
from tests.kit.world_content import EASY, RED


@case("labelCreatedOrUpdated(projectID)")
def _(case_world: CaseWorld) -> None:
    with connected_client(case_world.wire) as client:
        client.start("a", case_world.names["hidden project"])
        for asset, response in (("farm", EASY), ("hidden asset", RED)):
            row = {"assetID": case_world.names[asset], "jsonResponse": response}
            data = {"labelType": "DEFAULT", "labelsData": [row]}
            case_world.wire.call("appendManyLabels", data=data, where={}, selection="id")
        notified_label = client.receive()["payload"]["data"]["data"]
        assert notified_label["labelOf"]["id"] == case_world.names["hidden asset"]
