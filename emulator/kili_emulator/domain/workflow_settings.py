"""Changes of a project's steps: create, change and delete (contract/workflow.md#step-settings)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import consensus, member
from kili_emulator.domain import step as step_domain
from kili_emulator.domain.documents import AssetDoc, ProjectDoc, StepDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.repository import changed_members
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import steps as rules
from kili_emulator.rules.step_settings import check_continuity, check_workflow, validate_step


def edit_workflow(
    tx: Transaction,
    operation: str,
    project_id: str,
    *,
    enforce_separation: bool | None = None,
    creates: Iterable[dict[str, Any]] = (),
    updates: Iterable[dict[str, Any]] = (),
    deletes: Iterable[str] = (),
) -> ProjectDoc:
    """Change a project's workflow: delete steps, then change steps, then create steps.

    An asset moves on if it waited for labelers whom the changed steps do not need any more.

    Raises:
        KiliError: the project or a step is unknown, the project has no steps, or a value is not
            valid.
    """
    project = tx.access.require_project(operation, project_id)
    if project["workflowVersion"] == "V1":
        raise errors.workflow_without_steps(operation)
    if enforce_separation not in (None, project["enforceStepSeparation"]):
        tx.projects.change(project, enforceStepSeparation=enforce_separation, updatedAt=tx.now)
        payload = {"fields": ["enforceStepSeparation"]}
        tx.emit("project.workflow.settings.updated", payload, project_id=project_id)
    before = step_domain.steps_of(tx, project_id)
    for id_or_name in dict.fromkeys(deletes):
        _delete_step(tx, operation, project, id_or_name)
    waiting_asset_ids = consensus.waiting_asset_ids(tx, project)
    for data in updates:
        _update_step(tx, operation, project, data)
    for data in creates:
        _create_step(tx, operation, project, data)
    steps = step_domain.steps_of(tx, project_id)
    check_workflow(operation, steps)
    check_continuity(operation, before, steps)
    step_domain.apply_steps_to_settings(tx, tx.projects.require(project_id))
    consensus.advance_waiting(tx, tx.projects.require(project_id), waiting_asset_ids)
    return tx.projects.require(project_id)


def _create_step(
    tx: Transaction, operation: str, project: ProjectDoc, data: dict[str, Any]
) -> None:
    group_id = _group_id(tx, operation, project, data.get("stepGroupId"))
    siblings = [
        each for each in step_domain.steps_of(tx, project["id"]) if each["stepGroupId"] == group_id
    ]
    given_members = {name: value for name, value in data.items() if value is not None}
    members = _checked_members(tx, operation, project, given_members)
    members.setdefault("stepCoverage", 100 if members["type"] == "REVIEW" else None)
    last = max((each["order"] for each in siblings), default=-1)
    step = step_domain.insert(tx, project, {"order": last + 1, **members, "stepGroupId": group_id})
    step_domain.emit_event(tx, "project.workflow.step.created", step)


def _group_id(
    tx: Transaction, operation: str, project: ProjectDoc, group_id: str | None
) -> str | None:
    """Return the group of a new step: the named one, or the only one of a V3 project."""
    groups = [each["id"] for each in step_domain.groups_of(tx, project["id"])]
    if group_id is None and len(groups) > 1:
        raise errors.step_group_missing(operation)
    if group_id is not None and group_id not in groups:
        raise errors.step_group_unknown(operation, group_id)
    return group_id or (groups[0] if groups else None)


def _update_step(
    tx: Transaction, operation: str, project: ProjectDoc, data: dict[str, Any]
) -> None:
    """Change the given members of a step; ``None`` clears a member that can be empty."""
    step = _require_step(tx, project, data.get("id") or data.get("name"))
    given_members = {
        name: value
        for name, value in data.items()
        if name != "id" and (value is not None or name in step_domain.CLEARABLE_MEMBERS)
    }
    if given_members.get("stepGroupId", step["stepGroupId"]) != step["stepGroupId"]:
        raise errors.step_member_fixed(operation, "stepGroupId")
    members = _checked_members(
        tx, operation, project, {"type": step["type"], **given_members}, step
    )
    changes = changed_members(step, members)
    if changes:
        step = tx.steps.change(step, **changes)
        if changes.keys() & {"consensusCoverage", "numberOfExpectedLabelsForConsensus"}:
            consensus.redraw_consensus_assets(tx, project)
        if "assigneeIds" in changes:
            _unassign_from_assets(tx, project, step)
        fields = sorted("assignees" if name == "assigneeIds" else name for name in changes)
        step_domain.emit_event(tx, "project.workflow.step.updated", step, fields=fields)


def _unassign_from_assets(tx: Transaction, project: ProjectDoc, step: StepDoc) -> None:
    """Unassign users from a labeling step's assets if they are not assignees of the step."""
    workers = step["assigneeIds"]
    if step["type"] != "DEFAULT" or workers is None:
        return
    for each in tx.assets.find("project", project["id"]):
        remaining = [user_id for user_id in each["assigneeIds"] if user_id in workers]
        if each["stepId"] == step["id"] and remaining != each["assigneeIds"]:
            changed = tx.assets.change(each, assigneeIds=remaining, updatedAt=tx.now)
            payload = asset_payload(changed)
            tx.emit("asset.workflow.assigned", payload, project_id=project["id"])


