"""Steps: the parts of a project's multi-step workflow (contract/workflow.md#steps)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypedDict, cast

from kili_emulator.domain import project_settings_event
from kili_emulator.domain.documents import AssetDoc, ProjectDoc, StepDoc, StepGroupDoc, UserDoc
from kili_emulator.domain.repository import changed_members
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules import steps as rules
from kili_emulator.rules.workflow import NewWorkflow, StepStatus
from kili_emulator.storage.snapshot import TableSnapshot

_SORTED_PROJECTS = 64

# A new project's steps: name, type, coverage.
_DEFAULT_STEPS = (("Label", "DEFAULT", None), ("Review 1", "REVIEW", 0))

# Setting of a project → the type of the step that the setting is about (the first of its type), the
# step's member with the same meaning, and the setting's value for "none".
_SETTINGS: dict[str, tuple[str, str, Any]] = {
    "consensusTotCoverage": ("DEFAULT", "consensusCoverage", 0),
    "minConsensusSize": ("DEFAULT", "numberOfExpectedLabelsForConsensus", 1),
    "reviewCoverage": ("REVIEW", "stepCoverage", 0),
    "useHoneyPot": ("DEFAULT", "useHoneypot", False),
}

CLEARABLE_MEMBERS = ("consensusCoverage", "numberOfExpectedLabelsForConsensus", "sendBackStepId")


class AssetStep(TypedDict):
    """A step, with the status of an asset in it."""

    id: str
    name: str
    status: StepStatus | None
    stepGroupName: str | None


class EntryPosition(TypedDict):
    """The members of a new asset for its position in the workflow; ``None`` in a V1 project."""

    stepId: str | None
    stepStatus: StepStatus | None


def steps_of(view: View, project_id: str) -> list[StepDoc]:
    """Return the steps of a project in their order, group after group; none for a V1 project."""
    return list(_sort_steps(view.steps.snapshot, view.step_groups.snapshot, project_id))


@lru_cache(_SORTED_PROJECTS)
def _sort_steps(steps: TableSnapshot, groups: TableSnapshot, project_id: str) -> list[StepDoc]:
    """Return the steps of a project in their order; each label and each asset asks for them."""
    group_ids = [each["id"] for each in groups.find("project", project_id)]
    order: dict[str | None, int] = {group_id: index for index, group_id in enumerate(group_ids)}
    unsorted_steps = cast("list[StepDoc]", steps.find("project", project_id))
    return sorted(
        unsorted_steps, key=lambda each: (order.get(each["stepGroupId"], 0), each["order"])
    )


def groups_of(view: View, project_id: str) -> list[StepGroupDoc]:
    """Return the step groups of a V3 project, in their order."""
    return view.step_groups.find("project", project_id)


def group_name(view: View, step: StepDoc) -> str | None:
    """Return the name of a step's group; ``None`` in a V2 project."""
    return view.step_groups.require(step["stepGroupId"])["name"] if step["stepGroupId"] else None


def step_of_asset(view: View, asset: AssetDoc, step_id: str) -> AssetStep | None:
    """Return a step with the status of an asset in it.

    Steps before the asset's current step are DONE, steps after it are TO_DO.

    Returns:
        ``None`` if the step is deleted.
    """
    steps = steps_of(view, asset["projectId"])
    ids = [each["id"] for each in steps]
    if step_id not in ids or asset["stepId"] not in ids:
        return None
    index, current = ids.index(step_id), ids.index(asset["stepId"])
    status: StepStatus = "DONE" if index < current else "TO_DO"
    return {
        "id": step_id,
        "name": steps[index]["name"],
        "status": asset["stepStatus"] if index == current else status,
        "stepGroupName": group_name(view, steps[index]),
    }


def is_step_worker(step: StepDoc, user: UserDoc, role: str) -> bool:
    """Return whether a user works on a step: an assignee, or a member whose role allows it."""
    if step["assigneeIds"] is not None:
        return user["id"] in step["assigneeIds"]
    return can_role_work_on(step["type"], role)


def can_role_work_on(step_type: str, role: str) -> bool:
    """Return whether members with that role can work on steps of that type."""
    return step_type == "DEFAULT" or role != "LABELER"


def entry_position(steps: list[StepDoc]) -> EntryPosition:
    """Return the position of a new asset in a workflow with these steps."""
    position = rules.start(steps) if steps else None
    return {
        "stepId": position.step_id if position else None,
        "stepStatus": position.status if position else None,
    }


def draw_for_consensus(tx: Transaction, project: ProjectDoc, steps: list[StepDoc]) -> bool:
    """Draw whether consensus uses an asset on which nobody has begun to work."""
    coverage: int | None = project["consensusTotCoverage"]
    size = project["minConsensusSize"]
    if steps:
        coverage = steps[0]["consensusCoverage"]
        size = steps[0]["numberOfExpectedLabelsForConsensus"] or 1
    return size > 1 and tx.draw(coverage)


