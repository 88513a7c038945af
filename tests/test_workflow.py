"""A day of labeling in the workflow with steps, with the SDK.

See contract/workflow.md#steps, contract/workflow.md#lock-reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.domain.lock import LIFETIME
from kili_emulator.rules.workflow import NewWorkflow
from tests.kit.labeling_project import LabelingProject, email
from tests.kit.responses import BLUE, RED_JSON
from tests.kit.wire import Wire
from tests.kit.world_time import advance

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    return LabelingProject(kili_emulator)


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


@pytest.fixture
def fully_reviewed_project(labeling_project: LabelingProject) -> LabelingProject:
    """Create a project in which every labeled asset goes to review."""
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", step_coverage=100
    )
    return labeling_project


def test_label_completes_the_labeling_and_coverage_moves_the_asset_to_review(
    labeling_project: LabelingProject,
) -> None:
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label TO_DO",
        "TODO",
    )
    labeling_project.label("labeler", "one")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label DONE",
        "LABELED",
    )
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", step_coverage=100
    )
    labeling_project.label("labeler", "two")
    assert (labeling_project.place("two"), labeling_project.status("two")) == (
        "Review 1 TO_DO",
        "TO_REVIEW",
    )


def test_an_autosave_is_work_in_progress(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one", "AUTOSAVE")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label IN_PROGRESS",
        "ONGOING",
    )
    labeling_project.label("labeler", "one")
    assert labeling_project.place("one") == "Label DONE"


def test_predictions_and_inferences_do_not_move_the_asset(
    labeling_project: LabelingProject,
) -> None:
    for kind in ("PREDICTION", "INFERENCE"):
        labeling_project.label("admin", "one", kind, model_name="m")
    assert labeling_project.place("one") == "Label TO_DO"


def test_a_review_completes_the_last_step(fully_reviewed_project: LabelingProject) -> None:
    labeling_project = fully_reviewed_project
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", "AUTOSAVE")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 1 IN_PROGRESS",
        "TO_REVIEW",
    )
    labeling_project.label("reviewer", "one", "REVIEW")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 1 DONE",
        "REVIEWED",
    )
    seen = labeling_project.labels("one", "labelType", "assetStep.name")
    steps = [(each["labelType"], each["assetStep"]["name"]) for each in seen]
    assert steps == [("DEFAULT", "Label"), ("AUTOSAVE", "Review 1"), ("REVIEW", "Review 1")]


def test_labeled_asset_can_be_added_to_review_by_hand(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    ids = [labeling_project.id(each) for each in ("one", "two")]
    outcome = labeling_project.kili.add_to_review(ids)
    assert labeling_project.place("one") == "Review 1 TO_DO"
    assert labeling_project.place("two") == "Label TO_DO"
    assert [each["assetId"] for each in outcome["succeeded"]] == ids[:1]
    assert [each["assetId"] for each in outcome["declined"]] == ids[1:]
    assert labeling_project.events("asset.workflow.setToNextStep") == [
        "asset.workflow.setToNextStep"
    ]


def test_a_review_sends_back_to_the_labeling_step_and_the_asset_is_labeled_again(
    fully_reviewed_project: LabelingProject,
) -> None:
    labeling_project = fully_reviewed_project
    first = labeling_project.label("labeler", "one")
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label REWORK",
        "ONGOING",
    )
    (label,) = labeling_project.labels("one", "id", "isSentBackToQueue")
    assert label == {"id": first, "isSentBackToQueue": True}
    assert labeling_project.events("label.workflow.rejected") == ["label.workflow.rejected"]
    labeling_project.label("labeler", "one", response=BLUE)
    assert labeling_project.place("one") == "Review 1 TO_DO"


def test_later_review_step_sends_back_to_its_configured_step(
    fully_reviewed_project: LabelingProject,
) -> None:
    labeling_project = fully_reviewed_project
    reviewers = [email("reviewer"), email("admin")]
    labeling_project.kili.add_review_step(
        labeling_project.project,
        "Review 2",
        reviewers,
        step_coverage=100,
        send_back_to_step="Review 1",
    )
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", "REVIEW")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 2 TO_DO",
        "TO_REVIEW",
    )
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 1 REWORK",
        "ONGOING",
    )
    labeling_project.label("reviewer", "one", "REVIEW", BLUE)
    labeling_project.label("admin", "one", "REVIEW", BLUE)
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 2 DONE",
        "REVIEWED",
    )


def test_only_a_labeled_asset_can_be_sent_back(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    outcome = labeling_project.kili.send_back_to_queue(
        [labeling_project.id("one"), labeling_project.id("two")]
    )
    assert (labeling_project.place("one"), labeling_project.place("two")) == (
        "Label REWORK",
        "Label TO_DO",
    )
    assert [each["assetId"] for each in outcome["declined"]] == [labeling_project.id("two")]


def test_skipped_asset_cannot_be_reviewed_or_sent_back_until_unskipped(
    labeling_project: LabelingProject,
) -> None:
    one = labeling_project.id("one")
    labeling_project.kili.skip_or_unskip("skip", one, labeling_project.project, "blurred")
    assert labeling_project.place("one") == "Label SKIPPED"
    assert labeling_project.asset("one", "skipped")["skipped"] is True
    for change in (labeling_project.kili.add_to_review, labeling_project.kili.send_back_to_queue):
        assert [each["assetId"] for each in change([one])["declined"]] == [one]
    labeling_project.kili.skip_or_unskip("unskip", one, labeling_project.project)
    assert (labeling_project.place("one"), labeling_project.asset("one", "skipped")["skipped"]) == (
        "Label TO_DO",
        False,
    )


def test_submitted_label_unskips_the_asset(labeling_project: LabelingProject) -> None:
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("one"), labeling_project.project, "blurred"
    )
    labeling_project.label("labeler", "one")
    assert (labeling_project.place("one"), labeling_project.asset("one", "skipped")["skipped"]) == (
        "Label DONE",
        False,
    )


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_autosave_does_not_unskip_the_asset(kili_emulator: Emulator, version: str) -> None:
    labeling_project = LabelingProject(kili_emulator, NewWorkflow(version))
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("one"), labeling_project.project, "blurred"
    )
    labeling_project.label("labeler", "one", "AUTOSAVE")
    assert (
        labeling_project.status("one"),
        labeling_project.asset("one", "skipped")["skipped"],
    ) == ("TODO", True)
    labeling_project.kili.skip_or_unskip(
        "unskip", labeling_project.id("one"), labeling_project.project
    )
    assert (
        labeling_project.status("one"),
        labeling_project.asset("one", "skipped")["skipped"],
    ) == ("TODO", False)


def test_skip_by_the_old_mutation_keeps_the_asset_on_its_step(
    fully_reviewed_project: LabelingProject, wire: Wire
) -> None:
    labeling_project = fully_reviewed_project
    data = {"jsonResponse": RED_JSON, "labelType": "DEFAULT", "skipped": True}
    wire.call(
        "appendToLabels",
        "labeler",
        data=data,
        where={"id": labeling_project.id("one")},
        selection="id",
    )
    assert (labeling_project.place("one"), labeling_project.asset("one", "skipped")["skipped"]) == (
        "Label SKIPPED",
        True,
    )
    assert len(labeling_project.labels("one", "id")) == 1


def test_the_status_follows_from_the_step_alone(
    labeling_project: LabelingProject, wire: Wire
) -> None:
    where, data = [{"id": labeling_project.id("one")}], [{"status": "LABELED"}]
    refusal = wire.refusal("updatePropertiesInAssets", where=where, data=data)
    assert "follows from its step" in refusal
    added = {"contentArray": ["text"], "externalIDArray": ["four"], "statusArray": ["REVIEWED"]}
    refusal = wire.refusal("appendManyAssets", data=added, where={"id": labeling_project.project})
    assert "follows from its step" in refusal
    wire.call(
        "appendManyAssets",
        data={**added, "statusArray": ["TODO"]},
        where={"id": labeling_project.project},
    )
    assert (labeling_project.place("four"), labeling_project.status("four")) == (
        "Label TO_DO",
        "TODO",
    )


def test_priority_can_be_set_only_for_assets_to_be_labeled(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("two"), labeling_project.project, "blurred"
    )
    ids = [labeling_project.id(each) for each in ("one", "two", "three")]
    outcome = labeling_project.kili.set_assets_priority(3, asset_ids=ids)
    assert [each["assetId"] for each in outcome["succeeded"]] == ids[2:]
    assert {each["assetId"] for each in outcome["declined"]} == set(ids[:2])
    assert labeling_project.asset("three", "priority")["priority"] == 3


# Reasons why a user cannot label an asset, in the words of the SDK


def refused(labeling_project: LabelingProject, sentence: str, *label: Any, **options: Any) -> None:
    before = labeling_project.place(label[1])
    with pytest.raises(ValueError, match=sentence):
        labeling_project.label(*label, **options)
    assert labeling_project.place(label[1]) == before


def test_labeler_of_a_done_asset_cannot_submit_again(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    refused(
        labeling_project,
        "You already labeled this asset, but you can still correct it",
        "labeler",
        "one",
    )
    sentence = "This asset is already labeled or reviewed and cannot be edited"
    labeling_project.kili.append_to_roles(labeling_project.project, "new@example.com", "LABELER")
    refused(
        labeling_project, sentence, "admin", "one", author_id_array=[new_user(labeling_project)]
    )
    sentence = "This asset is completed. Take it for review to make changes"
    refused(labeling_project, sentence, "reviewer", "one", "REVIEW")


def new_user(labeling_project: LabelingProject) -> str:
    (found,) = labeling_project.kili.users(email="new@example.com", fields=["id"])
    return str(found["id"])


def test_label_must_be_for_the_current_step_of_the_asset(
    fully_reviewed_project: LabelingProject,
) -> None:
    labeling_project = fully_reviewed_project
    refused(
        labeling_project,
        "You cannot edit this asset in its current step",
        "reviewer",
        "one",
        "REVIEW",
    )
    ahead = {"kind": "REVIEW", "step_name": "Review 1"}
    refused(
        labeling_project,
        "You cannot edit this asset in its current step",
        "reviewer",
        "one",
        **ahead,
    )
    with pytest.raises(GraphQLError, match='step "Review 1" takes REVIEW labels'):
        labeling_project.label("labeler", "one", step_name="Review 1")
    labeling_project.label("labeler", "one", step_name="Label")
    sentence = "awaiting to be reviewed but can still be corrected"
    refused(labeling_project, sentence, "labeler", "one")
    refused(labeling_project, "You cannot edit this asset in its current step", "manager", "one")
    review = labeling_project.steps()["Review 1"]["id"]
    labeling_project.label("reviewer", "one", "REVIEW", step_id=review)
    assert labeling_project.place("one") == "Review 1 DONE"


def test_only_assignees_of_a_step_can_label_in_the_step(
    fully_reviewed_project: LabelingProject,
) -> None:
    labeling_project = fully_reviewed_project
    assignees = [email("manager")]
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", assignees=assignees
    )
    labeling_project.label("labeler", "one")
    refused(
        labeling_project,
        "You cannot edit this asset in its current step",
        "reviewer",
        "one",
        "REVIEW",
    )
    labeling_project.label("manager", "one", "REVIEW")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_assigned_asset_is_labeled_by_its_assignees_only(labeling_project: LabelingProject) -> None:
    assigned = [[labeling_project.user("labeler")]]
    labeling_project.kili.assign_assets_to_labelers(
        asset_ids=[labeling_project.id("one")], to_be_labeled_by_array=assigned
    )
    refused(labeling_project, "This asset is assigned to someone else", "reviewer", "one")
    refused(labeling_project, "you are not assigned to it", "manager", "one")
    labeling_project.label("labeler", "one")
    assert labeling_project.place("one") == "Label DONE"


def test_assignment_of_an_asset_applies_to_labeling_only(
    fully_reviewed_project: LabelingProject,
) -> None:
    labeling_project = fully_reviewed_project
    assigned = [[labeling_project.user("labeler")]]
    labeling_project.kili.assign_assets_to_labelers(
        asset_ids=[labeling_project.id("one")], to_be_labeled_by_array=assigned
    )
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", "REVIEW")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_step_separation_refuses_one_user_on_two_steps_of_an_asset(
    fully_reviewed_project: LabelingProject,
) -> None:
    labeling_project = fully_reviewed_project
    labeling_project.kili.update_project_workflow(
        labeling_project.project, enforce_step_separation=True
    )
    labeling_project.label("reviewer", "one")
    refused(labeling_project, "you already worked on another step", "reviewer", "one", "REVIEW")
    labeling_project.label("manager", "one", "REVIEW")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_asset_in_progress_is_locked_for_other_users(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one", "AUTOSAVE")
    sentence = "This asset is currently being edited by another user"
    for kind in ("DEFAULT", "AUTOSAVE"):
        refused(labeling_project, sentence, "reviewer", "one", kind)
    labeling_project.label("labeler", "one")
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    labeling_project.label("reviewer", "one")
    assert labeling_project.place("one") == "Label DONE"


def test_expired_lock_refuses_no_label(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one", "AUTOSAVE")
    advance(labeling_project.emulator.world, LIFETIME + timedelta(minutes=1))
    labeling_project.label("reviewer", "one")
    assert labeling_project.place("one") == "Label DONE"


def test_call_with_one_refused_label_stores_no_label(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    ids = [labeling_project.id("two"), labeling_project.id("one")]
    with pytest.raises(ValueError, match="You already labeled this asset"):
        labeling_project.emulator.client("labeler").append_labels(
            asset_id_array=ids, json_response_array=[BLUE] * 2, project_id=labeling_project.project
        )
    assert labeling_project.place("two") == "Label TO_DO"
    assert labeling_project.labels("two", "id") == []
