"""Copies of projects, with their members and assets, and of labels.

See contract/project.md#copies-of-projects, contract/project.md#copies-of-labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from kili_emulator import errors
from kili_emulator.domain import (
    access,
    asset,
    asset_metadata,
    file,
    label,
    member,
    quality,
    workflow,
)
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc, StepDoc
from kili_emulator.domain.project import insert_project
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import workflow as rules
from kili_emulator.rules.json_text import parse_json
from kili_emulator.rules.latest_labels import labels_to_copy

# The members that a new asset gets from its project, not from the asset that it is a copy of.
_NOT_COPIED = {
    "id",
    "projectId",
    "content",
    "jsonContent",
    "jsonMetadata",
    "ocrMetadata",
    "createdAt",
    "updatedAt",
    *rules.initial_state(),
} - {"priority", "isHoneypot"}

# The members that follow from an asset's labels: its status and its position in the workflow.
_STATE_MEMBERS = ("status", "skipped", "skipReason", "stepId", "stepStatus", "isUsedForConsensus")

IdMap = dict[str, str]
T = TypeVar("T")


def copy_project(
    tx: Transaction, project_id: str, *, with_assets: bool, with_members: bool
) -> ProjectDoc:
    """Copy a project's interface, settings and workflow; on request, its members and assets.

    The actor becomes an administrator of the copy. Copied assets are new assets: their labels,
    issues and statuses are not copied.

    Raises:
        KiliError: the project is unknown, or the actor may not copy it.
    """
    source = tx.access.require_project("copyProject", project_id)
    project = insert_project(tx, source, copied_from=source)
    if with_members:
        _copy_members(tx, source, project)
    _copy_workflow(tx, source, project)
    if with_assets:
        for each in tx.assets.find("project", source["id"]):
            _copy_asset(tx, each, project)
    return project


def _copy_members(tx: Transaction, source: ProjectDoc, project: ProjectDoc) -> None:
    """Copy the members with their roles, but not their labels and marks."""
    for each in member.list_joined_members(tx, source):
        if not access.find_active_member(tx, each["userId"], project["id"]):
            member.add(tx, project, tx.users.require(each["userId"]), each["role"])


def _copy_workflow(tx: Transaction, source: ProjectDoc, project: ProjectDoc) -> None:
    """Copy steps and their groups, with new ids in all references between them.

    Assignees who are not members of the copy are left out. A step that loses all its assignees is
    open to all members.
    """
    groups = tx.step_groups.find("project", source["id"])
    steps = tx.steps.find("project", source["id"])
    ids = {each["id"]: tx.new_id() for each in (*groups, *steps)} | {source["id"]: project["id"]}
    member_ids = {each["userId"] for each in tx.project_users.find("project", project["id"])}
    tx.step_groups.insert_all([_with_new_ids(each, ids) for each in groups])
    for step in steps:
        assignees = step["assigneeIds"]
        if assignees:
            assignees = [each for each in assignees if each in member_ids] or None
        tx.steps.insert({**_with_new_ids(step, ids), "assigneeIds": assignees})


def _with_new_ids(value: T, ids: IdMap) -> T:
    """Replace each id in a value by the id of the copy; return the new value."""
    return cast(T, _replace_ids(value, ids))


def _replace_ids(value: Any, ids: IdMap) -> Any:
    if isinstance(value, dict):
        return {key: _replace_ids(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [_replace_ids(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value


# Assets and their files


def _copy_asset(tx: Transaction, source: AssetDoc, project: ProjectDoc) -> None:
    new_id = tx.new_id()
    references = _copy_files(tx, source, project, new_id)
    row = {
        "id": new_id,
        "externalId": source["externalId"],
        "content": references.get(source["content"], source["content"]),
        "jsonContent": references.get(source["jsonContent"], source["jsonContent"]),
        "jsonMetadata": asset_metadata.clean_metadata(source["jsonMetadata"]),
    }
    (copied,) = asset.create_assets(tx, "appendManyAssets", project["id"], [row])
    copied_members = {name: value for name, value in source.items() if name not in _NOT_COPIED}
    tx.assets.change(copied, **copied_members)


def _copy_files(tx: Transaction, source: AssetDoc, project: ProjectDoc, asset_id: str) -> IdMap:
    """Copy the files of an asset; map the references to these files to those of the copies."""
    files = tx.files.find("folder", file.asset_folder(source["projectId"], source["id"]))
    shown_ids = filter(
        None, map(file.referenced_file_id, (source["content"], source["jsonContent"]))
    )
    files_by_id = {each["id"]: each for each in [*files, *tx.files.get_many(shown_ids)]}
    folder = file.asset_folder(project["id"], asset_id)
    new_ids = {old: f"{folder}/{_path_in_folder(old)}" for old in files_by_id}
    references = {file.reference(old): file.reference(new) for old, new in new_ids.items()}
    for old, each in files_by_id.items():
        upload = file.Upload(new_ids[old], project["id"])
        content = tx.world.blobs.get(each["digest"])
        if each["linked"]:
            file.store_json(tx, upload, _with_new_ids(parse_json(content), references))
        else:
            file.store(tx, upload, content, each["contentType"])
    return references


def _path_in_folder(file_id: str) -> str:
    """Return the path of a file within the folder of its asset."""
    return "/".join(file_id.split("/")[4:])


# Labels


def copy_labels(tx: Transaction, source_id: str, target_id: str, project_id: str) -> None:
    """Copy the labels of an asset to an asset of another project.

    Copied are each author's latest label on each step and of each type, and all labels of models.
    Labels keep their authors. The target asset takes over the status and the workflow position of
    the source. If the source waits for labelers whom the target project does not need, the target
    moves on. No label event is emitted, as nobody labels.

    Raises:
        KiliError: an asset is unknown, or the actor may not read or change it; the projects have
            different workflows; or the interfaces differ, and a response does not fit the target.
    """
    operation = "copyLabels"
    source, target = tx.assets.get(source_id), tx.assets.get(target_id)
    if not source or not target or target["projectId"] != project_id:
        raise errors.access_denied()
    source_project = tx.access.require_project(operation, source["projectId"])
    project = tx.access.require_project(operation, project_id)
    rows = labels_to_copy(tx.labels.find("asset", source_id))
    ids = {
        source_id: target_id,
        source_project["id"]: project_id,
        **_match_steps(tx, source_project, project),
    }
    ids |= {each["id"]: tx.new_id() for each in rows}
    if {each["stepId"] for each in (source, *rows)} - ids.keys() - {None}:
        raise errors.workflows_differ(operation)
    if source_project["workflowVersion"] != project["workflowVersion"]:
        raise errors.workflows_differ(operation)
    copies = [_copy_of_label(each, ids) for each in rows]
    label.insert_copies(tx, operation, copies, source_project=source_project, project=project)
    members: Mapping[str, Any] = source
    state = {name: _with_new_ids(members[name], ids) for name in _STATE_MEMBERS}
    quality.refresh_marks(tx, tx.assets.change(target, **state, updatedAt=tx.now))
    if workflow.waits_for_labelers(tx, source_project, source):
        workflow.advance_waiting(tx, project, tx.assets.require(target_id))


def _copy_of_label(row: LabelDoc, ids: IdMap) -> LabelDoc:
    """Return a copy of a label with new ids; a reference to a label without a copy is cleared."""
    return {
        **row,
        "id": _with_new_ids(row["id"], ids),
        "assetId": _with_new_ids(row["assetId"], ids),
        "projectId": _with_new_ids(row["projectId"], ids),
        "stepId": _with_new_ids(row["stepId"], ids),
        "referencedLabelId": ids.get(row["referencedLabelId"] or ""),
    }


def _match_steps(tx: Transaction, source_project: ProjectDoc, project: ProjectDoc) -> IdMap:
    """Map the steps of one project to those of the same name and group in another."""
    target_step_ids = {
        _step_name(tx, each): each["id"] for each in tx.steps.find("project", project["id"])
    }
    names = {
        each["id"]: _step_name(tx, each) for each in tx.steps.find("project", source_project["id"])
    }
    return {each: target_step_ids[name] for each, name in names.items() if name in target_step_ids}


def _step_name(tx: Transaction, step: StepDoc) -> tuple[str | None, str]:
    group = tx.step_groups.get(step["stepGroupId"] or "")
    return group["name"] if group else None, step["name"]
