"""Assignment of labelers, and filters by step, status and assignee, with the SDK.

See contract/workflow.md#assignment, contract/asset.md#filters.
"""

from __future__ import annotations

from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from tests.kit.labeling_project import LabelingProject, email


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    return LabelingProject(kili_emulator)


def assigned(labeling_project: LabelingProject, name: str) -> list[str]:
    found = labeling_project.asset(name, "toBeLabeledBy.user.email")["toBeLabeledBy"]
    return [each["user"]["email"] for each in found]


def assign(labeling_project: LabelingProject, name: str, *users: str) -> dict[str, Any]:
    wanted = [[labeling_project.user(each) for each in users]]
    return dict(
        labeling_project.kili.assign_assets_to_labelers(
            asset_ids=[labeling_project.id(name)], to_be_labeled_by_array=wanted
        )
    )


def test_assignment_replaces_or_clears_the_assignees(labeling_project: LabelingProject) -> None:
    assign(labeling_project, "one", "labeler", "reviewer")
    assert assigned(labeling_project, "one") == [email("labeler"), email("reviewer")]
    assign(labeling_project, "one", "manager")
    assert assigned(labeling_project, "one") == [email("manager")]
    assign(labeling_project, "one")
    assert assigned(labeling_project, "one") == []
    assert labeling_project.events("asset.workflow.assigned") == ["asset.workflow.assigned"] * 3


def test_labeler_with_a_label_in_progress_cannot_be_unassigned(
    labeling_project: LabelingProject,
) -> None:
    assign(labeling_project, "one", "labeler")
    labeling_project.label("labeler", "one", "AUTOSAVE")
    outcome = assign(labeling_project, "one", "manager")
    assert [each["assetId"] for each in outcome["declined"]] == [labeling_project.id("one")]
    assert assigned(labeling_project, "one") == [email("labeler")]
    assign(labeling_project, "one", "labeler", "manager")
    assert assigned(labeling_project, "one") == [email("labeler"), email("manager")]


def test_only_members_can_be_assigned(labeling_project: LabelingProject) -> None:
    labeling_project.kili.append_to_roles(
        labeling_project.kili.create_project(
            input_type="TEXT", json_interface={"jobs": {}}, title="Other"
        )["id"],
        "stranger@example.com",
        "LABELER",
    )
    with pytest.raises(GraphQLError, match="is not the id of a member of the project: give"):
        assign(labeling_project, "one", "stranger")
    assert assigned(labeling_project, "one") == []


def test_filters_find_assets_by_step_status_and_assignee(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.kili.add_to_review([labeling_project.id("one")])
    labeling_project.label("labeler", "two")
    assign(labeling_project, "three", "labeler")

    def selected(**filters: Any) -> list[str]:
        found = labeling_project.kili.assets(
            labeling_project.project, fields=["externalId"], **filters
        )
        names = [str(each["externalId"]) for each in found]
        assert labeling_project.kili.count_assets(labeling_project.project, **filters) == len(names)
        return names

    assert selected(step_name_in=["Review 1"]) == ["one"]
    assert selected(step_name_not_in=["Review 1"]) == ["two", "three"]
    assert selected(step_status_in=["TO_DO"]) == ["one", "three"]
    assert selected(step_status_not_in=["TO_DO"]) == ["two"]
    assert selected(step_name_in=["Label"], step_status_in=["DONE"]) == ["two"]
    pairs = [("Review 1", "TO_DO"), ("Label", "DONE")]
    assert selected(step_name_and_status_in=pairs) == ["one", "two"]
    assert selected(step_name_and_status_not_in=pairs) == ["three"]
    review = labeling_project.steps()["Review 1"]["id"]
    assert selected(step_id_in=[review]) == ["one"]
    assert selected(step_id_and_status_in=[(review, "DONE")]) == []
    assert selected(assignee_in=[labeling_project.user("labeler")]) == ["three"]
    assert selected(assignee_not_in=[labeling_project.user("labeler")]) == ["one", "two"]


def test_email_in_place_of_a_user_id_is_refused_with_the_id_except_for_authors(
    labeling_project: LabelingProject,
) -> None:
    leo = labeling_project.user("labeler")
    step = {"name": "Review 1", "type": "REVIEW", "assignees": [email("labeler")]}
    wanted = f"give the id {leo!r}".replace("'", '"')
    with pytest.raises(GraphQLError, match=wanted):
        labeling_project.kili.assign_assets_to_labelers(
            asset_ids=[labeling_project.id("one")],
            to_be_labeled_by_array=[[email("labeler").upper()]],
        )
    with pytest.raises(GraphQLError, match=wanted):
        labeling_project.kili.update_project_workflow(labeling_project.project, update_steps=[step])
    with pytest.raises(GraphQLError, match="accessDenied"):
        labeling_project.kili.append_labels(
            [labeling_project.id("one")],
            json_response_array=[{}],
            author_id_array=[email("labeler")],
            project_id=labeling_project.project,
            disable_tqdm=True,
        )


def test_user_id_in_place_of_an_email_is_refused_with_the_email(
    labeling_project: LabelingProject,
) -> None:
    wanted = f'give the e-mail address "{email("labeler")}"'
    with pytest.raises(GraphQLError, match=wanted):
        labeling_project.kili.update_properties_in_assets(
            asset_ids=[labeling_project.id("one")],
            to_be_labeled_by_array=[[labeling_project.user("labeler")]],
        )
    with pytest.raises(GraphQLError, match="is not the e-mail address of a member"):
        labeling_project.kili.update_properties_in_assets(
            asset_ids=[labeling_project.id("one")], to_be_labeled_by_array=[["nobody@example.com"]]
        )
