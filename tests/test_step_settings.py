"""Steps are created, changed and deleted with the SDK (contract/workflow.md#step-settings)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from tests.kit.labeling_project import Day, email
from tests.kit.wire import Wire

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    return Day(kili_emulator)


def assignees(day: Day, step: str) -> list[str]:
    found = day.steps("assignees.email")[step]["assignees"]
    return sorted(each["email"] for each in found)


def test_steps_are_created_changed_and_deleted_in_one_call(day: Day) -> None:
    label, review = (each["id"] for each in day.steps().values())
    last = {"name": "Last", "type": "REVIEW", "assignees": [day.user("admin")]}
    day.kili.update_project_workflow(
        day.project,
        create_steps=[{**last, "step_coverage": 5, "send_back_step_id": label}],
        update_steps=[{"id": label, "type": "DEFAULT", "name": "Draw"}],
        delete_steps=[review],
    )
    found = day.steps("stepCoverage", "sendBackStepId")
    assert list(found) == ["Draw", "Last"]
    assert (found["Last"]["stepCoverage"], found["Last"]["sendBackStepId"]) == (5, label)
    told = [each.rpartition(".")[2] for each in day.events("project.workflow.step.")]
    assert sorted(told) == ["created", "deleted", "updated"]


def test_a_call_that_fails_in_part_changes_nothing(day: Day) -> None:
    before = day.steps("stepCoverage", "type")
    label, review = (each["id"] for each in before.values())
    with pytest.raises(GraphQLError, match='named "Draw" already'):
        day.kili.update_project_workflow(
            day.project,
            enforce_step_separation=True,
            update_steps=[{"id": label, "name": "Draw"}],
            delete_steps=[review],
            create_steps=[{"name": "Draw", "type": "REVIEW", "assignees": [day.user("admin")]}],
        )
    assert day.steps("stepCoverage", "type") == before
    (found,) = day.kili.projects(day.project, fields=["enforceStepSeparation"])
    assert found["enforceStepSeparation"] is False


def test_a_deleted_step_leaves_its_labels_and_gives_its_assets_back(day: Day) -> None:
    review = day.steps()["Review 1"]["id"]
    for name in ("one", "two"):
        day.label("labeler", name)
    day.kili.add_to_review([day.id("one"), day.id("two")])
    day.label("reviewer", "one", "REVIEW")
    day.kili.skip_or_unskip("skip", day.id("two"), day.project, "blurred")
    day.kili.update_project_workflow(day.project, delete_steps=[review])
    assert (day.place("one"), day.status("one")) == ("Label DONE", "LABELED")
    assert (day.place("two"), day.asset("two", "skipped")["skipped"]) == ("Label SKIPPED", True)
    seen = day.labels("one", "labelType", "assetStep.name")
    assert seen == [
        {"labelType": "DEFAULT", "assetStep": {"name": "Label"}},
        {"labelType": "REVIEW", "assetStep": None},
    ]
    assert [each["isLastForStep"] for each in day.labels("one", "isLastForStep")] == [True, False]
    latest = day.asset("one", "latestLabels.labelType")["latestLabels"]
    assert latest == [{"labelType": "DEFAULT"}]


def test_the_first_step_stays_and_so_does_the_only_review_for_the_client(day: Day) -> None:
    with pytest.raises(GraphQLError, match="the first step of a workflow cannot be deleted"):
        day.kili.update_project_workflow(day.project, delete_steps=["Label"])
    with pytest.raises(ValueError, match="only one review step is remaining"):
        day.kili.delete_last_step(day.project)
    assert list(day.steps()) == ["Label", "Review 1"]


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


def test_clients_of_26_1_name_steps_where_others_give_ids(day: Day, wire: Wire) -> None:
    def edit(**steps: Any) -> None:
        data = {"projectId": day.project, "steps": steps}
        wire.call("editProjectWorkflowSettings", input=data, selection="id")

    edit(updates=[{"name": "Review 1", "stepCoverage": 40}])
    assert day.steps("stepCoverage")["Review 1"]["stepCoverage"] == 40
    edit(deletes=["Review 1", "Review 1"])
    assert list(day.steps()) == ["Label"]
    unknown = {"projectId": day.project, "steps": {"deletes": ["Review 1"]}}
    assert "accessDenied" in wire.refusal("editProjectWorkflowSettings", input=unknown)


def test_the_order_that_is_given_decides_where_a_step_stands(day: Day, wire: Wire) -> None:
    """Clients until 25.2 give one."""
    first, second = (
        {"name": name, "type": "REVIEW", "order": order, "assignees": [day.user("admin")]}
        for name, order in (("Last", 3), ("Between", 1))
    )
    moved = {"name": "Review 1", "order": 2}
    data = {"projectId": day.project, "steps": {"creates": [first, second], "updates": [moved]}}
    wire.call("editProjectWorkflowSettings", input=data, selection="id")
    assert list(day.steps()) == ["Label", "Between", "Review 1", "Last"]
    day.kili.add_review_step(day.project, "Very last", [email("admin")])
    assert list(day.steps())[-1] == "Very last"
    wrong = {**second, "name": "Before", "order": -1}
    data = {"projectId": day.project, "steps": {"creates": [wrong]}}
    refusal = wire.refusal("editProjectWorkflowSettings", input=data)
    assert "the first step of a workflow must be one of type DEFAULT" in refusal


def three_steps(day: Day) -> list[str]:
    """The ids of the steps Label, Review 1 and Review 2."""
    day.kili.add_review_step(day.project, "Review 2", [email("admin")])
    return [each["id"] for each in day.steps().values()]


def missing(order: int) -> str:
    return rf"There must be continuity between step orders \(missing {order}\)"


def test_a_step_is_deleted_from_the_end_only(day: Day) -> None:
    _, middle, last = three_steps(day)
    before = day.steps("order")
    with pytest.raises(GraphQLError, match=missing(1)):
        day.kili.update_project_workflow(day.project, delete_steps=[middle])
    with pytest.raises(GraphQLError, match=missing(1)):
        day.kili.update_project_workflow(
            day.project,
            delete_steps=["Review 1"],
            create_steps=[{"name": "New", "type": "REVIEW", "assignees": [day.user("admin")]}],
        )
    assert day.steps("order") == before
    day.kili.update_project_workflow(day.project, delete_steps=[last])
    assert list(day.steps()) == ["Label", "Review 1"]
    three_steps(day)
    day.kili.delete_last_step(day.project)
    assert list(day.steps()) == ["Label", "Review 1"]
    three_steps(day)
    day.kili.update_project_workflow(day.project, delete_steps=["Review 1", "Review 2"])
    assert list(day.steps()) == ["Label"]


def test_a_step_in_the_middle_is_deleted_if_the_next_one_takes_its_order(
    day: Day, wire: Wire
) -> None:
    _, middle, last = three_steps(day)
    data = {"projectId": day.project, "stepId": middle}
    assert "(missing 1)" in wire.refusal("deleteStep", input=data)
    sends_back = {"projectId": day.project, "stepId": last, "sendBackStepId": middle}
    wire.call("updateReviewStepProperties", input=sends_back, selection="id")
    steps = {"deletes": [middle], "updates": [{"id": last, "order": 1}]}
    data = {"projectId": day.project, "steps": steps}
    wire.call("editProjectWorkflowSettings", input=data, selection="id")
    found = day.steps("order", "sendBackStepId")
    assert [(name, each["order"]) for name, each in found.items()] == [
        ("Label", 0),
        ("Review 2", 1),
    ]
    assert found["Review 2"]["sendBackStepId"] is None


@pytest.mark.parametrize(("order", "gap"), [(1, 2), (3, 2), (9, 2)])
def test_a_new_step_leaves_no_gap_and_takes_no_place_that_is_taken(
    day: Day, wire: Wire, order: int, gap: int
) -> None:
    step = {"name": "New", "type": "REVIEW", "order": order, "assignees": [day.user("admin")]}
    data = {"projectId": day.project, "steps": {"creates": [step]}}
    assert f"(missing {gap})" in wire.refusal("editProjectWorkflowSettings", input=data)
    assert list(day.steps()) == ["Label", "Review 1"]


def test_a_step_that_comes_before_another_takes_what_is_labeled_from_then_on(day: Day) -> None:
    day.label("labeler", "one")
    day.kili.add_to_review([day.id("one")])
    people = [email("reviewer")]
    day.kili.add_review_step(day.project, "Review 2", people, step_coverage=100)
    day.label("reviewer", "one", "REVIEW")
    assert day.place("one") == "Review 2 TO_DO"


def test_labelers_do_not_review(day: Day) -> None:
    with pytest.warns(UserWarning, match="can not review"):
        added = day.kili.add_reviewers_to_step(
            day.project, "Review 1", [email("labeler"), email("reviewer")]
        )
    assert added == [email("reviewer")]
    update = {"id": day.steps()["Review 1"]["id"], "assignees": [day.user("labeler")]}
    with pytest.raises(GraphQLError, match="is a LABELER of the project and cannot review"):
        day.kili.update_project_workflow(day.project, update_steps=[update])


def test_who_leaves_the_project_is_taken_off_its_steps_and_assets(day: Day) -> None:
    people = [email("reviewer"), email("manager")]
    day.kili.update_review_step_properties(day.project, "Review 1", assignees=people)
    both = [[day.user("reviewer"), day.user("labeler")]]
    day.kili.assign_assets_to_labelers(asset_ids=[day.id("one")], to_be_labeled_by_array=both)
    day.label("reviewer", "one", "AUTOSAVE")
    (member,) = [
        each["id"]
        for each in day.kili.project_users(day.project, fields=["id", "user.email"])
        if each["user"]["email"] == email("reviewer")
    ]
    day.kili.delete_from_roles(member)
    assert assignees(day, "Review 1") == [email("manager")]
    found = day.asset("one", "toBeLabeledBy.user.email", "numberOfValidLocks")
    assert found["toBeLabeledBy"] == [{"user": {"email": email("labeler")}}]
    assert found["numberOfValidLocks"] == 0


def test_a_reviewer_who_becomes_a_labeler_reviews_no_more(day: Day) -> None:
    people = [email("reviewer"), email("manager")]
    day.kili.update_review_step_properties(day.project, "Review 1", assignees=people)
    day.kili.append_to_roles(day.project, email("reviewer"), "LABELER")
    assert assignees(day, "Review 1") == [email("manager")]
    day.kili.append_to_roles(day.project, email("manager"), "LABELER")
    assert assignees(day, "Review 1") == [email("admin")]


def test_a_workflow_is_copied_to_a_project_that_nobody_has_labeled(day: Day) -> None:
    day.kili.add_review_step(day.project, "Review 2", [email("admin")], step_coverage=30)
    day.kili.update_labeling_step_properties(
        day.project, "Label", consensus_coverage=50, number_of_expected_labels_for_consensus=2
    )
    other = Day(day.emulator)
    other.kili.copy_workflow_from_project(other.project, day.project)
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
        other.kili.copy_workflow_from_project(other.project, day.project)


def test_who_works_on_a_step_of_an_anonymized_project_is_not_shown_to_its_labelers(
    day: Day,
) -> None:
    people = [email("reviewer"), email("manager")]
    day.kili.update_review_step_properties(day.project, "Review 1", assignees=people)
    day.kili.update_project_anonymization(day.project)
    assert assignees(day, "Review 1") == sorted(people)
    seen = day.emulator.client("labeler").get_steps(
        day.project, fields=["steps.name", "steps.assignees.email"]
    )
    shown = {each["name"]: [user["email"] for user in each["assignees"]] for each in seen}
    assert [address.endswith(".invalid") for address in shown["Review 1"]] == [True, True]
    assert email("labeler") in shown["Label"]
