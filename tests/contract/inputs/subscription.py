"""Arguments of subscriptions."""

from __future__ import annotations

from tests.contract.inputs.registry import CaseWorld, case
from tests.kit.responses import EASY_JSON, RED_JSON
from tests.kit.subscription_client import connected_client


@case("labelCreatedOrUpdated(projectID)")
def _(case_world: CaseWorld) -> None:
    with connected_client(case_world.wire) as client:
        client.start("a", case_world.names["hidden project"])
        for asset, response in (("farm", EASY_JSON), ("hidden asset", RED_JSON)):
            case_world.wire.append_label(case_world.names[asset], response)
        notified_label = client.receive()["payload"]["data"]["data"]
        assert notified_label["labelOf"]["id"] == case_world.names["hidden asset"]
