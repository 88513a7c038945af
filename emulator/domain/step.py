"""Steps: what the multi-step workflows of a project consist of (contract §5.7, §11.15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emulator.domain import access, project_settings
from emulator.domain.world import Transaction, View
from emulator.rules import steps as rules
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

CLEARED = ("consensusCoverage", "numberOfExpectedLabelsForConsensus", "sendBackStepId")


def steps_of(view: View, project_id: str) -> list[Document]:
    """The steps of a project in their order, group after group; a V1 project has none."""
    groups = [each["id"] for each in groups_of(view, project_id)]
    order = {group_id: index for index, group_id in enumerate(groups)}
    found: list[Document] = view.steps.find("project", project_id)
    return sorted(found, key=lambda each: (order.get(each["stepGroupId"], 0), each["order"]))


def groups_of(view: View, project_id: str) -> list[Document]:
    """The step groups of a V3 project, in their order."""
    groups: list[Document] = view.step_groups.find("project", project_id)
    return groups


def group_name(view: View, step: Document) -> str | None:
    """The name of a step's group; ``None`` in a V2 project."""
    return view.step_groups.the(step["stepGroupId"])["name"] if step["stepGroupId"] else None


def as_seen(view: View, target: Document, step_id: str) -> Document | None:
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
    return {**stands, "isUsedForConsensus": is_drawn_for_consensus(tx, project, steps)}


def is_drawn_for_consensus(tx: Transaction, project: Document, steps: list[Document]) -> bool:
    """Whether chance picks an asset that nobody has begun for consensus."""
    coverage, size = project["consensusTotCoverage"], project["minConsensusSize"]
    if steps:
        coverage = steps[0]["consensusCoverage"]
        size = steps[0]["numberOfExpectedLabelsForConsensus"] or 1
    return size > 1 and tx.draw(coverage)


def create_workflow(tx: Transaction, project: Document, workflow: NewWorkflow) -> None:
    """Give a new project of the V2 or V3 workflow its first steps, a V3 one in each group."""
    groups: dict[str, tuple[str | None, ...]] = {"V1": (), "V2": (None,), "V3": workflow.groups}
    for name in groups[workflow.version]:
        group = add_group(tx, project, name) if name else None
        for order, (step, type_, coverage) in enumerate(_DEFAULT_STEPS):
            members = {"name": step, "type": type_, "stepCoverage": coverage, "order": order}
            insert(tx, project, members | {"stepGroupId": group["id"] if group else None})
    follow_settings(tx, project, _SETTINGS)


def follow_settings(tx: Transaction, project: Document, names: Iterable[str]) -> None:
    """Have the first steps do what settings of the project say."""
    for name in names:
        step = _step_of_setting(tx, project, name)
        if step is None:
            continue
        own, nothing = _SETTINGS[name][1:]
        value = None if project[name] == nothing and own in CLEARED else project[name]
        if step[own] != value:
            step = tx.steps.change(step, **{own: value})
            tell(tx, "project.workflow.step.updated", step, fields=[own])


def follow_steps(tx: Transaction, project: Document) -> None:
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


def insert(tx: Transaction, project: Document, members: dict[str, Any]) -> Document:
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


def unassign(tx: Transaction, step: Document, user_id: str) -> None:
    """Take somebody off a step; where nobody is left, it is everybody's."""
    if user_id not in (step["assigneeIds"] or ()):
        return
    left = [each for each in step["assigneeIds"] if each != user_id]
    step = tx.steps.change(step, assigneeIds=left or None)
    tell(tx, "project.workflow.step.updated", step, fields=["assignees"])


def check_out(tx: Transaction, project: Document, user: Document) -> None:
    """Take somebody off the steps that their role does not let them work on any more."""
    role = access.role_in(tx, user, project)
    for each in tx.steps.find("project", project["id"]):
        if role is None or not may_work(each, role):
            unassign(tx, each, user["id"])


def tell(tx: Transaction, subject: str, step: Document, **members: Any) -> None:
    payload = {
        "stepGroupId": step["stepGroupId"] or "",
        "stepId": step["id"],
        "stepName": step["name"],
        **members,
    }
    tx.emit(subject, payload, project_id=step["projectId"])