def _checked_members(
    tx: Transaction,
    operation: str,
    project: ProjectDoc,
    data: dict[str, Any],
    step: StepDoc | None = None,
) -> dict[str, Any]:
    """Return a step's members as they are stored.

    Raises:
        KiliError: a value is not valid, or an assignee cannot work on the step.
    """
    members = validate_step(operation, data, step_domain.steps_of(tx, project["id"]), step)
    for user_id in members.get("assigneeIds") or ():
        _, role = member.require_user(tx, operation, project, user_id)
        if not step_domain.can_role_work_on(members["type"], role):
            raise errors.assignee_cannot_review(operation, user_id)
    return members


def _require_step(tx: Transaction, project: ProjectDoc, id_or_name: str | None) -> StepDoc:
    """Return the step with that id, or the only step of that name: clients of 26.1 send names."""
    steps = step_domain.steps_of(tx, project["id"])
    by_id = [each for each in steps if each["id"] == id_or_name]
    matches = by_id or [each for each in steps if each["name"] == id_or_name]
    if len(matches) != 1:
        raise errors.access_denied()
    return matches[0]


def _delete_step(tx: Transaction, operation: str, project: ProjectDoc, id_or_name: str) -> None:
    """Delete a step; its labels stay, but belong to no step."""
    step = _require_step(tx, project, id_or_name)
    steps = step_domain.steps_of(tx, project["id"])
    index = steps.index(step)
    if index == 0:
        raise errors.first_step_not_deletable(operation)
    remaining = [each for each in steps if each["id"] != step["id"]]
    for asset in tx.assets.find("project", project["id"]):
        if asset["stepId"] == step["id"]:
            _move_to_previous_step(tx, asset, remaining, steps[index - 1])
    for each in remaining:
        if each["sendBackStepId"] == step["id"]:
            tx.steps.change(each, sendBackStepId=None)
    for label in tx.labels.find("project", project["id"]):
        if label["stepId"] == step["id"]:
            tx.labels.change(label, stepId=None, isLastForStep=False)
    tx.steps.delete(step)
    step_domain.emit_event(tx, "project.workflow.step.deleted", step)


def _move_to_previous_step(
    tx: Transaction, asset: AssetDoc, steps: list[StepDoc], before: StepDoc
) -> None:
    """Move an asset of a deleted step to the step before, as DONE or SKIPPED."""
    step_position = rules.StepPosition(before["id"], "SKIPPED" if asset["skipped"] else "DONE")
    status = rules.v1_status(steps, step_position, asset["status"])
    members = {
        "stepId": step_position.step_id,
        "stepStatus": step_position.status,
        "status": status,
    }
    changed = tx.assets.change(asset, **members, updatedAt=tx.now)
    event_members, project_id = asset_payload(changed), asset["projectId"]
    step_change = {"newStepId": before["id"], "previousStepId": asset["stepId"]}
    tx.emit(
        "asset.workflow.currentStep.changed",
        {**event_members, **step_change},
        project_id=project_id,
    )
    event_members |= {"status": step_position.status, "stepId": step_position.step_id}
    tx.emit("asset.workflow.currentStep.statusChanged", event_members, project_id=project_id)
