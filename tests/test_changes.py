"""Changes of labels and priorities, with the SDK generations that support them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.responses import EASY, HARD
from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld
from tests.test_platform_rules import asset, label, labels, project

__all__ = ["project"]


def test_priority_can_be_raised_only_for_unlabeled_assets(kili: Any, project: str) -> None:
    todo, labeled = asset(kili, project, "meadow")["id"], asset(kili, project, "farm")["id"]
    outcome = kili.set_assets_priority(asset_ids=[todo, labeled], priority=5)
    assert [each["assetId"] for each in outcome["succeeded"]] == [todo]
    assert [each["assetId"] for each in outcome["declined"]] == [labeled]
    assert asset(kili, project, "meadow", "priority")["priority"] == 5
    assert asset(kili, project, "farm", "priority")["priority"] == 0


def test_only_predictions_and_inferences_can_be_deleted(kili: Any, project: str) -> None:
    first = label(kili, project, "aquarium", "PREDICTION", model_name="m")
    second = label(kili, project, "aquarium", "PREDICTION", model_name="m")
    human = label(kili, project, "aquarium")

    with pytest.raises(Exception, match="is not a PREDICTION or INFERENCE"):
        kili.delete_labels([second, human])
    assert kili.delete_labels([second]) == [second]

    flags = labels(kili, project, "aquarium", "id", "isLatestPredictionLabelForUser")
    assert flags == [
        {"id": first, "isLatestPredictionLabelForUser": True},
        {"id": human, "isLatestPredictionLabelForUser": False},
    ]


@pytest.mark.parametrize("version", ["2.125.2", "2.128.2"])
def test_older_clients_change_labels(
    remote_world: RemoteWorld, sdk_process: Callable[[str], SdkProcess], version: str
) -> None:
    target = next(
        each for each in remote_world.export()["labels"] if each["labelType"] == "DEFAULT"
    )
    process = sdk_process(version)
    session: SdkSession = process.session(env=remote_world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    session.run(
        f"kili.update_properties_in_label(label_id={target['id']!r}, seconds_to_label=77,"
        f" json_response={HARD!r})"
    ).checked()

    labels_now = {each["id"]: each for each in remote_world.export()["labels"]}
    changed = labels_now[target["id"]]
    assert json.loads(changed["jsonResponse"]) == HARD
    assert changed["secondsToLabel"] == 77
    assert changed["numberOfAnnotations"] == 1
    assert changed["search"]["numberOfAnnotationsByObject"] == {"CLASSIFICATION_JOB.HARD": 1}


def test_labelers_change_only_their_own_labels_and_reviewers_any_label(
    kili_emulator: Emulator, project: str
) -> None:
    own = label(kili_emulator.client("labeler"), project, "aquarium")
    foreign = label(kili_emulator.client("admin"), project, "aquarium")
    change = (
        "mutation($id: ID!, $response: String) { data: updatePropertiesInLabel("
        "where: {id: $id}, data: {jsonResponse: $response}) { jsonResponse } }"
    )

    def changed_by(user: str, label_id: str, response: dict[str, Any]) -> str:
        client = kili_emulator.client(user)
        variables = {"id": label_id, "response": json.dumps(response)}
        return str(client.graphql_client.execute(change, variables)["data"]["jsonResponse"])

    assert changed_by("labeler", own, HARD) == json.dumps(HARD)
    assert changed_by("reviewer", own, EASY) == json.dumps(EASY)
    with pytest.raises(Exception, match="updatePropertiesInLabel needs the role"):
        changed_by("labeler", foreign, HARD)
