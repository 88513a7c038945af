"""The workflow with groups of steps (V3), which scenarios make, as the SDK meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import NewWorkflow
from tests.kit.labeling_project import BLUE, Day, email

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")

SCENARIO = """\
organization: {name: Test}
users:
  - {key: admin, email: admin@example.com, firstname: A, lastname: A, organizationRole: ADMIN}
projects:
  - title: Groups
    workflow: V3
    stepGroups: [Shapes, Colors]
    inputType: TEXT
    jsonInterface: {jobs: {}}
    members: {admin: ADMIN}
"""


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    return Day(kili_emulator, NewWorkflow("V3", ("Shapes", "Colors")))


def place(day: Day, name: str) -> str:
    """Where an asset stands: ``Shapes / Label TO_DO``."""
    found = day.asset(name, "currentStep.stepGroupName")["currentStep"]
    return f"{found['stepGroupName']} / {day.place(name)}"


def ids(day: Day) -> list[str]:
    """The ids of all four steps, in their order."""
    found = day.kili.get_steps(day.project, fields=["steps.id"])
    return [str(each["id"]) for each in found]


def assignees(day: Day, step_id: str) -> set[str]:
    found = day.kili.get_steps(day.project, fields=["steps.id", "steps.assignees.email"])
    (step,) = [each for each in found if each["id"] == step_id]
    return {each["email"] for each in step["assignees"]}


def test_a_scenario_makes_groups_of_steps(tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text(SCENARIO, encoding="utf-8")
    with Emulator(str(tmp_path / "groups.yaml")) as emulator:
        fields = ["workflowVersion", "stepGroups.id", "stepGroups.name", "steps.stepGroupId"]
        (found,) = emulator.client().projects(fields=[*fields, "steps.name", "steps.type"])
    groups = {each["id"]: each["name"] for each in found["stepGroups"]}
    steps = [(groups[each["stepGroupId"]], each["name"], each["type"]) for each in found["steps"]]
    assert found["workflowVersion"] == "V3"
    assert steps == [
        ("Shapes", "Label", "DEFAULT"),
        ("Shapes", "Review 1", "REVIEW"),
        ("Colors", "Label", "DEFAULT"),
        ("Colors", "Review 1", "REVIEW"),
    ]


def test_an_asset_goes_through_group_after_group(day: Day) -> None:
    update = day.kili.update_review_step_properties
    for group in ("Shapes", "Colors"):
        update(day.project, "Review 1", step_coverage=100, group_name=group)
    assert place(day, "one") == "Shapes / Label TO_DO"
    day.label("labeler", "one")
    assert place(day, "one") == "Shapes / Review 1 TO_DO"
    day.label("reviewer", "one", "REVIEW")
    assert (place(day, "one"), day.status("one")) == ("Colors / Label TO_DO", "ONGOING")
    day.label("labeler", "one", response=BLUE)
    assert place(day, "one") == "Colors / Review 1 TO_DO"
    day.kili.send_back_to_queue([day.id("one")])
    assert place(day, "one") == "Colors / Label REWORK"
    day.label("labeler", "one")
    day.label("reviewer", "one", "REVIEW")
    assert (place(day, "one"), day.status("one")) == ("Colors / Review 1 DONE", "REVIEWED")


def test_the_step_of_a_label_is_named_with_its_group(day: Day) -> None:
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        day.label("labeler", "one", step_name="Label", group_name="Colors")
    with pytest.raises(ValueError, match="please provide group_name"):
        day.label("labeler", "one", step_name="Label")
    day.label("labeler", "one", step_name="Label", group_name="Shapes")
    (label,) = day.labels("one", "assetStep.name", "assetStep.stepGroupName")
    assert label["assetStep"] == {"name": "Label", "stepGroupName": "Shapes"}


def test_assets_are_selected_by_group(day: Day) -> None:
    day.label("labeler", "one")
    day.kili.skip_or_unskip("skip", day.id("two"), day.project, "blurred")

    def selected(**filters: Any) -> list[str]:
        found = day.kili.assets(day.project, fields=["externalId"], **filters)
        return [each["externalId"] for each in found]

    assert selected(group_name_in=["Shapes"]) == ["two", "three"]
    assert selected(group_name_in=["Colors"]) == ["one"]
    assert selected(group_name_not_in=["Colors"]) == ["two", "three"]
    waiting = [("Label", "TO_DO")]
    assert selected(step_name_and_status_in=waiting, group_name_in=["Shapes"]) == ["three"]


@pytest.fixture
def domain(day: Day, tmp_path: Path) -> Any:
    """The SDK's other client."""
    from kili.client_domain import Kili

    with pytest.warns(UserWarning, match="work in progress"):
        return Kili(
            api_key=day.emulator.key(),
            api_endpoint=day.emulator.endpoint,
            graphql_client_params={"graphql_schema_cache_dir": tmp_path},
        )


