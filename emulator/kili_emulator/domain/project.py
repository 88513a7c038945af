"""Projects: their settings, interface and members (contract/project.md#settings)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from kili_emulator import errors
from kili_emulator.domain import consensus, member, project_settings_event, statistics, step
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import ProjectDoc, ProjectMembers
from kili_emulator.domain.repository import changed_members
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import input_types
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.project_rights import rights
from kili_emulator.rules.project_settings import (
    DEFAULTS,
    check_statistics,
    geospatial_settings,
    input_type_of,
    validate_settings,
)
from kili_emulator.rules.workflow import V1, NewWorkflow


def create_project(
    tx: Transaction,
    *,
    title: str,
    input_type: str | None = None,
    json_interface: str | None = None,
    description: str | None = None,
    settings: dict[str, Any] | None = None,
    workflow: NewWorkflow = V1,
) -> ProjectDoc:
    """Create a project; the actor becomes its first administrator (contract/project.md#creation).

    By default, the input type is IMAGE, the interface has no jobs, and the description is empty.

    Args:
        settings: the settings of :func:`update_project`, and two that only a creation accepts:
            ``projectType``, which can replace the input type, and ``pixelLabeling``.
        workflow: the workflow of the project, which never changes.

    Raises:
        KiliError: the input type has no labeling interface any more, or the json interface or a
            setting is not valid.
    """
    operation = "createProject"
    tx.access.require_organization_role(operation)
    json_interface = json_interface or "{}"
    parse_json_interface(json_interface, operation)
    members = {
        "title": title,
        "description": description or "",
        "jsonInterface": json_interface,
        **DEFAULTS,
        "workflowVersion": workflow.version,
        **_initial_settings(operation, input_type, dict(settings or {})),
    }
    project = insert_project(tx, cast(ProjectMembers, members))
    step.create_workflow(tx, project, workflow)
    return project


def _initial_settings(
    operation: str, input_type: str | None, settings: dict[str, Any]
) -> dict[str, Any]:
    """Return the settings of a new project, including its input type."""
    input_type = input_type_of(operation, input_type, settings.pop("projectType", None))
    if input_type in input_types.RETIRED:
        raise errors.input_type_retired(input_type)
    in_pixels = bool(settings.pop("pixelLabeling", False))
    geospatial = geospatial_settings(operation, input_type, pixel_labeling=in_pixels)
    return {
        "inputType": input_type,
        "geospatialSettings": geospatial,
        **validate_settings(operation, settings, input_type),
    }


def insert_project(
    tx: Transaction, members: ProjectMembers, *, copied_from: ProjectDoc | None = None
) -> ProjectDoc:
    """Add a project with these members, and make the actor its first administrator.

    Args:
        copied_from: the source project, if the new project is a copy.
    """
    project = tx.projects.insert(
        {
            **members,
            statistics.SET_VALUES: {},
            "id": tx.new_id(),
            "authorId": tx.actor.user_id,
            "organizationId": tx.actor.user["organizationId"],
            "createdAt": tx.now,
            "updatedAt": tx.now,
            "archivedAt": None,
            "deletedAt": None,
        }
    )
    member.add_creator(tx, project)
    payload = {"fromProjectId": copied_from["id"]} if copied_from else {}
    tx.emit("project.created", payload, project_id=project["id"])
    return project


def ml_tasks(project: ProjectDoc) -> list[str]:
    """Return the tasks of a project's jobs, without duplicates, in the interface's order."""
    jobs = parse_json_interface(project["jsonInterface"], "mlTasks").values()
    return list(dict.fromkeys(job["mlTask"] for job in jobs))


def actor_rights(access: Access, project: ProjectDoc) -> list[str]:
    """Return the rights of the actor in a project, in the platform's terms."""
    role = access.role(project)
    return rights(role, project["inputType"]) if role else []


def update_project(tx: Transaction, project_id: str, data: dict[str, Any]) -> ProjectDoc:
    """Change the given settings of a project; the others keep their values.

    See contract/project.md#settings, contract/project.md#statistics.

    Raises:
        KiliError: the project is unknown, the actor may not change it, or a value is not valid.
    """
    operation = "updatePropertiesInProject"
    project = tx.access.require_project(operation, project_id)
    data = dict(data)
    changes: dict[str, Any] = {}
    if "archived" in data:
        changes["archivedAt"] = _archived_at(tx, project, data.pop("archived"))
    if "author" in data:
        changes["authorId"] = _new_author(tx, project, data.pop("author"))
    values = {name: data.pop(name) for name in statistics.PROJECT_STATISTICS if name in data}
    check_statistics(operation, values)
    if values:
        changes[statistics.SET_VALUES] = statistics.set_project_statistics(tx, project, values)
    changes.update(validate_settings(operation, data, project["inputType"]))
    return _change_project(tx, project, changes)


def _archived_at(tx: Transaction, project: ProjectDoc, archived: bool) -> str | None:
    """Return the time of archiving; archiving a project again keeps the first time."""
    return (project["archivedAt"] or tx.now) if archived else None


def _new_author(tx: Transaction, project: ProjectDoc, user_id: str) -> str:
    author = tx.users.get(user_id)
    if not author or author["organizationId"] != project["organizationId"]:
        raise errors.access_denied()
    return user_id


def set_anonymization(tx: Transaction, project_id: str, *, anonymous: bool) -> ProjectDoc:
    """Hide the names of users from a project's labelers and reviewers, or show them again.

    Raises:
        KiliError: the project is unknown, or the actor may not change it.
    """
    project = tx.access.require_project("updateProjectAnonymization", project_id)
    return _change_project(tx, project, {"isAnonymized": anonymous})


def _change_project(tx: Transaction, project: ProjectDoc, members: dict[str, Any]) -> ProjectDoc:
    """Change members of a project and emit the events, unless all values stay the same."""
    changes = changed_members(project, members)
    if not changes:
        return project
    before = project
    changes_consensus = bool(changes.keys() & {"consensusTotCoverage", "minConsensusSize"})
    waiting_asset_ids = consensus.waiting_asset_ids(tx, project) if changes_consensus else []
    project = tx.projects.change(before, **changes, updatedAt=tx.now)
    _emit_update(tx, before, changes)
    project_settings_event.emit_event(tx, before, project)
    step.apply_settings_to_steps(tx, project, changes)
    if changes_consensus:
        consensus.redraw_consensus_assets(tx, project)
        consensus.advance_waiting(tx, project, waiting_asset_ids)
    return project


def _emit_update(tx: Transaction, before: ProjectDoc, changes: dict[str, Any]) -> None:
    """Emit the specific event of each change that has one, and one event for all other fields.

    Args:
        before: the project before the change.
    """
    project_id = before["id"]
    emitted = set()
    if changes.get("archivedAt"):
        tx.emit("project.archived", {}, project_id=project_id)
        emitted.add("archivedAt")
    if "jsonInterface" in changes:
        tx.emit("project.interface.updated", {}, project_id=project_id)
        emitted.add("jsonInterface")
    fields = sorted(_changed_fields(before, changes, emitted))
    if fields:
        tx.emit("project.settings.updated", {"fields": fields}, project_id=project_id)


def _changed_fields(
    before: ProjectDoc, changes: dict[str, Any], excluded: set[str]
) -> Iterable[str]:
    """Yield the API's names of the changed members."""
    for name in changes.keys() - excluded:
        if name == statistics.SET_VALUES:
            old_values = before.get(statistics.SET_VALUES, {})
            yield from (key for key, each in changes[name].items() if old_values.get(key) != each)
        else:
            yield "author" if name == "authorId" else name


def delete_project(tx: Transaction, project_id: str, operation: str) -> ProjectDoc:
    """Delete a project softly: clients can still list it with ``deleted: true``.

    See contract/project.md#archiving-and-deletion.

    Raises:
        KiliError: the project is unknown, or the actor may not delete it.
    """
    project = tx.access.require_project(operation, project_id)
    project = tx.projects.change(project, deletedAt=tx.now, updatedAt=tx.now)
    plugins = tx.plugins.find("organization", project["organizationId"])
    active_plugins = [plugin for plugin in plugins if project_id in plugin["projectIds"]]
    for plugin in active_plugins:
        plugin_domain.remove_from_project(tx, plugin, project_id)
    plugin_ids = [plugin["id"] for plugin in active_plugins]
    tx.emit("project.deleted", {}, project_id=project_id, plugin_ids=plugin_ids)
    return project
