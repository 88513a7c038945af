"""Who is to label an asset, and filters on where assets stand, with the SDK.

See contract/workflow.md#assignment, contract/asset.md#filters.
"""

from __future__ import annotations

from typing import Any

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from tests.kit.labeling_project import Day, email


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    return Day(kili_emulator)


def assigned(day: Day, name: str) -> list[str]:
    found = day.asset(name, "toBeLabeledBy.user.email")["toBeLabeledBy"]
    return [each["user"]["email"] for each in found]


def assign(day: Day, name: str, *users: str) -> dict[str, Any]:
    wanted = [[day.user(each) for each in users]]
    return dict(
        day.kili.assign_assets_to_labelers(asset_ids=[day.id(name)], to_be_labeled_by_array=wanted)
    )


def test_assets_are_assigned_anew_and_to_nobody(day: Day) -> None:
    assign(day, "one", "labeler", "reviewer")
    assert assigned(day, "one") == [email("labeler"), email("reviewer")]
    assign(day, "one", "manager")
    assert assigned(day, "one") == [email("manager")]
    assign(day, "one")
    assert assigned(day, "one") == []
    assert day.events("asset.workflow.assigned") == ["asset.workflow.assigned"] * 3


def test_who_has_a_label_in_progress_stays_assigned(day: Day) -> None:
    assign(day, "one", "labeler")
    day.label("labeler", "one", "AUTOSAVE")
    outcome = assign(day, "one", "manager")
    assert [each["assetId"] for each in outcome["declined"]] == [day.id("one")]
    assert assigned(day, "one") == [email("labeler")]
    assign(day, "one", "labeler", "manager")
    assert assigned(day, "one") == [email("labeler"), email("manager")]


def test_only_members_are_assigned(day: Day) -> None:
    day.kili.append_to_roles(
        day.kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Other")[
            "id"
        ],
        "stranger@example.com",
        "LABELER",
    )
    with pytest.raises(GraphQLError, match="is not the id of a member of the project: give"):
        assign(day, "one", "stranger")
    assert assigned(day, "one") == []


def test_filters_find_assets_by_step_status_and_assignee(day: Day) -> None:
    day.label("labeler", "one")
    day.kili.add_to_review([day.id("one")])
    day.label("labeler", "two")
    assign(day, "three", "labeler")

    def selected(**filters: Any) -> list[str]:
        found = day.kili.assets(day.project, fields=["externalId"], **filters)
        names = [str(each["externalId"]) for each in found]
        assert day.kili.count_assets(day.project, **filters) == len(names)
        return names

    assert selected(step_name_in=["Review 1"]) == ["one"]
    assert selected(step_name_not_in=["Review 1"]) == ["two", "three"]
    assert selected(step_status_in=["TO_DO"]) == ["one", "three"]
    assert selected(step_status_not_in=["TO_DO"]) == ["two"]
    assert selected(step_name_in=["Label"], step_status_in=["DONE"]) == ["two"]
    pairs = [("Review 1", "TO_DO"), ("Label", "DONE")]
    assert selected(step_name_and_status_in=pairs) == ["one", "two"]
    assert selected(step_name_and_status_not_in=pairs) == ["three"]
    review = day.steps()["Review 1"]["id"]
    assert selected(step_id_in=[review]) == ["one"]
    assert selected(step_id_and_status_in=[(review, "DONE")]) == []
    assert selected(assignee_in=[day.user("labeler")]) == ["three"]
    assert selected(assignee_not_in=[day.user("labeler")]) == ["one", "two"]


def test_an_address_where_an_id_is_wanted_is_answered_with_the_id_but_for_authors(day: Day) -> None:
    leo = day.user("labeler")
    step = {"name": "Review 1", "type": "REVIEW", "assignees": [email("labeler")]}
    wanted = f"where the id is wanted: give {leo!r}".replace("'", '"')
    with pytest.raises(GraphQLError, match=wanted):
        day.kili.assign_assets_to_labelers(
            asset_ids=[day.id("one")], to_be_labeled_by_array=[[email("labeler").upper()]]
        )
    with pytest.raises(GraphQLError, match=wanted):
        day.kili.update_project_workflow(day.project, update_steps=[step])
    with pytest.raises(GraphQLError, match="accessDenied"):
        day.kili.append_labels(
            [day.id("one")], json_response_array=[{}], author_id_array=[email("labeler")],
            project_id=day.project, disable_tqdm=True,
        )  # fmt: skip


def test_an_id_where_an_address_is_wanted_is_answered_with_the_address(day: Day) -> None:
    wanted = f'the e-mail address is wanted: give "{email("labeler")}"'
    with pytest.raises(GraphQLError, match=wanted):
        day.kili.update_properties_in_assets(
            asset_ids=[day.id("one")], to_be_labeled_by_array=[[day.user("labeler")]]
        )
    with pytest.raises(GraphQLError, match="is not the e-mail address of a member"):
        day.kili.update_properties_in_assets(
            asset_ids=[day.id("one")], to_be_labeled_by_array=[["nobody@example.com"]]
        )