def test_labelers_are_put_on_a_labeling_step_and_taken_off(day: Day) -> None:
    step = ids(day)[2]
    everybody = {email(each) for each in ("admin", "manager", "reviewer", "labeler")}
    assert assignees(day, step) == everybody
    others = sorted(everybody - {email("labeler")})
    remove, add = day.kili.remove_labelers_from_step, day.kili.add_labelers_to_step
    assert remove(day.project, "Label", others, group_name="Colors") == others
    assert assignees(day, step) == {email("labeler")}
    added = [email("reviewer")]
    assert add(day.project, "Label", added, group_name="Colors") == added
    assert assignees(day, step) == {email("labeler"), email("reviewer")}


def test_the_domain_client_does_the_same(day: Day, domain: Any) -> None:
    step, workflow = ids(day)[2], domain.projects.workflow
    gone = [email("admin"), email("manager")]
    assert workflow.remove_labelers(day.project, emails=gone, step_id=step) == gone
    assert assignees(day, step) == {email("labeler"), email("reviewer")}
    assert workflow.add_labelers(day.project, emails=gone[:1], step_id=step) == gone[:1]
    assert assignees(day, step) == {email(each) for each in ("admin", "labeler", "reviewer")}


def test_who_was_taken_off_a_labeling_step_cannot_label_there(day: Day) -> None:
    day.kili.remove_labelers_from_step(day.project, emails=[email("labeler")], step_id=ids(day)[0])
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        day.label("labeler", "one")
    day.label("reviewer", "one")
    assert place(day, "one") == "Colors / Label TO_DO"


def test_what_is_not_drawn_for_review_goes_on_to_the_next_group(day: Day) -> None:
    day.label("labeler", "one")
    assert (place(day, "one"), day.status("one")) == ("Colors / Label TO_DO", "ONGOING")
    day.label("labeler", "one", response=BLUE)
    assert (place(day, "one"), day.status("one")) == ("Colors / Label DONE", "LABELED")


def test_who_is_taken_off_a_labeling_step_is_taken_off_its_assets(day: Day) -> None:
    both = [day.user("labeler"), day.user("reviewer")]
    day.kili.assign_assets_to_labelers(
        asset_ids=[day.id("one"), day.id("two")], to_be_labeled_by_array=[both, both]
    )
    day.label("labeler", "two")
    day.kili.remove_labelers_from_step(day.project, emails=[email("labeler")], step_id=ids(day)[0])

    def assigned(name: str) -> list[str]:
        found = day.asset(name, "toBeLabeledBy.user.email")["toBeLabeledBy"]
        return [each["user"]["email"] for each in found]

    assert assigned("one") == [email("reviewer")]
    assert assigned("two") == [email("labeler"), email("reviewer")]


def test_a_review_step_is_added_at_the_end_of_its_group(day: Day) -> None:
    day.kili.add_review_step(day.project, "Review 2", [email("admin")], group_name="Shapes")
    found = day.kili.get_steps(day.project, fields=["steps.name"])
    names = [each["name"] for each in found]
    assert names == ["Label", "Review 1", "Review 2", "Label", "Review 1"]
    with pytest.raises(GraphQLError, match="stepGroupId is missing"):
        day.kili.add_review_step(day.project, "Review 3", [email("admin")])


def test_consensus_is_for_the_first_group(day: Day) -> None:
    with pytest.raises(GraphQLError, match="labeling step of the first group"):
        day.kili.update_labeling_step_properties(
            day.project, "Label", consensus_coverage=10, group_name="Colors"
        )
