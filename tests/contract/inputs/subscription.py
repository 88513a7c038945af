"""What is subscribed to."""

from __future__ import annotations

from tests.contract.inputs.registry import Stage, case
from tests.kit.subscription_client import connected
from tests.kit.world_content import EASY, RED


@case("labelCreatedOrUpdated(projectID)")
def _(stage: Stage) -> None:
    with connected(stage.wire) as client:
        client.start("a", stage.names["hidden project"])
        for asset, response in (("farm", EASY), ("hidden asset", RED)):
            row = {"assetID": stage.names[asset], "jsonResponse": response}
            data = {"labelType": "DEFAULT", "labelsData": [row]}
            stage.wire.call("appendManyLabels", data=data, where={}, selection="id")
        told = client.receive()["payload"]["data"]["data"]
        assert told["labelOf"]["id"] == stage.names["hidden asset"]
