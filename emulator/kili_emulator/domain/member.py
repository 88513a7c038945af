"""Members of projects and their roles; the API calls a member ``ProjectUser``.

See contract/member.md#membership.

When a member leaves, their document stays, with the time in ``deletedAt``; it is used again when
they rejoin. Administrators of the organization take part in all projects. An administrator who has
not joined a project is listed as a member by a document that is not stored until they join.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from kili_emulator import errors, ids
from kili_emulator.domain import access, lock, statistics, step, workflow
from kili_emulator.domain.documents import MemberDoc, ProjectDoc, StepDoc, UserDoc
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules import permissions
from kili_emulator.rules.permissions import ProjectRole
from kili_emulator.rules.project_settings import check_statistics

Status = Literal["ACTIVATED", "ORG_ADMIN", "ORG_SUSPENDED"]


# Lists of members


def list_joined_members(view: View, project: ProjectDoc) -> list[MemberDoc]:
    """Return the members who have joined the project and not left, in the order of joining.

    The users of plugins are left out.
    """
    return [each for each in _find_human_members(view, project) if not each["deletedAt"]]


def list_members(view: View, project: ProjectDoc) -> list[MemberDoc]:
    """Return all present and former members, then the administrators who have not joined."""
    stored = _find_human_members(view, project)
    admins = {each["id"]: each for each in _administrators(view, project)}
    listed = [each for each in stored if not each["deletedAt"] or each["userId"] not in admins]
    listed_user_ids = {each["userId"] for each in listed}
    former = {each["userId"]: each for each in stored}
    return listed + [
        _build_administrator_member(project, admin, former.get(admin["id"]))
        for admin in admins.values()
        if admin["id"] not in listed_user_ids
    ]


def list_members_and_plugin_users(view: View, project: ProjectDoc) -> list[MemberDoc]:
    """Return the members as :func:`list_members` does, and the users of plugins.

    Clients see the users of plugins only when they ask for a member by id.
    """
    plugins = view.plugins.find("organization", project["organizationId"])
    users = [view.users.require(each["userId"]) for each in plugins]
    found = (find_acting_member(view, user, project) for user in users)
    return [*list_members(view, project), *(each for each in found if each)]


def find_acting_member(view: View, user: UserDoc, project: ProjectDoc) -> MemberDoc | None:
    """Return the user as a present or former member of the project."""
    former = access.find_membership(view, user["id"], project["id"])
    if former and not former["deletedAt"]:
        return former
    if access.role_in(view, user, project):
        return _build_administrator_member(project, user, former)
    return former


def _find_human_members(view: View, project: ProjectDoc) -> list[MemberDoc]:
    stored = view.project_users.find("project", project["id"])
    human_members = [
        each for each in stored if not view.users.require(each["userId"])["isServiceAccount"]
    ]
    return sorted(human_members, key=lambda each: str(each["joinedAt"]))


def _administrators(view: View, project: ProjectDoc) -> Iterable[UserDoc]:
    for user in view.users.find("organization", project["organizationId"]):
        if access.is_active_administrator(user):
            yield user


def _build_administrator_member(
    project: ProjectDoc, user: UserDoc, former: MemberDoc | None
) -> MemberDoc:
    """Build the document of a user who takes part in the project without having joined."""
    row: MemberDoc = former or {
        "id": ids.derive_common_id(project["id"], user["id"]),
        "projectId": project["id"],
        "userId": user["id"],
        "role": "ADMIN",
        "starred": False,
        "joinedAt": None,
        "deletedAt": None,
    }
    return {**row, "role": "ADMIN", "joinedAt": None, "deletedAt": None}


# Users that a request names


def require_user(
    view: View, operation: str, project: ProjectDoc, user_id: str
) -> tuple[UserDoc, ProjectRole]:
    """Return the user with this id, and their role in the project.

    Raises:
        KiliError: no user who takes part in the project has this id.
    """
    found = find_user(view, project, user_id)
    if not found:
        named = _find_by_email(view, project, user_id)
        raise errors.member_id_unknown(operation, user_id, named["id"] if named else None)
    return found


def find_user(view: View, project: ProjectDoc, user_id: str) -> tuple[UserDoc, ProjectRole] | None:
    """Return the user with this id and their role, or ``None`` if they take no part there."""
    user = view.users.get(user_id)
    role = access.role_in(view, user, project) if user else None
    return (user, role) if user and role else None


def require_user_by_email(view: View, operation: str, project: ProjectDoc, email: str) -> UserDoc:
    """Return the user with this e-mail address who takes part in the project.

    Raises:
        KiliError: no user who takes part in the project has this address.
    """
    user = _find_by_email(view, project, email)
    if not user:
        named = view.users.get(email)
        if named and not access.role_in(view, named, project):
            named = None
        raise errors.member_email_unknown(operation, email, named["email"] if named else None)
    return user


def _find_by_email(view: View, project: ProjectDoc, email: str) -> UserDoc | None:
    found = view.users.find("email", email.lower())
    return next((each for each in found if access.role_in(view, each, project)), None)


def list_worker_ids(view: View, step_document: StepDoc) -> list[str]:
    """Return the ids of the users who work on a step.

    These are the assignees of the step, or else all members whose role allows the work.
    """
    if step_document["assigneeIds"] is not None:
        return list(step_document["assigneeIds"])
    members = list_joined_members(view, view.projects.require(step_document["projectId"]))
    users = [(view.users.require(each["userId"]), each["role"]) for each in members]
    return [
        user["id"]
        for user, role in users
        if user["activated"] and step.can_role_work_on(step_document["type"], role)
    ]


# The status of a member


def status(view: View, member: MemberDoc) -> Status:
    """Return the status of a member: activated, suspended, or administrator without joining."""
    user = view.users.require(member["userId"])
    if not user["activated"]:
        return "ORG_SUSPENDED"
    is_listed_only = not member["joinedAt"] and not user["isServiceAccount"]
    return "ORG_ADMIN" if is_listed_only else "ACTIVATED"


def is_activated(view: View, member: MemberDoc) -> bool:
    """Return whether a member has joined, has not left, and is not suspended."""
    return not member["deletedAt"] and status(view, member) == "ACTIVATED"


def invitation_status(view: View, member: MemberDoc) -> Literal["ACCEPTED", "PENDING"]:
    """Return PENDING while an invited user has neither a password nor an API key."""
    user = view.users.require(member["userId"])
    has_accepted = (
        not user["isInvited"] or user["password"] or view.api_keys.find("user", user["id"])
    )
    return "ACCEPTED" if has_accepted else "PENDING"


# Joining a project, and changes of a member


def add(tx: Transaction, project: ProjectDoc, user: UserDoc, role: ProjectRole) -> MemberDoc:
    """Make a user a member of a project, or give a member another role."""
    member = access.find_membership(tx, user["id"], project["id"])
    if member and not member["deletedAt"]:
        if member["role"] == role:
            return member
        member = tx.project_users.change(member, role=role)
        step.remove_from_forbidden_steps(tx, project, user)
        tx.emit("project.member.updated", {"userId": user["id"]}, project_id=project["id"])
        return member
    if member:
        member = tx.project_users.change(member, role=role, joinedAt=tx.now, deletedAt=None)
    elif access.is_active_administrator(user):  # keep the id under which they were listed
        member = _insert(tx, project, user, role, ids.derive_common_id(project["id"], user["id"]))
    else:
        member = _insert(tx, project, user, role, tx.new_id())
    tx.emit("project.member.created", {"userId": user["id"]}, project_id=project["id"])
    return member


def add_creator(tx: Transaction, project: ProjectDoc) -> MemberDoc:
    """Make the actor the administrator of a new project, without an event of its own."""
    return _insert(tx, project, tx.actor.user, "ADMIN", tx.new_id())


def _insert(
    tx: Transaction, project: ProjectDoc, user: UserDoc, role: ProjectRole, member_id: str
) -> MemberDoc:
    return tx.project_users.insert(
        {
            "id": member_id,
            "projectId": project["id"],
            "userId": user["id"],
            "role": role,
            "starred": False,
            "joinedAt": tx.now,
            "deletedAt": None,
            "createdAt": tx.now,
        }
    )


def join(tx: Transaction, project: ProjectDoc, user: UserDoc) -> None:
    """Make an administrator of the organization a member when they start to work in a project.

    Do nothing for members and for other users. See contract/member.md#membership.
    """
    if access.is_active_administrator(user) and not access.find_active_member(
        tx, user["id"], project["id"]
    ):
        add(tx, project, user, "ADMIN")


def change_role(
    tx: Transaction, member: MemberDoc, role: ProjectRole, named: dict[str, Any]
) -> MemberDoc:
    """Change the role of a member; an administrator who has not joined joins with this role.

    Args:
        named: ``projectID`` and ``userID`` (an id or an e-mail address), if the request has them.

    Raises:
        KiliError: the actor may not change the role, or ``named`` is another project or user.
    """
    operation = "updatePropertiesInRole"
    user = tx.users.require(member["userId"])
    is_project = named.get("projectID") in (None, member["projectId"])
    named_user = (named.get("userID") or user["id"]).lower()
    if not is_project or named_user not in (user["id"], user["email"]):
        raise errors.role_mismatch(operation)
    project = require_member_manager(tx, operation, member["projectId"], member["role"], role)
    return add(tx, project, user, role)


def require_member_manager(
    tx: Transaction, operation: str, project_id: str, *roles: ProjectRole
) -> ProjectDoc:
    """Return the project, if the actor may give these roles to members and take them away.

    Raises:
        KiliError: the actor may not.
    """
    project = tx.access.require_project(operation, project_id)
    actor_role = tx.access.role(project)
    for each in roles:
        managers = permissions.roles_managing(each)
        if actor_role not in managers:
            required_rights = (
                f"{permissions.names(managers)} in the project for a member with the role"
            )
            raise errors.no_access_rights(operation, f"{required_rights} {each}")
    return project


def update(tx: Transaction, member: MemberDoc, data: dict[str, Any]) -> MemberDoc:
    """Change the star of a member on the project, or set statistics of the member.

    Members may change their own star; all other changes need an administrator of the project.

    Args:
        data: the optional members ``starred`` and ``statistics.MEMBER_STATISTICS``.

    Raises:
        KiliError: the actor may not make the change, or a statistic is out of range.
    """
    operation = "updatePropertiesInProjectUser"
    values = {name: data[name] for name in statistics.MEMBER_STATISTICS if name in data}
    is_own_star = member["userId"] == tx.actor.user_id and not values
    roles = permissions.OWN_MEMBERSHIP_ROLES if is_own_star else None
    project = tx.access.require_project(operation, member["projectId"], roles)
    check_statistics(operation, values)
    starred = data.get("starred", member["starred"])
    if starred == member["starred"] and not values:
        return member
    if not member["joinedAt"]:
        member = add(tx, project, tx.users.require(member["userId"]), "ADMIN")
    changes = {"starred": starred}
    if values:
        changes[statistics.SET_VALUES] = statistics.set_member_statistics(tx, member, values)
    return tx.project_users.change(member, **changes)


# Leaving a project, which also ends the locks and assignments there


def remove(tx: Transaction, member: MemberDoc) -> ProjectDoc:
    """Remove a member from a project; return the project.

    Raises:
        KiliError: the actor may not remove the member, or the member is an administrator who has
            not joined.
    """
    operation = "deleteFromRoles"
    project = require_member_manager(tx, operation, member["projectId"], member["role"])
    if not member["joinedAt"]:
        raise errors.administrator_not_removable(operation)
    leave(tx, member)
    return project


def leave(tx: Transaction, member: MemberDoc) -> None:
    """End a membership; keep the document with the time in ``deletedAt``."""
    project, user = tx.projects.require(member["projectId"]), tx.users.require(member["userId"])
    tx.project_users.change(member, deletedAt=tx.now)
    tx.emit("project.member.deleted", {"userId": user["id"]}, project_id=project["id"])
    if tx.access.role(project, user) is None:
        step.remove_from_forbidden_steps(tx, project, user)
        _release_work(tx, project, user["id"])


def _release_work(tx: Transaction, project: ProjectDoc, user_id: str) -> None:
    """Release the locks of a user in a project, and end their assignments."""
    for asset in tx.assets.find("project", project["id"]):
        for held in tx.locks.find("asset", asset["id"]):
            if held["authorId"] == user_id:
                lock.release(tx, held)
        remaining = [each for each in asset["assigneeIds"] if each != user_id]
        workflow.set_assignees(tx, asset, remaining)
