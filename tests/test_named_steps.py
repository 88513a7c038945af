"""A label that names a step corrects a done asset, or moves it to its next review.

The SDK sends ``step_name`` and ``step_id`` of ``append_labels``
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
    """Return the events about changes of step."""
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
def test_label_naming_the_step_of_a_done_asset_is_a_correction(
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


def test_reviewers_correct_any_label_and_labelers_only_their_own(
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


def test_review_of_a_done_asset_moves_it_to_its_review_step(
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


def test_reviews_advance_one_step_at_a_time(labeling_project: LabelingProject) -> None:
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


def test_asset_waiting_for_review_can_be_corrected_until_the_review_begins(
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


def test_agreed_label_can_be_added_to_a_done_consensus_asset(
    labeling_project: LabelingProject,
) -> None:
    """Consensus plugins append such a label."""
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
    authors = {
        each["author"]["email"] for each in labeling_project.labels("shared", "author.email")
    }
    assert authors == {email(each) for each in ("labeler", "reviewer", "admin")}
    assert latest(labeling_project, "shared")["author"] == {"email": email("admin")}


def test_correction_of_a_review_recomputes_the_review_score(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one", response=RED)
    labeling_project.label("reviewer", "one", "REVIEW", response=BLUE, step_name="Review 1")
    labeling_project.label("reviewer", "one", "REVIEW", response=RED, step_name="Review 1")
    scores = [each["reviewScore"] for each in labeling_project.labels("one", "reviewScore")]
    assert scores == [1, None, None]
    assert labeling_project.place("one") == "Review 1 DONE"


def test_assignment_does_not_restrict_corrections(
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


def test_named_step_accepts_labels_of_its_assignees_only(labeling_project: LabelingProject) -> None:
    reviewers = [email("manager")]
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", assignees=reviewers
    )
    labeling_project.label("labeler", "one")
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        labeling_project.label("reviewer", "one", "REVIEW", step_name="Review 1")
    assert labeling_project.place("one") == "Label DONE"
    labeling_project.label("manager", "one", "REVIEW", step_name="Review 1")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_label_naming_the_step_of_a_skipped_asset_unskips_the_asset(
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


def test_correction_of_an_asset_skipped_in_review_returns_it_to_the_review(
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


def test_call_with_one_refused_label_corrects_nothing(
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


def test_step_name_of_clients_up_to_26_1_is_accepted(
    labeling_project: LabelingProject, wire: Wire
) -> None:
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
def test_named_step_that_does_not_fit_the_label_is_refused(
    labeling_project: LabelingProject, wire: Wire, step: dict[str, str], says: str
) -> None:
    (error,) = append(wire, labeling_project, "one", "DEFAULT", **step)["errors"]
    assert says in error["message"]
    assert labeling_project.place("one") == "Label TO_DO"


def test_step_id_and_step_name_must_refer_to_the_same_step(
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


def test_step_name_used_in_several_groups_needs_the_group(kili_emulator: Emulator) -> None:
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


def test_step_name_in_v1_is_refused(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator, V1)
    wire = Wire(kili_emulator)
    (error,) = append(wire, labeling_project, "one", "DEFAULT", stepName="Label")["errors"]
    wire.close()
    assert "the V1 workflow, which has no steps" in error["message"]


def test_label_without_a_step_on_a_done_asset_is_refused_with_its_reason(
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
