"""Inputs of members of projects."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, CaseWorld, case

case(*(f"projectUsers({each})" for each in ("where", "first", "skip")))(lists("projectUsers"))
case("countProjectUsers(where)")(counts("countProjectUsers"))


def roles(case_world: CaseWorld, project: str = "project") -> dict[str, str]:
    """Return the roles of the members of a project by e-mail."""
    found = case_world.read("projects", project, "roles { role user { email } }")["roles"]
    return {each["user"]["email"]: each["role"] for each in found}


def member(
    case_world: CaseWorld, user: str, selection: str = "id", project: str = "project"
) -> Any:
    where = {"project": {"id": case_world.names[project]}, "user": {"id": case_world.names[user]}}
    (found,) = case_world.wire.list("projectUsers", where, selection=selection)
    return found


@case(
    "AppendToRolesData.role",
    "AppendToRolesData.userEmail",
    "appendToRoles(data)",
    "appendToRoles(where)",
)
def _(case_world: CaseWorld) -> None:
    where, before = {"id": case_world.names["hidden project"]}, roles(case_world)
    for email, role in (("new@example.com", "REVIEWER"), ("labeler@example.com", "LABELER")):
        case_world.wire.call("appendToRoles", where=where, data={"userEmail": email, "role": role})
        assert roles(case_world, "hidden project")[email] == role
    assert list(roles(case_world, "hidden project"))[-1] == "labeler@example.com"
    assert roles(case_world) == before


@case("RoleData.role", "updatePropertiesInRole(data)", "updatePropertiesInRole(where)")
def _(case_world: CaseWorld) -> None:
    by_id = {"id": member(case_world, "leo")["id"]}
    by_names = {
        "project": {"id": case_world.names["project"]},
        "user": {"email": "Labeler@example.com"},
    }
    for where, role in ((by_id, "REVIEWER"), (by_names, "TEAM_MANAGER")):
        case_world.wire.call("updatePropertiesInRole", where=where, data={"role": role})
        assert roles(case_world)["labeler@example.com"] == role


def _names_besides_the_id(name: str, right: str, wrong: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        where = {"id": member(case_world, "leo")["id"]}
        data = {"role": "REVIEWER", name: case_world.names[wrong]}
        message = case_world.wire.refusal("updatePropertiesInRole", where=where, data=data)
        assert "not that of this user in this project" in message
        case_world.wire.call(
            "updatePropertiesInRole", where=where, data={**data, name: case_world.names[right]}
        )
        assert roles(case_world)["labeler@example.com"] == "REVIEWER"

    return run


case("RoleData.projectID")(_names_besides_the_id("projectID", "project", "hidden project"))
case("RoleData.userID")(_names_besides_the_id("userID", "leo", "rita"))


@case("deleteFromRoles(where)")
def _(case_world: CaseWorld) -> None:
    case_world.wire.call("deleteFromRoles", where={"id": member(case_world, "leo")["id"]})
    assert "labeler@example.com" not in roles(case_world)
    assert member(case_world, "leo", "deletedAt activated")["activated"] is False


@case(
    "ProjectUserData.starred",
    "updatePropertiesInProjectUser(data)",
    "updatePropertiesInProjectUser(where)",
)
def _(case_world: CaseWorld) -> None:
    for starred in (True, False):
        case_world.wire.call(
            "updatePropertiesInProjectUser",
            "labeler",
            where={"id": member(case_world, "leo")["id"]},
            data={"starred": starred},
        )
        assert member(case_world, "leo", "starred") == {"starred": starred}
        assert member(case_world, "rita", "starred") == {"starred": False}


def _sets_statistic(name: str, value: float) -> Case:
    def run(case_world: CaseWorld) -> None:
        where = {"id": member(case_world, "leo")["id"]}
        before = member(case_world, "rita", name)
        case_world.wire.call("updatePropertiesInProjectUser", where=where, data={name: value})
        assert member(case_world, "leo", f"{name} starred") == {name: value, "starred": False}
        assert member(case_world, "rita", name) == before

    return run


for _name, _value in {
    "consensusMark": 0.5,
    "honeypotMark": 0.25,
    "numberOfLabeledAssets": 12,
    "totalDuration": 3600,
}.items():
    case(f"ProjectUserData.{_name}")(_sets_statistic(_name, _value))
