"""Projects: their settings, interface and members (contract §4)."""

from __future__ import annotations

import json
from typing import Any

from emulator import errors
from emulator.domain import access
from emulator.domain.world import Transaction
from emulator.rules.permissions import ProjectRole
from emulator.storage.snapshot import Document

METADATA_TYPES = ("string", "number", "date")

_DEFAULTS: dict[str, Any] = {
    "instructions": None,
    "canNavigateBetweenAssets": True,
    "canSkipAsset": True,
    "consensusMark": None,
    "consensusTotCoverage": 0,
    "honeypotMark": None,
    "metadataProperties": {},
    "minConsensusSize": 1,
    "reviewCoverage": 0,
    "shouldAutoAssign": True,
    "useHoneyPot": False,
    "workflowVersion": "V1",
}

_PERCENTAGES = ("reviewCoverage", "consensusTotCoverage")

# Settings whose effect is not emulated yet: only the value that changes nothing is taken.
_WITHOUT_EFFECT = ("consensusTotCoverage", "minConsensusSize", "useHoneyPot")

# What clients may send, but what the platform works out by itself.
_COMPUTED = (
    "consensusMark",
    "honeypotMark",
    "numberOfAssets",
    "numberOfRemainingAssets",
    "numberOfReviewedAssets",
    "numberOfSkippedAssets",
)


def create_project(
    tx: Transaction,
    *,
    title: str,
    input_type: str,
    json_interface: str,
    description: str = "",
    settings: dict[str, Any] | None = None,
) -> Document:
    """Create a project; the actor becomes its first administrator (contract §4.1).

    Raises:
        KiliError: the interface or a setting is not valid.
    """
    interface(json_interface, "createProject")
    project = tx.projects.insert(
        {
            "id": tx.new_id(),
            "title": title,
            "description": description,
            "inputType": input_type,
            "jsonInterface": json_interface,
            **_DEFAULTS,
            "authorId": tx.actor.user_id,
            "organizationId": tx.actor.user["organizationId"],
            "createdAt": tx.now,
            "updatedAt": tx.now,
            "archivedAt": None,
            "deletedAt": None,
        }
    )
    if settings:
        project = tx.projects.change(project, **_checked("createProject", settings, project))
    add_member(tx, project, tx.actor.user, "ADMIN")
    tx.emit("project.created", {}, project_id=project["id"])
    return project


def add_member(
    tx: Transaction, project: Document, user: Document, role: ProjectRole
) -> Document:
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
    changes.update(_checked(operation, data, project))
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


def interface(text: str, operation: str) -> dict[str, Any]:
    """Read a json interface (contract §4.4); ``null`` and one without jobs are empty ones.

    Returns:
        job name → job.

    Raises:
        KiliError: it is not JSON, or its jobs are not of the form that the platform uses.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise errors.invalid_input(operation, f"jsonInterface is not valid JSON: {error}") from None
    jobs = (value or {}).get("jobs") or {} if isinstance(value, dict | None) else None
    if not isinstance(jobs, dict):
        raise errors.invalid_input(
            operation, 'jsonInterface must be an object with a member "jobs": {name: job}'
        )
    for name, job in jobs.items():
        if not isinstance(job, dict) or not isinstance(job.get("mlTask"), str):
            raise errors.invalid_input(
                operation, f'jsonInterface: job "{name}" must be an object with an "mlTask"'
            )
    return jobs


def _checked(operation: str, data: dict[str, Any], project: Document) -> dict[str, Any]:
    """The settings as they are stored.

    Raises:
        KiliError: a value is out of range or cannot be set.
    """
    data = dict(data)
    for name in _COMPUTED:
        if name in data:
            raise errors.invalid_input(operation, f"{name} is computed and cannot be set")
    for name in _PERCENTAGES:
        if not 0 <= data.get(name, 0) <= 100:
            raise errors.invalid_input(operation, f"{name} must be between 0 and 100")
    for name in _WITHOUT_EFFECT:
        if name in data and data[name] != _DEFAULTS[name]:
            raise errors.not_emulated(
                operation, f"{name} = {data[name]}", f"leave it at {_DEFAULTS[name]}"
            )
    if "inputType" in data and data["inputType"] != project["inputType"]:
        raise errors.invalid_input(operation, "inputType is fixed when the project is created")
    if "jsonInterface" in data:
        interface(data["jsonInterface"], operation)
    if "metadataTypes" in data:
        types = _members(operation, "metadataTypes", data.pop("metadataTypes"))
        data.setdefault("metadataProperties", {key: {"type": each} for key, each in types.items()})
    if "metadataProperties" in data:
        properties = _members(operation, "metadataProperties", data["metadataProperties"])
        data["metadataProperties"] = {
            key: _metadata_property(operation, key, each)
            for key, each in sorted(properties.items(), key=_jsonb_order)
        }
    return data


def _metadata_property(operation: str, key: str, value: Any) -> dict[str, Any]:
    default = {
        "filterable": True,
        "type": "string",
        "visibleByLabeler": True,
        "visibleByReviewer": True,
    }
    if not isinstance(value, dict) or value.keys() - default.keys():
        raise errors.invalid_input(
            operation, f'metadata property "{key}" takes the members {", ".join(default)}'
        )
    if value.get("type", "string") not in METADATA_TYPES:
        raise errors.invalid_input(
            operation, f'the type of metadata "{key}" must be {", ".join(METADATA_TYPES)}'
        )
    return {**default, **value}


def _members(operation: str, name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise errors.invalid_input(operation, f"{name} must be an object")
    return value


def _jsonb_order(item: tuple[str, Any]) -> tuple[int, bytes]:
    """The order in which the platform's database keeps object members (contract §11.25)."""
    key = item[0].encode()
    return len(key), key
