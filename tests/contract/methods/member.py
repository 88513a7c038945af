"""Cases of members of projects."""

from __future__ import annotations

from tests.contract.methods import case

_ROLES = """
            (project,) = kili.projects(project_id, fields=["roles.role", "roles.user.email"])
            roles = {each["user"]["email"]: each["role"] for each in project["roles"]}
"""
_LEO = """
            where = {"email": email["labeler"]}
            (leo,) = kili.project_users(project_id, **where)
            assert (leo["role"], leo["user"]["id"]) == ("LABELER", user["labeler"])
"""
CASES = [
    case(
        "append_to_roles",
        sends="Mutation.appendToRoles",
        code="""
            kili.append_to_roles(project_id, "new@example.com", "REVIEWER")
            kili.append_to_roles(project_id, email["labeler"], "TEAM_MANAGER")
        """
        + _ROLES
        + """
            assert roles["new@example.com"] == "REVIEWER"
            assert roles[email["labeler"]] == "TEAM_MANAGER"
        """,
    ),
    case(
        "project_users",
        sends="Query.projectUsers",
        code=_LEO
        + """
            assert len(list(kili.project_users(project_id))) == 4
            (older,) = kili.project_users(
                project_id, email=email["labeler"], fields=["numberOfLabelsCompute"]
            )
            assert older["numberOfLabelsCompute"] == 3
        """,
    ),
    case(
        "count_project_users",
        sends="Query.countProjectUsers",
        code="""
            assert kili.count_project_users(project_id) == 4
            assert kili.count_project_users(project_id, email=email["labeler"]) == 1
            assert kili.count_project_users("nothing") == 0
        """,
    ),
    case(
        "update_properties_in_role",
        sends="Mutation.updatePropertiesInRole",
        code=_LEO
        + """
            kili.update_properties_in_role(leo["id"], project_id, user["labeler"], "REVIEWER")
        """
        + _ROLES
        + """
            assert roles[email["labeler"]] == "REVIEWER"
        """,
    ),
    case(
        "update_properties_in_project_user",
        sends="Mutation.updatePropertiesInProjectUser",
        code=_LEO
        + """
            kili.update_properties_in_project_user(leo["id"], starred=True)
            (after,) = kili.project_users(project_id, **where)
            assert after == {**leo, "starred": True}
        """,
        until="2.126.2",
    ),
    case(
        "update_properties_in_project_user",
        sends="Mutation.updatePropertiesInRole",
        code="""
            kili.update_properties_in_project_user(project_id, email["labeler"], "REVIEWER")
        """
        + _ROLES
        + """
            assert roles[email["labeler"]] == "REVIEWER"
        """,
        since="26.2.4",
    ),
    case(
        "delete_from_roles",
        sends="Mutation.deleteFromRoles",
        code=_LEO
        + """
            assert kili.delete_from_roles(leo["id"]) == {"id": project_id}
        """
        + _ROLES
        + """
            assert email["labeler"] not in roles
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "projects.users.create",
        sends="Mutation.appendToRoles",
        code="""
            made = kili.projects.users.create(project_id, "new@example.com", "REVIEWER")
            assert (made["user"]["email"], made["role"]) == ("new@example.com", "REVIEWER")
            assert kili.projects.users.count(project_id) == 5
        """,
    ),
    case(
        "projects.users.update",
        sends="Mutation.updatePropertiesInRole",
        code="""
            kili.projects.users.update(project_id, email["labeler"], "REVIEWER")
            (leo,) = kili.projects.users.list(project_id, filter={"email": email["labeler"]})
            assert leo["role"] == "REVIEWER"
        """,
        since="26.2.4",
    ),
    case(
        "projects.users.remove",
        sends="Mutation.deleteFromRoles",
        code="""
            kili.projects.users.remove(project_id, email["labeler"])
            left = kili.projects.users.list(project_id)
            active = {each["user"]["email"] for each in left if each["activated"]}
            assert active == set(email.values()) - {email["labeler"]}
        """,
    ),
    case(
        "projects.users.list",
        sends="Query.projectUsers",
        code="""
            found = kili.projects.users.list(project_id, fields=["status", "role", "user.email"])
            assert {each["status"] for each in found} == {"ACTIVATED"}
            assert {each["user"]["email"] for each in found} == set(email.values())
        """,
    ),
    case(
        "projects.users.list_as_generator",
        sends="Query.projectUsers",
        code="""
            found = kili.projects.users.list_as_generator(project_id)
            assert {each["user"]["email"] for each in found} == set(email.values())
        """,
    ),
    case(
        "projects.users.count",
        sends="Query.countProjectUsers",
        code="""
            assert kili.projects.users.count(project_id) == 4
            assert kili.projects.users.count(project_id, filter={"email": email["labeler"]}) == 1
        """,
    ),
]

BROKEN = {
    (method, version): "the role changes, and then it looks for the answer under another name"
    for method in ("projects.users.update", "update_properties_in_project_user")
    for version in ("25.2.10", "26.1.5")
}