def create_workflow(tx: Transaction, project: ProjectDoc, workflow: NewWorkflow) -> None:
    """Add the default steps to a new V2 or V3 project; in V3, to each group."""
    groups: dict[str, tuple[str | None, ...]] = {"V1": (), "V2": (None,), "V3": workflow.groups}
    steps = []
    for name in groups[workflow.version]:
        group = add_group(tx, project, name) if name else None
        for order, (step, type_, coverage) in enumerate(_DEFAULT_STEPS):
            members = {"name": step, "type": type_, "stepCoverage": coverage, "order": order}
            members["stepGroupId"] = group["id"] if group else None
            steps.append(insert(tx, project, members))
    _apply_settings(tx, project, steps, _SETTINGS)


def apply_settings_to_steps(tx: Transaction, project: ProjectDoc, names: Iterable[str]) -> None:
    """Copy these settings of the project to the steps that they are about."""
    _apply_settings(tx, project, steps_of(tx, project["id"]), names)


def _apply_settings(
    tx: Transaction, project: ProjectDoc, steps: list[StepDoc], names: Iterable[str]
) -> None:
    settings: Mapping[str, Any] = project
    for name in names:
        found = _step_of_setting(steps, name)
        if found is None:
            continue
        step = tx.steps.require(found["id"])  # another setting may have changed it
        step_member, empty_value = _SETTINGS[name][1:]
        value = (
            None
            if settings[name] == empty_value and step_member in CLEARABLE_MEMBERS
            else settings[name]
        )
        if changed_members(step, {step_member: value}):
            step = tx.steps.change(step, **{step_member: value})
            emit_event(tx, "project.workflow.step.updated", step, fields=[step_member])


def apply_steps_to_settings(tx: Transaction, project: ProjectDoc) -> None:
    """Copy the members of the first steps to the settings of the project."""
    values, steps = {}, steps_of(tx, project["id"])
    for name, (_, step_member, empty_value) in _SETTINGS.items():
        step: Mapping[str, Any] | None = _step_of_setting(steps, name)
        values[name] = (step[step_member] if step else None) or empty_value
    changes = changed_members(project, values)
    if changes:
        project_settings_event.emit_event(tx, project, tx.projects.change(project, **changes))


def _step_of_setting(steps: list[StepDoc], name: str) -> StepDoc | None:
    """Return the step that a setting is about; ``None`` if no step has that type."""
    if name not in _SETTINGS:
        return None
    return next((each for each in steps if each["type"] == _SETTINGS[name][0]), None)


def add_group(tx: Transaction, project: ProjectDoc, name: str) -> StepGroupDoc:
    """Add a group of steps at the end of a V3 project."""
    return tx.step_groups.insert({"id": tx.new_id(), "projectId": project["id"], "name": name})


def insert(tx: Transaction, project: ProjectDoc, members: dict[str, Any]) -> StepDoc:
    """Add a step to a project.

    Args:
        members: ``name``, ``type``, ``order``, and the other members that are not empty.
    """
    return tx.steps.insert(
        {
            "id": tx.new_id(),
            "projectId": project["id"],
            "name": members["name"],
            "type": members["type"],
            "order": members["order"],
            "stepGroupId": members.get("stepGroupId"),
            "assigneeIds": members.get("assigneeIds"),
            "stepCoverage": members.get("stepCoverage"),
            "consensusCoverage": members.get("consensusCoverage"),
            "numberOfExpectedLabelsForConsensus": members.get("numberOfExpectedLabelsForConsensus"),
            "sendBackStepId": members.get("sendBackStepId"),
            "useHoneypot": members.get("useHoneypot", False),
        }
    )


def unassign(tx: Transaction, step: StepDoc, user_id: str) -> None:
    """Remove a user from the assignees of a step; a step without assignees is open to all."""
    assignees = step["assigneeIds"] or []
    if user_id not in assignees:
        return
    remaining_ids = [each for each in assignees if each != user_id]
    step = tx.steps.change(step, assigneeIds=remaining_ids or None)
    emit_event(tx, "project.workflow.step.updated", step, fields=["assignees"])


def remove_from_forbidden_steps(tx: Transaction, project: ProjectDoc, user: UserDoc) -> None:
    """Remove a user from the assignees of the steps that their role no longer allows."""
    role = tx.access.role(project, user)
    for each in tx.steps.find("project", project["id"]):
        if role is None or not can_role_work_on(each["type"], role):
            unassign(tx, each, user["id"])


def emit_event(tx: Transaction, subject: str, step: StepDoc, **members: Any) -> None:
    payload = {
        "stepGroupId": step["stepGroupId"] or "",
        "stepId": step["id"],
        "stepName": step["name"],
        **members,
    }
    tx.emit(subject, payload, project_id=step["projectId"])
