"""Members of projects."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, Stage, case

case(*(f"projectUsers({each})" for each in ("where", "first", "skip")))(lists("projectUsers"))
case("countProjectUsers(where)")(counts("countProjectUsers"))


def roles(stage: Stage, project: str = "project") -> dict[str, str]:
    """The members of a project by e-mail, with their roles."""
    found = stage.read("projects", project, "roles { role user { email } }")["roles"]
    return {each["user"]["email"]: each["role"] for each in found}


def member(stage: Stage, user: str, selection: str = "id", project: str = "project") -> Any:
    where = {"project": {"id": stage.names[project]}, "user": {"id": stage.names[user]}}
    (found,) = stage.wire.list("projectUsers", where, selection=selection)
    return found


@case(
    "AppendToRolesData.role",
    "AppendToRolesData.userEmail",
    "appendToRoles(data)",
    "appendToRoles(where)",
)
def _(stage: Stage) -> None:
    where, before = {"id": stage.names["hidden project"]}, roles(stage)
    for email, role in (("new@example.com", "REVIEWER"), ("labeler@example.com", "LABELER")):
        stage.wire.call("appendToRoles", where=where, data={"userEmail": email, "role": role})
        assert roles(stage, "hidden project")[email] == role
    assert list(roles(stage, "hidden project"))[-1] == "labeler@example.com"
    assert roles(stage) == before


@case("RoleData.role", "updatePropertiesInRole(data)", "updatePropertiesInRole(where)")
def _(stage: Stage) -> None:
    by_id = {"id": member(stage, "leo")["id"]}
    by_names = {
        "project": {"id": stage.names["project"]},
        "user": {"email": "Labeler@example.com"},
    }
    for where, role in ((by_id, "REVIEWER"), (by_names, "TEAM_MANAGER")):
        stage.wire.call("updatePropertiesInRole", where=where, data={"role": role})
        assert roles(stage)["labeler@example.com"] == role


def _names_besides_the_id(name: str, right: str, wrong: str) -> Case:
    def run(stage: Stage) -> None:
        where = {"id": member(stage, "leo")["id"]}
        data = {"role": "REVIEWER", name: stage.names[wrong]}
        message = stage.wire.refusal("updatePropertiesInRole", where=where, data=data)
        assert "not the one of this user in this project" in message
        stage.wire.call(
            "updatePropertiesInRole", where=where, data={**data, name: stage.names[right]}
        )
        assert roles(stage)["labeler@example.com"] == "REVIEWER"

    return run


case("RoleData.projectID")(_names_besides_the_id("projectID", "project", "hidden project"))
case("RoleData.userID")(_names_besides_the_id("userID", "leo", "rita"))


@case("deleteFromRoles(where)")
def _(stage: Stage) -> None:
    stage.wire.call("deleteFromRoles", where={"id": member(stage, "leo")["id"]})
    assert "labeler@example.com" not in roles(stage)
    assert member(stage, "leo", "deletedAt activated")["activated"] is False


@case(
    "ProjectUserData.starred",
    "updatePropertiesInProjectUser(data)",
    "updatePropertiesInProjectUser(where)",
)
def _(stage: Stage) -> None:
    for starred in (True, False):
        stage.wire.call(
            "updatePropertiesInProjectUser",
            "labeler",
            where={"id": member(stage, "leo")["id"]},
            data={"starred": starred},
        )
        assert member(stage, "leo", "starred") == {"starred": starred}
        assert member(stage, "rita", "starred") == {"starred": False}


def _sets_statistic(name: str, value: float) -> Case:
    def run(stage: Stage) -> None:
        where = {"id": member(stage, "leo")["id"]}
        before = member(stage, "rita", name)
        stage.wire.call("updatePropertiesInProjectUser", where=where, data={name: value})
        assert member(stage, "leo", f"{name} starred") == {name: value, "starred": False}
        assert member(stage, "rita", name) == before

    return run


for _name, _value in {
    "consensusMark": 0.5,
    "honeypotMark": 0.25,
    "numberOfLabeledAssets": 12,
    "totalDuration": 3600,
}.items():
    case(f"ProjectUserData.{_name}")(_sets_statistic(_name, _value))
