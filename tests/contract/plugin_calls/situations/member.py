"""Situations of members who join, change and leave."""

from __future__ import annotations

from tests.contract.plugin_calls.situations.registry import SteppedProject, for_each_way, situation


def _give_work_everywhere(steps: SteppedProject) -> None:
    """Let Rita be an assignee of both steps, lock an asset, and be assigned to another asset."""
    for step in ("label step", "review step"):
        both = [steps.names["rita"], steps.names["max"]]
        steps.edit(steps={"updates": [{"id": steps.names[step], "assignees": both}]})
    steps.label("appendManyLabels", "in review", "reviewer", "AUTOSAVE")
    where = {"id": steps.names["waiting"]}
    steps.call("assignAssets", where=where, userIds=[steps.names["rita"]])


@situation
def a_member_with_work_leaves_the_project(steps: SteppedProject) -> None:
    _give_work_everywhere(steps)
    steps.remove_member("reviewer")


@situation
def a_member_with_work_leaves_the_organization(steps: SteppedProject) -> None:
    _give_work_everywhere(steps)
    address = dict.fromkeys(("address", "zipCode", "city", "country"), "")
    other = steps.call("createOrganization", data={"name": "Other", **address})
    data, where = {"organizationId": other["id"]}, {"email": "reviewer@example.com"}
    steps.call("updatePropertiesInUser", data=data, where=where)


@for_each_way("appendToRoles", "updatePropertiesInRole")
def a_reviewer_becomes_a_labeler(steps: SteppedProject, way: str) -> None:
    _give_work_everywhere(steps)
    steps.give_role(way, "rita", "reviewer", "LABELER")


@for_each_way("appendToRoles", "updatePropertiesInRole", "updatePropertiesInProjectUser")
def an_administrator_of_the_organization_joins(steps: SteppedProject, way: str) -> None:
    """Join by a role, and by starring the project."""
    steps.remove_member("admin")
    if way == "updatePropertiesInProjectUser":
        steps.call(way, data={"starred": True}, where={"id": steps.member("ada")})
    else:
        steps.give_role(way, "ada", "admin", "REVIEWER")
