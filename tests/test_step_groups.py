"""The workflow with groups of steps (V3), created by scenarios and used with the SDK."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import NewWorkflow
from tests.kit.labeling_project import LabelingProject, email
from tests.kit.responses import BLUE

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
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    return LabelingProject(kili_emulator, NewWorkflow("V3", ("Shapes", "Colors")))


def place(labeling_project: LabelingProject, name: str) -> str:
    """Return group, step and status of an asset, such as ``Shapes / Label TO_DO``."""
    found = labeling_project.asset(name, "currentStep.stepGroupName")["currentStep"]
    return f"{found['stepGroupName']} / {labeling_project.place(name)}"


def ids(labeling_project: LabelingProject) -> list[str]:
    """Return the ids of all four steps, in their order."""
    found = labeling_project.kili.get_steps(labeling_project.project, fields=["steps.id"])
    return [str(each["id"]) for each in found]


def assignees(labeling_project: LabelingProject, step_id: str) -> set[str]:
    found = labeling_project.kili.get_steps(
        labeling_project.project, fields=["steps.id", "steps.assignees.email"]
    )
    (step,) = [each for each in found if each["id"] == step_id]
    return {each["email"] for each in step["assignees"]}


def test_scenario_creates_groups_of_steps(tmp_path: Path) -> None:
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


def test_asset_passes_through_the_groups_in_order(labeling_project: LabelingProject) -> None:
    update = labeling_project.kili.update_review_step_properties
    for group in ("Shapes", "Colors"):
        update(labeling_project.project, "Review 1", step_coverage=100, group_name=group)
    assert place(labeling_project, "one") == "Shapes / Label TO_DO"
    labeling_project.label("labeler", "one")
    assert place(labeling_project, "one") == "Shapes / Review 1 TO_DO"
    labeling_project.label("reviewer", "one", "REVIEW")
    assert (place(labeling_project, "one"), labeling_project.status("one")) == (
        "Colors / Label TO_DO",
        "ONGOING",
    )
    labeling_project.label("labeler", "one", response=BLUE)
    assert place(labeling_project, "one") == "Colors / Review 1 TO_DO"
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    assert place(labeling_project, "one") == "Colors / Label REWORK"
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", "REVIEW")
    assert (place(labeling_project, "one"), labeling_project.status("one")) == (
        "Colors / Review 1 DONE",
        "REVIEWED",
    )


def test_the_step_of_a_label_is_named_with_its_group(labeling_project: LabelingProject) -> None:
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        labeling_project.label("labeler", "one", step_name="Label", group_name="Colors")
    with pytest.raises(ValueError, match="please provide group_name"):
        labeling_project.label("labeler", "one", step_name="Label")
    labeling_project.label("labeler", "one", step_name="Label", group_name="Shapes")
    (label,) = labeling_project.labels("one", "assetStep.name", "assetStep.stepGroupName")
    assert label["assetStep"] == {"name": "Label", "stepGroupName": "Shapes"}


def test_assets_are_selected_by_group(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.kili.skip_or_unskip(
        "skip", labeling_project.id("two"), labeling_project.project, "blurred"
    )

    def selected(**filters: Any) -> list[str]:
        found = labeling_project.kili.assets(
            labeling_project.project, fields=["externalId"], **filters
        )
        return [each["externalId"] for each in found]

    assert selected(group_name_in=["Shapes"]) == ["two", "three"]
    assert selected(group_name_in=["Colors"]) == ["one"]
    assert selected(group_name_not_in=["Colors"]) == ["two", "three"]
    waiting = [("Label", "TO_DO")]
    assert selected(step_name_and_status_in=waiting, group_name_in=["Shapes"]) == ["three"]


@pytest.fixture
def domain(labeling_project: LabelingProject, tmp_path: Path) -> Any:
    """Return the SDK's domain client."""
    from kili.client_domain import Kili

    with pytest.warns(UserWarning, match="work in progress"):
        return Kili(
            api_key=labeling_project.emulator.key(),
            api_endpoint=labeling_project.emulator.endpoint,
            graphql_client_params={"graphql_schema_cache_dir": tmp_path},
        )


