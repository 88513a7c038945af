"""What an actor sees, and what they may do (contract §4.5, §4.7, §9).

Unknown and invisible are the same to a caller: a query answers without the object, a mutation
answers that access is denied.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator import errors
from emulator.domain.world import Actor, BaseView, Transaction
from emulator.rules import permissions
from emulator.rules.permissions import ProjectRole, Roles
from emulator.storage.snapshot import Document

AnyView = BaseView[Any]


def role_in(view: AnyView, user: Document, project: Document) -> ProjectRole | None:
    """The user's role in a project, or ``None`` when they have no part in it."""
    if user["isServiceAccount"]:
        plugins = view.plugins.find("user", user["id"])
        return "ADMIN" if any(project["id"] in each["projectIds"] for each in plugins) else None
    if user["organizationId"] != project["organizationId"]:
        return None
    if user["organizationRole"] == "ADMIN":
        return "ADMIN"
    member = member_of(view, user["id"], project["id"])
    return member["role"] if member else None


def member_of(view: AnyView, user_id: str, project_id: str) -> Document | None:
    """The user's membership of the project."""
    members: list[Document] = view.project_users.find("project", project_id)
    return next((each for each in members if each["userId"] == user_id), None)


def visible_projects(view: AnyView, actor: Actor) -> Iterator[Document]:
    """The projects the actor sees, deleted ones included, in creation order."""
    for project in view.projects.find("organization", actor.user["organizationId"]):
        if role_in(view, actor.user, project):
            yield project


def sees(view: AnyView, actor: Actor, project_id: str) -> bool:
    """Whether the actor sees the project, and it is not deleted."""
    project = view.projects.get(project_id)
    return bool(project and not project["deletedAt"] and role_in(view, actor.user, project))


def require(
    tx: Transaction,
    operation: str,
    project_id: str,
    roles: Roles | None = None,
) -> Document:
    """The project, if the actor may carry the operation out there.

    Raises:
        KiliError: the project is unknown, invisible or deleted, or the role does not allow it.
    """
    project = tx.projects.get(project_id)
    role = role_in(tx, tx.actor.user, project) if project else None
    if not project or project["deletedAt"] or role is None:
        raise errors.access_denied()
    allowed = permissions.PROJECT_OPERATIONS[operation] if roles is None else roles
    if role not in allowed:
        raise errors.no_access_rights(operation, f"{permissions.names(allowed)} in the project")
    return project


def require_plugin_manager(tx: Transaction, operation: str) -> None:
    """Check that the actor may manage the organization's plugins.

    Raises:
        KiliError: they are neither an administrator of the organization, nor administrator or
            team manager of one of its projects.
    """
    if not manages_plugins(tx, tx.actor):
        raise errors.no_access_rights(
            operation, f"{permissions.names(permissions.MANAGE_PLUGINS)} in a project"
        )


def manages_plugins(view: AnyView, actor: Actor) -> bool:
    """Whether the actor may manage the organization's plugins."""
    user = actor.user
    if user["organizationRole"] == "ADMIN" or user["isServiceAccount"]:
        return True
    memberships = view.project_users.find("user", user["id"])
    return any(each["role"] in permissions.MANAGE_PLUGINS for each in memberships)


def acting_member(view: AnyView, user: Document, project: Document) -> Document | None:
    """The user as a member of the project; who has a role without being one gets a row made up."""
    member = member_of(view, user["id"], project["id"])
    role = role_in(view, user, project)
    if member or role is None:
        return member
    return {"id": user["id"], "projectId": project["id"], "userId": user["id"], "role": role}
