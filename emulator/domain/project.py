"""Projects: their settings, interface and members (contract §4)."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.domain import access
from emulator.domain.world import BaseView, Transaction
from emulator.rules import input_types
from emulator.rules.json_interface import parse_json_interface
from emulator.rules.permissions import ProjectRole
from emulator.rules.project_settings import DEFAULTS, checked_settings
from emulator.storage.snapshot import Document


def create_project(
    tx: Transaction,
    *,
    title: str,
    input_type: str | None = None,
    json_interface: str | None = None,
    description: str | None = None,
    settings: dict[str, Any] | None = None,
) -> Document:
    """Create a project; the actor becomes its first administrator (contract §4.1).

    Unless they are given, the input type is IMAGE, the interface has no jobs, and the description
    is empty.

    Raises:
        KiliError: the input type is one without a labeling interface, or the json interface or a
            setting is not valid.
    """
    input_type = input_type or "IMAGE"
    if input_type in input_types.RETIRED:
        raise errors.input_type_retired(input_type)
    json_interface = json_interface or "{}"
    parse_json_interface(json_interface, "createProject")
    project = tx.projects.insert(
        {
            "id": tx.new_id(),
            "title": title,
            "description": description or "",
            "inputType": input_type,
            "jsonInterface": json_interface,
            **DEFAULTS,
            "authorId": tx.actor.user_id,
            "organizationId": tx.actor.user["organizationId"],
            "createdAt": tx.now,
            "updatedAt": tx.now,
            "archivedAt": None,
            "deletedAt": None,
        }
    )
    if settings:
        checked = checked_settings("createProject", settings, input_type)
        project = tx.projects.change(project, **checked)
    add_member(tx, project, tx.actor.user, "ADMIN")
    tx.emit("project.created", {}, project_id=project["id"])
    return project


def add_member(tx: Transaction, project: Document, user: Document, role: ProjectRole) -> Document:
    """Make a user a member of a project, or give a member another role."""
    member = access.member_of(tx, user["id"], project["id"])
    if member:
        return tx.project_users.change(member, role=role)
    return tx.project_users.insert(
        {
            "id": tx.new_id(),
            "projectId": project["id"],
            "userId": user["id"],
            "role": role,
            "createdAt": tx.now,
        }
    )


def members(view: BaseView[Any], project: Document) -> list[Document]:
    """The project's members, in the order of their joining; plugins' own users are hidden."""
    found: list[Document] = view.project_users.find("project", project["id"])
    return [each for each in found if not view.users.the(each["userId"])["isServiceAccount"]]


def update_project(tx: Transaction, project_id: str, data: dict[str, Any]) -> Document:
    """Change a project's settings; only the members that are given change (contract §4.3).

    Raises:
        KiliError: the project is unknown or not the actor's to change, or a value is refused.
    """
    operation = "updatePropertiesInProject"
    project = access.require(tx, operation, project_id)
    data = dict(data)
    changes = {}
    if "archived" in data:
        changes["archivedAt"] = tx.now if data.pop("archived") else None
    changes.update(checked_settings(operation, data, project["inputType"]))
    changes = {name: value for name, value in changes.items() if project[name] != value}
    if not changes:
        return project
    project = tx.projects.change(project, **changes, updatedAt=tx.now)
    _emit_update(tx, project, changes)
    return project


def _emit_update(tx: Transaction, project: Document, changes: dict[str, Any]) -> None:
    if changes.get("archivedAt"):
        tx.emit("project.archived", {}, project_id=project["id"])
    if "jsonInterface" in changes:
        tx.emit("project.interface.updated", {}, project_id=project["id"])
    fields = sorted(changes.keys() - {"archivedAt", "jsonInterface"})
    if fields:
        tx.emit("project.settings.updated", {"fields": fields}, project_id=project["id"])


def delete_project(tx: Transaction, project_id: str, operation: str) -> Document:
    """Delete a project softly: it can still be listed with ``deleted: true`` (contract §4.6).

    Raises:
        KiliError: the project is unknown or not the actor's to delete.
    """
    project = access.require(tx, operation, project_id)
    project = tx.projects.change(project, deletedAt=tx.now, updatedAt=tx.now)
    for plugin in tx.plugins.find("organization", project["organizationId"]):
        if project_id in plugin["projectIds"]:
            left = [each for each in plugin["projectIds"] if each != project_id]
            tx.plugins.change(plugin, projectIds=left)
    tx.emit("project.deleted", {}, project_id=project_id)
    return project
