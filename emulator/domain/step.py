"""Steps: what the multi-step workflows of a project consist of (contract §5.7, §11.15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emulator import errors
from emulator.domain import access, project_settings
from emulator.domain.payloads import event_payload
from emulator.domain.world import BaseView, Transaction
from emulator.rules import steps as rules
from emulator.rules.step_settings import check_workflow, checked_step
from emulator.rules.workflow import NewWorkflow
from emulator.storage.snapshot import Document

# A new project's steps: name, type, coverage.
_DEFAULT_STEPS = (("Label", "DEFAULT", None), ("Review 1", "REVIEW", 0))

# setting of a project → the first step of which type it is about, the step's member that says the
# same, and the value that means "none"
_SETTINGS: dict[str, tuple[str, str, Any]] = {
    "consensusTotCoverage": ("DEFAULT", "consensusCoverage", 0),
    "minConsensusSize": ("DEFAULT", "numberOfExpectedLabelsForConsensus", 1),
    "reviewCoverage": ("REVIEW", "stepCoverage", 0),
    "useHoneyPot": ("DEFAULT", "useHoneypot", False),
}

_CLEARED = ("consensusCoverage", "numberOfExpectedLabelsForConsensus", "sendBackStepId")


def steps_of(view: BaseView[Any], project_id: str) -> list[Document]:
    """The steps of a project in their order, group after group; a V1 project has none."""
    groups = [each["id"] for each in groups_of(view, project_id)]
    order = {group_id: index for index, group_id in enumerate(groups)}
    found: list[Document] = view.steps.find("project", project_id)
    return sorted(found, key=lambda each: (order.get(each["stepGroupId"], 0), each["order"]))


def groups_of(view: BaseView[Any], project_id: str) -> list[Document]:
    """The step groups of a V3 project, in their order."""
    groups: list[Document] = view.step_groups.find("project", project_id)
    return groups


def group_name(view: BaseView[Any], step: Document) -> str | None:
    """The name of a step's group; ``None`` in a V2 project."""
    return view.step_groups.the(step["stepGroupId"])["name"] if step["stepGroupId"] else None


def as_seen(view: BaseView[Any], target: Document, step_id: str) -> Document | None:
    """A step with the status that an asset has there: done before its place, to do after it.

    Returns:
        ``id``, ``name``, ``status``, ``stepGroupName``; ``None`` for a step that is gone.
    """
    steps = steps_of(view, target["projectId"])
    ids = [each["id"] for each in steps]
    if step_id not in ids or target["stepId"] not in ids:
        return None
    index, current = ids.index(step_id), ids.index(target["stepId"])
    status = "DONE" if index < current else "TO_DO"
    return {
        "id": step_id,
        "name": steps[index]["name"],
        "status": target["stepStatus"] if index == current else status,
        "stepGroupName": group_name(view, steps[index]),
    }


def works_on(step: Document, user: Document, role: str) -> bool:
    """Whether a user works on a step."""
    if step["assigneeIds"] is not None:
        return user["id"] in step["assigneeIds"]
    return may_work(step, role)


def may_work(step: Document, role: str) -> bool:
    return step["type"] == "DEFAULT" or role != "LABELER"


def entry(tx: Transaction, project: Document) -> dict[str, Any]:
    """Where a new asset stands, and whether it is drawn for consensus."""
    steps = steps_of(tx, project["id"])
    place = rules.start(steps) if steps else None
    stands = {"stepId": place.step_id, "stepStatus": place.status} if place else {}
    return {**stands, "isUsedForConsensus": _drawn_for_consensus(tx, project, steps)}


def _drawn_for_consensus(tx: Transaction, project: Document, steps: list[Document]) -> bool:
    coverage, size = project["consensusTotCoverage"], project["minConsensusSize"]
    if steps:
        coverage = steps[0]["consensusCoverage"]
        size = steps[0]["numberOfExpectedLabelsForConsensus"] or 1
    return size > 1 and tx.draw(coverage)


def redraw_consensus(tx: Transaction, project: Document) -> None:
    """Draw anew which assets that nobody has begun are used for consensus."""
    steps = steps_of(tx, project["id"])
    for each in tx.assets.find("project", project["id"]):
        if each["status"] == "TODO" and not each["skipped"]:
            drawn = _drawn_for_consensus(tx, project, steps)
            if drawn != each["isUsedForConsensus"]:
                tx.assets.change(each, isUsedForConsensus=drawn, updatedAt=tx.now)


def create_workflow(tx: Transaction, project: Document, workflow: NewWorkflow) -> None:
    """Give a new project of the V2 or V3 workflow its first steps, a V3 one in each group."""
    groups: dict[str, tuple[str | None, ...]] = {"V1": (), "V2": (None,), "V3": workflow.groups}
    for name in groups[workflow.version]:
        group = add_group(tx, project, name) if name else None
        for order, (step, type_, coverage) in enumerate(_DEFAULT_STEPS):
            members = {"name": step, "type": type_, "stepCoverage": coverage, "order": order}
            _insert(tx, project, members | {"stepGroupId": group["id"] if group else None})
    follow_settings(tx, project, _SETTINGS)


