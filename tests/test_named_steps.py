"""A label that names a step corrects what is done there, or takes the asset to its next review.

What the SDK's ``step_name`` and ``step_id`` of ``append_labels`` are for
(contract/workflow.md#labels-that-name-a-step).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1, NewWorkflow
from tests.kit.labeling_project import LabelingProject, email
from tests.kit.responses import BLUE, RED
from tests.kit.wire import Wire

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")

MOVES = ("asset.workflow.currentStep.", "asset.workflow.setToNextStep")


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    return LabelingProject(kili_emulator)


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


def moves(labeling_project: LabelingProject) -> list[str]:
    """The events that told where assets went."""
    return [
        subject.rpartition(".")[2]
        for prefix in MOVES
        for subject in labeling_project.events(prefix)
    ]


def latest(labeling_project: LabelingProject, name: str) -> dict[str, Any]:
    fields = ("labelType", "jsonResponse", "author.email")
    found = labeling_project.asset(name, *(f"latestLabel.{each}" for each in fields))["latestLabel"]
    return {name: found[name] for name in ("labelType", "jsonResponse", "author")}


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_label_of_the_step_where_the_asset_is_done_is_a_correction(
    labeling_project: LabelingProject, by: str
) -> None:
    labeling_project.label("labeler", "one")
    before = moves(labeling_project)
    step = {"name": "Label", "id": labeling_project.steps()["Label"]["id"]}[by]
    labeling_project.label("labeler", "one", response=BLUE, **{f"step_{by}": step})
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label DONE",
        "LABELED",
    )
    assert moves(labeling_project) == before
    assert labeling_project.events("label.workflow.") == ["label.workflow.created.default"] * 2
    assert latest(labeling_project, "one")["jsonResponse"] == BLUE
    marks = ("isLatestLabelForUser", "isLastForStep", "isSentBackToQueue")
    assert [[each[mark] for mark in marks] for each in labeling_project.labels("one", *marks)] == [
        [False, False, False],
        [True, True, False],
    ]


def test_a_reviewer_corrects_the_work_of_others_and_a_labeler_their_own_alone(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", response=BLUE, step_name="Label")
    assert latest(labeling_project, "one")["author"] == {"email": email("reviewer")}
    labeling_project.kili.append_to_roles(labeling_project.project, "new@example.com", "LABELER")
    (new,) = labeling_project.kili.users(email="new@example.com", fields=["id"])
    with pytest.raises(ValueError, match="already labeled or reviewed and cannot be edited"):
        labeling_project.label("admin", "one", step_name="Label", author_id_array=[new["id"]])
    assert labeling_project.place("one") == "Label DONE"


def test_a_review_of_what_is_done_takes_the_asset_to_its_review_step(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", "REVIEW", step_name="Review 1")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 1 DONE",
        "REVIEWED",
    )
    assert labeling_project.events("asset.workflow.setToNextStep") == [
        "asset.workflow.setToNextStep"
    ]
    steps = [each["assetStep"]["name"] for each in labeling_project.labels("one", "assetStep.name")]
    assert steps == ["Label", "Review 1"]


def test_reviews_go_on_step_by_step(labeling_project: LabelingProject) -> None:
    for name in ("Review 2", "Review 3"):
        labeling_project.kili.add_review_step(
            labeling_project.project, name, [email("reviewer")], step_coverage=0
        )
    labeling_project.label("labeler", "one")
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        labeling_project.label("reviewer", "one", "REVIEW", step_name="Review 2")
    for name in ("Review 1", "Review 2", "Review 2", "Review 3"):
        labeling_project.label("reviewer", "one", "REVIEW", step_name=name)
        assert labeling_project.place("one") == f"{name} DONE"
    with pytest.raises(ValueError, match="created in another step and is read-only"):
        labeling_project.label("reviewer", "one", "REVIEW", step_name="Review 1")


def test_what_waits_for_its_review_is_corrected_until_the_review_begins(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.kili.update_properties_in_project(
        labeling_project.project, review_coverage=100
    )
    labeling_project.label("labeler", "one")
    before = moves(labeling_project)
    labeling_project.label("labeler", "one", response=BLUE, step_name="Label")
    assert (labeling_project.place("one"), moves(labeling_project)) == ("Review 1 TO_DO", before)
    assert latest(labeling_project, "one")["jsonResponse"] == BLUE
    labeling_project.label("reviewer", "one", "AUTOSAVE")
    with pytest.raises(ValueError, match="created in another step and is read-only"):
        labeling_project.label("labeler", "one", step_name="Label")
    labeling_project.label("reviewer", "one", "REVIEW", response=BLUE)
    with pytest.raises(ValueError, match="created in another step and is read-only"):
        labeling_project.label("labeler", "one", step_name="Label")
    assert (
        labeling_project.asset("one", "latestLabel.labelType")["latestLabel"]["labelType"]
        == "REVIEW"
    )


def test_a_correction_can_be_saved_before_it_is_submitted(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("labeler", "one", "AUTOSAVE", BLUE, step_name="Label")
    assert labeling_project.place("one") == "Label DONE"
    assert labeling_project.asset("one", "numberOfValidLocks")["numberOfValidLocks"] == 1
    with pytest.raises(ValueError, match="currently being edited by another user"):
        labeling_project.label("reviewer", "one", step_name="Label")
    labeling_project.label("labeler", "one", response=BLUE, step_name="Label")
    assert labeling_project.asset("one", "numberOfValidLocks")["numberOfValidLocks"] == 0


def test_the_label_that_several_people_agree_on_is_added_to_what_is_done(
    labeling_project: LabelingProject,
) -> None:
    """As plugins for consensus do."""
    labeling_project.kili.update_labeling_step_properties(
        labeling_project.project,
        "Label",
        consensus_coverage=100,
        number_of_expected_labels_for_consensus=2,
    )
    labeling_project.add("shared")
    labeling_project.label("labeler", "shared")
    with pytest.raises(ValueError, match="already submitted a label"):
        labeling_project.label("labeler", "shared", step_name="Label")
    labeling_project.label("reviewer", "shared", response=BLUE)
    assert labeling_project.place("shared") == "Label DONE"
    labeling_project.label("admin", "shared", response=BLUE, step_name="Label")
    assert labeling_project.place("shared") == "Label DONE"
    people = {each["author"]["email"] for each in labeling_project.labels("shared", "author.email")}
    assert people == {email(each) for each in ("labeler", "reviewer", "admin")}
    assert latest(labeling_project, "shared")["author"] == {"email": email("admin")}


def test_a_correction_scores_anew_what_was_reviewed(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one", response=RED)
    labeling_project.label("reviewer", "one", "REVIEW", response=BLUE, step_name="Review 1")
    labeling_project.label("reviewer", "one", "REVIEW", response=RED, step_name="Review 1")
    scores = [each["reviewScore"] for each in labeling_project.labels("one", "reviewScore")]
    assert scores == [1, None, None]
    assert labeling_project.place("one") == "Review 1 DONE"


def test_assignees_are_those_of_the_labeling_that_is_still_to_be_done(
    labeling_project: LabelingProject,
) -> None:
    assigned = [[labeling_project.user("labeler")]]
    labeling_project.kili.assign_assets_to_labelers(
        asset_ids=[labeling_project.id("one")], to_be_labeled_by_array=assigned
    )
    with pytest.raises(ValueError, match="you are not assigned to it"):
        labeling_project.label("manager", "one", step_name="Label")
    labeling_project.label("labeler", "one", step_name="Label")
    labeling_project.label("manager", "one", response=BLUE, step_name="Label")
    assert labeling_project.place("one") == "Label DONE"


def test_a_named_step_is_for_who_works_on_it(labeling_project: LabelingProject) -> None:
    people = [email("manager")]
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", assignees=people
    )
    labeling_project.label("labeler", "one")
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        labeling_project.label("reviewer", "one", "REVIEW", step_name="Review 1")
    assert labeling_project.place("one") == "Label DONE"
    labeling_project.label("manager", "one", "REVIEW", step_name="Review 1")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_a_skipped_asset_is_brought_back_by_a_label_of_its_step(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("one"), labeling_project.project, "blurred"
    )
    labeling_project.label("labeler", "one", step_name="Label")
    assert (labeling_project.place("one"), labeling_project.asset("one", "skipped")["skipped"]) == (
        "Label DONE",
        False,
    )


def test_a_correction_of_what_is_skipped_in_review_brings_it_back_to_the_review(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.kili.update_properties_in_project(
        labeling_project.project, review_coverage=100
    )
    labeling_project.label("labeler", "one")
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("one"), labeling_project.project, "blurred"
    )
    labeling_project.label("labeler", "one", response=BLUE, step_name="Label")
    assert labeling_project.place("one") == "Review 1 TO_DO"
    assert labeling_project.asset("one", "skipped")["skipped"] is False


def test_a_call_with_a_label_that_is_refused_corrects_nothing(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("labeler", "two")
    labeling_project.kili.send_back_to_queue([labeling_project.id("two")])
    before = labeling_project.emulator.world.export()
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        labeling_project.emulator.client("reviewer").append_labels(
            asset_id_array=[labeling_project.id("one"), labeling_project.id("two")],
            json_response_array=[BLUE, BLUE],
            label_type="REVIEW",
            project_id=labeling_project.project,
            step_name="Review 1",
            disable_tqdm=True,
        )
    assert labeling_project.emulator.world.export() == before


# Names and ids


def append(
    wire: Wire, labeling_project: LabelingProject, name: str, type_: str, **step: str
) -> dict[str, Any]:
    row = {
        "assetID": labeling_project.id(name),
        "jsonResponse": '{"COLOR": {"categories": [{"name": "RED"}]}}',
    }
    data = {"labelType": type_, "labelsData": [row], **step}
    answer: dict[str, Any] = wire.send("appendManyLabels", data=data, where={}).json()
    return answer


def test_clients_until_26_1_send_the_name(labeling_project: LabelingProject, wire: Wire) -> None:
    for type_, name in (("DEFAULT", "Label"), ("DEFAULT", "Label"), ("REVIEW", "Review 1")):
        assert "errors" not in append(wire, labeling_project, "one", type_, stepName=name)
    assert labeling_project.place("one") == "Review 1 DONE"


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"stepName": "Nowhere"}, 'the project has no step "Nowhere"'),
        ({"stepId": "nowhere"}, 'the project has no step "nowhere"'),
        ({"stepId": "nowhere", "stepName": "Label"}, 'the project has no step "nowhere"'),
        ({"stepId": "nowhere", "stepName": "Default"}, 'the project has no step "nowhere"'),
        ({"stepName": "Review 1"}, 'step "Review 1" takes REVIEW labels'),
    ],
)
def test_a_step_that_is_none_for_the_label_is_refused(
    labeling_project: LabelingProject, wire: Wire, step: dict[str, str], says: str
) -> None:
    (error,) = append(wire, labeling_project, "one", "DEFAULT", **step)["errors"]
    assert says in error["message"]
    assert labeling_project.place("one") == "Label TO_DO"


def test_the_id_and_the_name_are_those_of_one_step(
    labeling_project: LabelingProject, wire: Wire
) -> None:
    label, review = (each["id"] for each in labeling_project.steps().values())
    (error,) = append(wire, labeling_project, "one", "DEFAULT", stepId=review, stepName="Label")[
        "errors"
    ]
    assert "two different steps" in error["message"]
    assert "errors" not in append(
        wire, labeling_project, "one", "DEFAULT", stepId=label, stepName="Label"
    )


def test_a_name_that_several_groups_use_needs_the_group(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator, NewWorkflow("V3", ("Colors", "Shapes")))
    wire = Wire(kili_emulator)
    (error,) = append(wire, labeling_project, "one", "DEFAULT", stepName="Label")["errors"]
    wire.close()
    (found,) = labeling_project.kili.projects(
        labeling_project.project, fields=["steps.id", "steps.name"]
    )
    ids = [each["id"] for each in found["steps"] if each["name"] == "Label"]
    assert len(ids) == 2
    assert all(each in error["message"] for each in ids)
    labeling_project.label("labeler", "one", step_name="Label", group_name="Colors")
    labeling_project.label("labeler", "one", response=BLUE, step_name="Label", group_name="Shapes")
    assert labeling_project.place("one") == "Label DONE"
    labeling_project.label("reviewer", "one", "REVIEW", step_name="Review 1", group_name="Shapes")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_v1_has_no_step_to_name(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator, V1)
    wire = Wire(kili_emulator)
    (error,) = append(wire, labeling_project, "one", "DEFAULT", stepName="Label")["errors"]
    wire.close()
    assert "the V1 workflow, which has no steps" in error["message"]


def test_where_no_step_is_named_the_refusal_stays_and_names_its_reason(
    labeling_project: LabelingProject, wire: Wire
) -> None:
    labeling_project.label("admin", "one")
    labeling_project.label("labeler", "two")
    for name, reason in (("one", "Correct"), ("two", "Review")):
        for type_ in ("DEFAULT", "REVIEW"):
            (error,) = append(wire, labeling_project, name, type_)["errors"]
            context = {"reason": f"AssetInDoneStepStatusWith{reason}Action"}
            assert error["extensions"]["context"] == context
            assert "[assetLocked]" in error["message"]