def test_labelers_are_added_to_a_labeling_step_and_removed(
    labeling_project: LabelingProject,
) -> None:
    step = ids(labeling_project)[2]
    members = {email(each) for each in ("admin", "manager", "reviewer", "labeler")}
    assert assignees(labeling_project, step) == members
    others = sorted(members - {email("labeler")})
    remove, add = (
        labeling_project.kili.remove_labelers_from_step,
        labeling_project.kili.add_labelers_to_step,
    )
    assert remove(labeling_project.project, "Label", others, group_name="Colors") == others
    assert assignees(labeling_project, step) == {email("labeler")}
    added = [email("reviewer")]
    assert add(labeling_project.project, "Label", added, group_name="Colors") == added
    assert assignees(labeling_project, step) == {email("labeler"), email("reviewer")}


def test_domain_client_adds_and_removes_labelers_of_a_step(
    labeling_project: LabelingProject, domain: Any
) -> None:
    step, workflow = ids(labeling_project)[2], domain.projects.workflow
    removed = [email("admin"), email("manager")]
    assert (
        workflow.remove_labelers(labeling_project.project, emails=removed, step_id=step) == removed
    )
    assert assignees(labeling_project, step) == {email("labeler"), email("reviewer")}
    assert (
        workflow.add_labelers(labeling_project.project, emails=removed[:1], step_id=step)
        == removed[:1]
    )
    assert assignees(labeling_project, step) == {
        email(each) for each in ("admin", "labeler", "reviewer")
    }


def test_labeler_removed_from_a_step_cannot_label_in_the_step(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.kili.remove_labelers_from_step(
        labeling_project.project, emails=[email("labeler")], step_id=ids(labeling_project)[0]
    )
    with pytest.raises(ValueError, match="You cannot edit this asset in its current step"):
        labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one")
    assert place(labeling_project, "one") == "Colors / Label TO_DO"


def test_asset_not_drawn_for_review_advances_to_the_next_group(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    assert (place(labeling_project, "one"), labeling_project.status("one")) == (
        "Colors / Label TO_DO",
        "ONGOING",
    )
    labeling_project.label("labeler", "one", response=BLUE)
    assert (place(labeling_project, "one"), labeling_project.status("one")) == (
        "Colors / Label DONE",
        "LABELED",
    )


def test_labeler_removed_from_a_step_is_unassigned_from_its_assets(
    labeling_project: LabelingProject,
) -> None:
    both = [labeling_project.user("labeler"), labeling_project.user("reviewer")]
    labeling_project.kili.assign_assets_to_labelers(
        asset_ids=[labeling_project.id("one"), labeling_project.id("two")],
        to_be_labeled_by_array=[both, both],
    )
    labeling_project.label("labeler", "two")
    labeling_project.kili.remove_labelers_from_step(
        labeling_project.project, emails=[email("labeler")], step_id=ids(labeling_project)[0]
    )

    def assigned(name: str) -> list[str]:
        found = labeling_project.asset(name, "toBeLabeledBy.user.email")["toBeLabeledBy"]
        return [each["user"]["email"] for each in found]

    assert assigned("one") == [email("reviewer")]
    assert assigned("two") == [email("labeler"), email("reviewer")]


def test_a_review_step_is_added_at_the_end_of_its_group(labeling_project: LabelingProject) -> None:
    labeling_project.kili.add_review_step(
        labeling_project.project, "Review 2", [email("admin")], group_name="Shapes"
    )
    found = labeling_project.kili.get_steps(labeling_project.project, fields=["steps.name"])
    names = [each["name"] for each in found]
    assert names == ["Label", "Review 1", "Review 2", "Label", "Review 1"]
    with pytest.raises(GraphQLError, match="stepGroupId is missing"):
        labeling_project.kili.add_review_step(
            labeling_project.project, "Review 3", [email("admin")]
        )


def test_consensus_is_allowed_only_in_the_first_group(labeling_project: LabelingProject) -> None:
    with pytest.raises(GraphQLError, match="labeling step of the first group"):
        labeling_project.kili.update_labeling_step_properties(
            labeling_project.project, "Label", consensus_coverage=10, group_name="Colors"
        )