def follow_settings(tx: Transaction, project: Document, names: Iterable[str]) -> None:
    """Have the first steps do what settings of the project say."""
    for name in names:
        step = _step_of_setting(tx, project, name)
        if step is None:
            continue
        own, nothing = _SETTINGS[name][1:]
        value = None if project[name] == nothing and own in _CLEARED else project[name]
        if step[own] != value:
            step = tx.steps.change(step, **{own: value})
            _emit(tx, "project.workflow.step.updated", step, fields=[own])


def _follow_steps(tx: Transaction, project: Document) -> None:
    """Have the project's settings say what its first steps do."""
    changes = {}
    for name, (_, own, nothing) in _SETTINGS.items():
        step = _step_of_setting(tx, project, name)
        value = (step[own] if step else None) or nothing
        if project[name] != value:
            changes[name] = value
    if changes:
        project_settings.tell(tx, project, tx.projects.change(project, **changes))


def _step_of_setting(tx: Transaction, project: Document, name: str) -> Document | None:
    """The first step that a setting is about; ``None`` where there is none."""
    if name not in _SETTINGS:
        return None
    steps = steps_of(tx, project["id"])
    return next((each for each in steps if each["type"] == _SETTINGS[name][0]), None)


def add_group(tx: Transaction, project: Document, name: str) -> Document:
    """Add a group of steps at the end of a V3 project."""
    return tx.step_groups.insert({"id": tx.new_id(), "projectId": project["id"], "name": name})


def _insert(tx: Transaction, project: Document, members: dict[str, Any]) -> Document:
    return tx.steps.insert(
        {
            "id": tx.new_id(),
            "projectId": project["id"],
            "stepGroupId": None,
            "assigneeIds": None,
            "consensusCoverage": None,
            "numberOfExpectedLabelsForConsensus": None,
            "sendBackStepId": None,
            "useHoneypot": False,
            **members,
        }
    )


def edit_workflow(
    tx: Transaction,
    operation: str,
    project_id: str,
    *,
    enforce_separation: bool | None = None,
    creates: Iterable[dict[str, Any]] = (),
    updates: Iterable[dict[str, Any]] = (),
    deletes: Iterable[str] = (),
) -> Document:
    """Change a project's workflow: first steps are deleted, then changed, then created.

    Raises:
        KiliError: the project or a step is unknown, it has no steps, or a value is refused.
    """
    project = access.require(tx, operation, project_id)
    if project["workflowVersion"] == "V1":
        raise errors.workflow_without_steps(operation)
    if enforce_separation not in (None, project["enforceStepSeparation"]):
        tx.projects.change(project, enforceStepSeparation=enforce_separation, updatedAt=tx.now)
        payload = {"fields": ["enforceStepSeparation"]}
        tx.emit("project.workflow.settings.updated", payload, project_id=project_id)
    for named in deletes:
        _delete(tx, operation, project, named)
    for data in updates:
        _update(tx, operation, project, data)
    for data in creates:
        _create(tx, operation, project, data)
    check_workflow(operation, steps_of(tx, project_id))
    _follow_steps(tx, tx.projects.the(project_id))
    return tx.projects.the(project_id)


def _create(tx: Transaction, operation: str, project: Document, data: dict[str, Any]) -> None:
    group_id = _group_id(tx, operation, project, data.get("stepGroupId"))
    siblings = [each for each in steps_of(tx, project["id"]) if each["stepGroupId"] == group_id]
    given = {name: value for name, value in data.items() if value is not None}
    members = _checked(tx, operation, project, given)
    members.setdefault("stepCoverage", 100 if members["type"] == "REVIEW" else None)
    last = max((each["order"] for each in siblings), default=-1)
    step = _insert(tx, project, {"order": last + 1, **members, "stepGroupId": group_id})
    _emit(tx, "project.workflow.step.created", step)


def _group_id(
    tx: Transaction, operation: str, project: Document, group_id: str | None
) -> str | None:
    """The group to create a step in: a V3 project's must be named unless there is but one."""
    groups = [each["id"] for each in groups_of(tx, project["id"])]
    if group_id is None and len(groups) > 1:
        raise errors.step_group_missing(operation)
    if group_id is not None and group_id not in groups:
        raise errors.access_denied()
    return group_id or (groups[0] if groups else None)


def _update(tx: Transaction, operation: str, project: Document, data: dict[str, Any]) -> None:
    """Change the members that are given; a null clears a member that can be empty."""
    step = _step(tx, project, data.get("id") or data.get("name"))
    given = {
        name: value
        for name, value in data.items()
        if name != "id" and (value is not None or name in _CLEARED)
    }
    if given.get("stepGroupId", step["stepGroupId"]) != step["stepGroupId"]:
        raise errors.step_member_fixed(operation, "stepGroupId")
    members = _checked(tx, operation, project, {"type": step["type"], **given}, step)
    changes = {name: value for name, value in members.items() if step[name] != value}
    if changes:
        step = tx.steps.change(step, **changes)
        if changes.keys() & {"consensusCoverage", "numberOfExpectedLabelsForConsensus"}:
            redraw_consensus(tx, project)
        if "assigneeIds" in changes:
            _take_off_assets(tx, project, step)
        fields = sorted("assignees" if name == "assigneeIds" else name for name in changes)
        _emit(tx, "project.workflow.step.updated", step, fields=fields)


