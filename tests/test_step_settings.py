"""Creation, change and deletion of steps with the SDK (contract/workflow.md#step-settings)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from tests.kit.labeling_project import LabelingProject, email
from tests.kit.wire import Wire

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    return LabelingProject(kili_emulator)


def assignees(labeling_project: LabelingProject, step: str) -> list[str]:
    found = labeling_project.steps("assignees.email")[step]["assignees"]
    return sorted(each["email"] for each in found)


def test_steps_are_created_changed_and_deleted_in_one_call(
    labeling_project: LabelingProject,
) -> None:
    label, review = (each["id"] for each in labeling_project.steps().values())
    last = {"name": "Last", "type": "REVIEW", "assignees": [labeling_project.user("admin")]}
    labeling_project.kili.update_project_workflow(
        labeling_project.project,
        create_steps=[{**last, "step_coverage": 5, "send_back_step_id": label}],
        update_steps=[{"id": label, "type": "DEFAULT", "name": "Draw"}],
        delete_steps=[review],
    )
    found = labeling_project.steps("stepCoverage", "sendBackStepId")
    assert list(found) == ["Draw", "Last"]
    assert (found["Last"]["stepCoverage"], found["Last"]["sendBackStepId"]) == (5, label)
    step_events = [
        each.rpartition(".")[2] for each in labeling_project.events("project.workflow.step.")
    ]
    assert sorted(step_events) == ["created", "deleted", "updated"]


def test_call_with_one_invalid_change_changes_nothing(labeling_project: LabelingProject) -> None:
    before = labeling_project.steps("stepCoverage", "type")
    label, review = (each["id"] for each in before.values())
    with pytest.raises(GraphQLError, match='has the name "Draw"'):
        labeling_project.kili.update_project_workflow(
            labeling_project.project,
            enforce_step_separation=True,
            update_steps=[{"id": label, "name": "Draw"}],
            delete_steps=[review],
            create_steps=[
                {"name": "Draw", "type": "REVIEW", "assignees": [labeling_project.user("admin")]}
            ],
        )
    assert labeling_project.steps("stepCoverage", "type") == before
    (found,) = labeling_project.kili.projects(
        labeling_project.project, fields=["enforceStepSeparation"]
    )
    assert found["enforceStepSeparation"] is False


def test_deletion_of_a_step_keeps_its_labels_and_returns_its_assets(
    labeling_project: LabelingProject,
) -> None:
    review = labeling_project.steps()["Review 1"]["id"]
    for name in ("one", "two"):
        labeling_project.label("labeler", name)
    labeling_project.kili.add_to_review([labeling_project.id("one"), labeling_project.id("two")])
    labeling_project.label("reviewer", "one", "REVIEW")
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("two"), labeling_project.project, "blurred"
    )
    labeling_project.kili.update_project_workflow(labeling_project.project, delete_steps=[review])
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label DONE",
        "LABELED",
    )
    assert (labeling_project.place("two"), labeling_project.asset("two", "skipped")["skipped"]) == (
        "Label SKIPPED",
        True,
    )
    seen = labeling_project.labels("one", "labelType", "assetStep.name")
    assert seen == [
        {"labelType": "DEFAULT", "assetStep": {"name": "Label"}},
        {"labelType": "REVIEW", "assetStep": None},
    ]
    assert [each["isLastForStep"] for each in labeling_project.labels("one", "isLastForStep")] == [
        True,
        False,
    ]
    latest = labeling_project.asset("one", "latestLabels.labelType")["latestLabels"]
    assert latest == [{"labelType": "DEFAULT"}]


def test_first_step_and_only_review_step_cannot_be_deleted(
    labeling_project: LabelingProject,
) -> None:
    with pytest.raises(GraphQLError, match="the first step of a workflow cannot be deleted"):
        labeling_project.kili.update_project_workflow(
            labeling_project.project, delete_steps=["Label"]
        )
    with pytest.raises(ValueError, match="only one review step is remaining"):
        labeling_project.kili.delete_last_step(labeling_project.project)
    assert list(labeling_project.steps()) == ["Label", "Review 1"]


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


def test_step_names_of_clients_of_26_1_are_accepted_as_ids(
    labeling_project: LabelingProject, wire: Wire
) -> None:
    def edit(**steps: Any) -> None:
        data = {"projectId": labeling_project.project, "steps": steps}
        wire.call("editProjectWorkflowSettings", input=data, selection="id")

    edit(updates=[{"name": "Review 1", "stepCoverage": 40}])
    assert labeling_project.steps("stepCoverage")["Review 1"]["stepCoverage"] == 40
    edit(deletes=["Review 1", "Review 1"])
    assert list(labeling_project.steps()) == ["Label"]
    unknown = {"projectId": labeling_project.project, "steps": {"deletes": ["Review 1"]}}
    assert "accessDenied" in wire.refusal("editProjectWorkflowSettings", input=unknown)


def test_given_order_sets_the_position_of_a_step(
    labeling_project: LabelingProject, wire: Wire
) -> None:
    """Clients up to 25.2 send an order."""
    first, second = (
        {
            "name": name,
            "type": "REVIEW",
            "order": order,
            "assignees": [labeling_project.user("admin")],
        }
        for name, order in (("Last", 3), ("Between", 1))
    )
    moved = {"name": "Review 1", "order": 2}
    data = {
        "projectId": labeling_project.project,
        "steps": {"creates": [first, second], "updates": [moved]},
    }
    wire.call("editProjectWorkflowSettings", input=data, selection="id")
    assert list(labeling_project.steps()) == ["Label", "Between", "Review 1", "Last"]
    labeling_project.kili.add_review_step(labeling_project.project, "Very last", [email("admin")])
    assert list(labeling_project.steps())[-1] == "Very last"
    wrong = {**second, "name": "Before", "order": -1}
    data = {"projectId": labeling_project.project, "steps": {"creates": [wrong]}}
    refusal = wire.refusal("editProjectWorkflowSettings", input=data)
    assert "the first step of a workflow, and of each group, must have the type DEFAULT" in refusal


def three_steps(labeling_project: LabelingProject) -> list[str]:
    """Return the ids of the steps Label, Review 1 and Review 2."""
    labeling_project.kili.add_review_step(labeling_project.project, "Review 2", [email("admin")])
    return [each["id"] for each in labeling_project.steps().values()]


def missing(order: int) -> str:
    return rf"There must be continuity between step orders \(missing {order}\)"


def test_only_the_last_step_can_be_deleted(labeling_project: LabelingProject) -> None:
    _, middle, last = three_steps(labeling_project)
    before = labeling_project.steps("order")
    with pytest.raises(GraphQLError, match=missing(1)):
        labeling_project.kili.update_project_workflow(
            labeling_project.project, delete_steps=[middle]
        )
    with pytest.raises(GraphQLError, match=missing(1)):
        labeling_project.kili.update_project_workflow(
            labeling_project.project,
            delete_steps=["Review 1"],
            create_steps=[
                {"name": "New", "type": "REVIEW", "assignees": [labeling_project.user("admin")]}
            ],
        )
    assert labeling_project.steps("order") == before
    labeling_project.kili.update_project_workflow(labeling_project.project, delete_steps=[last])
    assert list(labeling_project.steps()) == ["Label", "Review 1"]
    three_steps(labeling_project)
    labeling_project.kili.delete_last_step(labeling_project.project)
    assert list(labeling_project.steps()) == ["Label", "Review 1"]
    three_steps(labeling_project)
    labeling_project.kili.update_project_workflow(
        labeling_project.project, delete_steps=["Review 1", "Review 2"]
    )
    assert list(labeling_project.steps()) == ["Label"]


def test_middle_step_can_be_deleted_if_the_next_step_takes_its_order(
    labeling_project: LabelingProject, wire: Wire
) -> None:
    _, middle, last = three_steps(labeling_project)
    data = {"projectId": labeling_project.project, "stepId": middle}
    assert "(missing 1)" in wire.refusal("deleteStep", input=data)
    sends_back = {"projectId": labeling_project.project, "stepId": last, "sendBackStepId": middle}
    wire.call("updateReviewStepProperties", input=sends_back, selection="id")
    steps = {"deletes": [middle], "updates": [{"id": last, "order": 1}]}
    data = {"projectId": labeling_project.project, "steps": steps}
    wire.call("editProjectWorkflowSettings", input=data, selection="id")
    found = labeling_project.steps("order", "sendBackStepId")
    assert [(name, each["order"]) for name, each in found.items()] == [
        ("Label", 0),
        ("Review 2", 1),
    ]
    assert found["Review 2"]["sendBackStepId"] is None


@pytest.mark.parametrize(("order", "gap"), [(1, 2), (3, 2), (9, 2)])
def test_new_step_with_a_gap_or_duplicate_in_the_order_is_refused(
    labeling_project: LabelingProject, wire: Wire, order: int, gap: int
) -> None:
    step = {
        "name": "New",
        "type": "REVIEW",
        "order": order,
        "assignees": [labeling_project.user("admin")],
    }
    data = {"projectId": labeling_project.project, "steps": {"creates": [step]}}
    assert f"(missing {gap})" in wire.refusal("editProjectWorkflowSettings", input=data)
    assert list(labeling_project.steps()) == ["Label", "Review 1"]


def test_added_review_step_receives_assets_completed_after_its_creation(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.kili.add_to_review([labeling_project.id("one")])
    reviewers = [email("reviewer")]
    labeling_project.kili.add_review_step(
        labeling_project.project, "Review 2", reviewers, step_coverage=100
    )
    labeling_project.label("reviewer", "one", "REVIEW")
    assert labeling_project.place("one") == "Review 2 TO_DO"


def test_labelers_cannot_be_assigned_to_a_review_step(labeling_project: LabelingProject) -> None:
    with pytest.warns(UserWarning, match="can not review"):
        added = labeling_project.kili.add_reviewers_to_step(
            labeling_project.project, "Review 1", [email("labeler"), email("reviewer")]
        )
    assert added == [email("reviewer")]
    update = {
        "id": labeling_project.steps()["Review 1"]["id"],
        "assignees": [labeling_project.user("labeler")],
    }
    with pytest.raises(GraphQLError, match="is a LABELER of the project and cannot review"):
        labeling_project.kili.update_project_workflow(
            labeling_project.project, update_steps=[update]
        )


def test_removed_member_is_unassigned_from_steps_and_assets(
    labeling_project: LabelingProject,
) -> None:
    reviewers = [email("reviewer"), email("manager")]
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", assignees=reviewers
    )
    both = [[labeling_project.user("reviewer"), labeling_project.user("labeler")]]
    labeling_project.kili.assign_assets_to_labelers(
        asset_ids=[labeling_project.id("one")], to_be_labeled_by_array=both
    )
    labeling_project.label("reviewer", "one", "AUTOSAVE")
    (member,) = [
        each["id"]
        for each in labeling_project.kili.project_users(
            labeling_project.project, fields=["id", "user.email"]
        )
        if each["user"]["email"] == email("reviewer")
    ]
    labeling_project.kili.delete_from_roles(member)
    assert assignees(labeling_project, "Review 1") == [email("manager")]
    found = labeling_project.asset("one", "toBeLabeledBy.user.email", "numberOfValidLocks")
    assert found["toBeLabeledBy"] == [{"user": {"email": email("labeler")}}]
    assert found["numberOfValidLocks"] == 0


def test_reviewer_who_becomes_a_labeler_is_removed_from_review_steps(
    labeling_project: LabelingProject,
) -> None:
    reviewers = [email("reviewer"), email("manager")]
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", assignees=reviewers
    )
    labeling_project.kili.append_to_roles(labeling_project.project, email("reviewer"), "LABELER")
    assert assignees(labeling_project, "Review 1") == [email("manager")]
    labeling_project.kili.append_to_roles(labeling_project.project, email("manager"), "LABELER")
    assert assignees(labeling_project, "Review 1") == [email("admin")]


def test_workflow_is_copied_to_a_project_without_labels(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.kili.add_review_step(
        labeling_project.project, "Review 2", [email("admin")], step_coverage=30
    )
    labeling_project.kili.update_labeling_step_properties(
        labeling_project.project,
        "Label",
        consensus_coverage=50,
        number_of_expected_labels_for_consensus=2,
    )
    other = LabelingProject(labeling_project.emulator)
    other.kili.copy_workflow_from_project(other.project, labeling_project.project)
    members = (
        "consensusCoverage",
        "numberOfExpectedLabelsForConsensus",
        "stepCoverage",
        "type",
    )
    found = other.steps(*members).values()
    copied = [[each[name] for name in ("name", *members)] for each in found]
    assert copied == [
        ["Label", 50, 2, None, "DEFAULT"],
        ["Review 1", None, None, 0, "REVIEW"],
        ["Review 2", None, None, 30, "REVIEW"],
    ]
    other.label("admin", "one")
    with pytest.raises(ValueError, match=r"already has\D+1 label"):
        other.kili.copy_workflow_from_project(other.project, labeling_project.project)


def test_assignees_of_steps_are_hidden_from_labelers_of_an_anonymized_project(
    labeling_project: LabelingProject,
) -> None:
    reviewers = [email("reviewer"), email("manager")]
    labeling_project.kili.update_review_step_properties(
        labeling_project.project, "Review 1", assignees=reviewers
    )
    labeling_project.kili.update_project_anonymization(labeling_project.project)
    assert assignees(labeling_project, "Review 1") == sorted(reviewers)
    seen = labeling_project.emulator.client("labeler").get_steps(
        labeling_project.project, fields=["steps.name", "steps.assignees.email"]
    )
    shown = {each["name"]: [user["email"] for user in each["assignees"]] for each in seen}
    assert [address.endswith(".invalid") for address in shown["Review 1"]] == [True, True]
    assert email("labeler") in shown["Label"]
