"""Project settings and settings of the first steps are two views of the same values."""

from __future__ import annotations

from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator

STEPS = (
    "steps.consensusCoverage",
    "steps.numberOfExpectedLabelsForConsensus",
    "steps.stepCoverage",
    "steps.useHoneypot",
)
SETTINGS = ("consensusTotCoverage", "minConsensusSize", "reviewCoverage", "useHoneyPot")


@pytest.fixture
def project_id(kili: Any) -> str:
    return str(kili.create_project(input_type="TEXT", json_interface={}, title="Steps")["id"])


def test_project_settings_change_the_first_steps(kili: Any, project_id: str) -> None:
    kili.update_properties_in_project(
        project_id,
        consensus_tot_coverage=40,
        min_consensus_size=3,
        review_coverage=25,
        use_honeypot=True,
    )
    (found,) = kili.projects(project_id, fields=STEPS)
    label, review = found["steps"]
    assert label["consensusCoverage"] == 40
    assert label["numberOfExpectedLabelsForConsensus"] == 3
    assert label["useHoneypot"] is True
    assert review["stepCoverage"] == 25


def test_changed_steps_are_read_as_project_settings(kili: Any, project_id: str) -> None:
    kili.update_labeling_step_properties(
        project_id, "Label", consensus_coverage=60, number_of_expected_labels_for_consensus=2
    )
    kili.update_review_step_properties(project_id, "Review 1", step_coverage=70)
    (found,) = kili.projects(project_id, fields=SETTINGS)
    assert found == {
        "consensusTotCoverage": 60,
        "minConsensusSize": 2,
        "reviewCoverage": 70,
        "useHoneyPot": False,
    }


def test_review_coverage_of_100_moves_every_labeled_asset_to_review(
    kili: Any, project_id: str
) -> None:
    kili.update_properties_in_project(project_id, review_coverage=100)
    kili.append_many_to_dataset(project_id, content_array=["text"])
    (asset,) = kili.assets(project_id, fields=["id"])
    kili.append_labels([asset["id"]], json_response_array=[{}], project_id=project_id)
    (found,) = kili.assets(project_id, fields=["currentStep.name", "currentStep.status"])
    assert found["currentStep"] == {"name": "Review 1", "status": "TO_DO"}


def test_status_that_follows_from_the_step_cannot_be_set(
    kili_emulator: Emulator, kili: Any, project_id: str
) -> None:
    kili.append_many_to_dataset(project_id, content_array=["text"])
    (asset,) = kili.assets(project_id, fields=["id"])
    query = """mutation ($where: [AssetWhere!]!, $data: [AssetData!]!) {
        data: updatePropertiesInAssets(where: $where, data: $data) { id } }"""
    variables = {"where": [{"id": asset["id"]}], "data": [{"status": "REVIEWED"}]}
    with pytest.raises(Exception, match="follows from its step"):
        kili.graphql_client.execute(query, variables)
    assert kili_emulator.world.view.assets.require(asset["id"])["status"] == "TODO"


def test_send_back_step_is_given_by_its_id(kili: Any, project_id: str) -> None:
    (found,) = kili.projects(project_id, fields=["steps.id", "steps.name"])
    label, _ = found["steps"]
    for given, says in (
        ("Label", f'"Label", which is the name of the step with the id {label["id"]}'),
        ("Nothing", 'sendBackStepId must be the id of a step of the project, not "Nothing"'),
    ):
        with pytest.raises(GraphQLError, match=says):
            kili.update_review_step_properties(project_id, "Review 1", send_back_to_step=given)
    kili.update_review_step_properties(project_id, "Review 1", send_back_to_step=label["id"])
    (found,) = kili.projects(project_id, fields=["steps.sendBackStepId"])
    assert found["steps"][1]["sendBackStepId"] == label["id"]