def _take_off_assets(tx: Transaction, project: Document, step: Document) -> None:
    """Take who does not work on a labeling step any more off the assets that stand there."""
    if step["type"] != "DEFAULT":
        return
    for each in tx.assets.find("project", project["id"]):
        left = [user_id for user_id in each["assigneeIds"] if user_id in step["assigneeIds"]]
        if each["stepId"] == step["id"] and left != each["assigneeIds"]:
            changed = tx.assets.change(each, assigneeIds=left, updatedAt=tx.now)
            payload = event_payload(changed)
            tx.emit("asset.workflow.assigned", payload, project_id=project["id"])


def unassign(tx: Transaction, step: Document, user_id: str) -> None:
    """Take somebody off a step; where nobody is left, it is everybody's."""
    if user_id not in (step["assigneeIds"] or ()):
        return
    left = [each for each in step["assigneeIds"] if each != user_id]
    step = tx.steps.change(step, assigneeIds=left or None)
    _emit(tx, "project.workflow.step.updated", step, fields=["assignees"])


def check_out(tx: Transaction, project: Document, user: Document) -> None:
    """Take somebody off the steps that their role does not let them work on any more."""
    role = access.role_in(tx, user, project)
    for each in tx.steps.find("project", project["id"]):
        if role is None or not may_work(each, role):
            unassign(tx, each, user["id"])


def _checked(
    tx: Transaction,
    operation: str,
    project: Document,
    data: dict[str, Any],
    step: Document | None = None,
) -> dict[str, Any]:
    """A step's members as they are stored.

    Raises:
        KiliError: a value is refused, or an assignee cannot work on the step.
    """
    members = checked_step(operation, data, steps_of(tx, project["id"]), step)
    for user_id in members.get("assigneeIds") or ():
        user = tx.users.get(user_id)
        role = access.role_in(tx, user, project) if user else None
        if role is None:
            raise errors.access_denied()
        if not may_work(members, role):
            raise errors.assignee_cannot_review(operation, user_id)
    return members


def _step(tx: Transaction, project: Document, named: str | None) -> Document:
    """The step with that id, or of that name if there is but one: clients of 26.1 send names."""
    steps = steps_of(tx, project["id"])
    by_id = [each for each in steps if each["id"] == named]
    found = by_id or [each for each in steps if each["name"] == named]
    if len(found) != 1:
        raise errors.access_denied()
    return found[0]


def _delete(tx: Transaction, operation: str, project: Document, named: str) -> None:
    """Delete a step; labels made there stay, on no step."""
    step = _step(tx, project, named)
    steps = steps_of(tx, project["id"])
    index = steps.index(step)
    if index == 0:
        raise errors.first_step_stays(operation)
    left = [each for each in steps if each["id"] != step["id"]]
    for each in tx.assets.find("project", project["id"]):
        if each["stepId"] == step["id"]:
            _bring_back(tx, each, left, steps[index - 1])
    for each in left:
        if each["sendBackStepId"] == step["id"]:
            tx.steps.change(each, sendBackStepId=None)
    for each in tx.labels.find("project", project["id"]):
        if each["stepId"] == step["id"]:
            tx.labels.change(each, stepId=None, isLastForStep=False)
    tx.steps.delete(step)
    _emit(tx, "project.workflow.step.deleted", step)


def _bring_back(tx: Transaction, asset: Document, steps: list[Document], before: Document) -> None:
    """Have an asset whose step is deleted be done with the step before it, or skipped there."""
    place = rules.Place(before["id"], "SKIPPED" if asset["skipped"] else "DONE")
    status = rules.v1_status(steps, place, asset["status"])
    members = {"stepId": place.step_id, "stepStatus": place.status, "status": status}
    changed = tx.assets.change(asset, **members, updatedAt=tx.now)
    told, project_id = event_payload(changed), asset["projectId"]
    ways = {"newStepId": before["id"], "previousStepId": asset["stepId"]}
    tx.emit("asset.workflow.currentStep.changed", {**told, **ways}, project_id=project_id)
    told |= {"status": place.status, "stepId": place.step_id}
    tx.emit("asset.workflow.currentStep.statusChanged", told, project_id=project_id)


def _emit(tx: Transaction, subject: str, step: Document, **members: Any) -> None:
    payload = {
        "stepGroupId": step["stepGroupId"] or "",
        "stepId": step["id"],
        "stepName": step["name"],
        **members,
    }
    tx.emit(subject, payload, project_id=step["projectId"])
