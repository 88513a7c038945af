"""May this user label this asset now, and on which step? (contract/workflow.md#lock-reasons)"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain import access, lock, step, workflow
from kili_emulator.domain.documents import AssetDoc, ProjectDoc, UserDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.lock_reasons import Attempt, LockReason, Situation, lock_reason
from kili_emulator.rules.steps import Place
from kili_emulator.rules.workflow import SUBMITTED

_ANY_STEP = "Default"


def step_of_label(
    tx: Transaction,
    operation: str,
    asset: AssetDoc,
    author: UserDoc,
    label_type: str,
    asked_step_id: str | None,
) -> str | None:
    """The step that a new label belongs to; ``None`` for models' labels and in V1 projects.

    Args:
        asked_step_id: the step that the label names, if it names one.

    Raises:
        KiliError: the named step is of the other type, or the workflow does not let the author
            label the asset now.
    """
    place = workflow.place_of(asset)
    if place is None or label_type not in (*SUBMITTED, "AUTOSAVE"):
        return None
    asked = tx.steps.the(asked_step_id) if asked_step_id else None
    if asked and label_type not in (asked["type"], "AUTOSAVE"):
        raise errors.step_of_other_type(operation, asked["name"], asked["type"], label_type)
    reason = why_not(tx, asset, author, label_type, asked_step_id)
    if reason:
        raise errors.label_locked(operation, reason)
    return asked_step_id or place.step_id


def why_not(
    tx: Transaction,
    asset: AssetDoc,
    author: UserDoc,
    label_type: str,
    asked_step_id: str | None = None,
) -> LockReason | None:
    """Why a member cannot label an asset of a workflow with steps now; ``None`` if they can."""
    place = workflow.place_of(asset)
    project = tx.projects.the(asset["projectId"])
    role = access.role_in(tx, author, project)
    assert role is not None
    assert place is not None
    step_type = None if label_type == "AUTOSAVE" else label_type
    attempt = Attempt(author["id"], role, step_type, asked_step_id)
    current = tx.steps.the(asked_step_id or place.step_id)
    works_on_step = step.works_on(current, author, role)
    situation = _situation(tx, project, asset, author, place, works_on_step=works_on_step)
    return lock_reason(situation, attempt)


def _situation(
    tx: Transaction,
    project: ProjectDoc,
    asset: AssetDoc,
    author: UserDoc,
    place: Place,
    *,
    works_on_step: bool,
) -> Situation:
    steps = step.steps_of(tx, project["id"])
    worked = {(each["stepId"], each["authorId"]) for each in workflow.submitted_labels(tx, asset)}
    return Situation(
        steps=steps,
        place=Place(place.step_id, "TO_DO") if asset["skipped"] else place,
        worked=worked,
        assignee_ids=asset["assigneeIds"],
        works_on_step=works_on_step,
        is_locked=is_locked(tx, project, asset, author),
        enforces_separation=project["enforceStepSeparation"],
    )


def is_locked(tx: Transaction, project: ProjectDoc, asset: AssetDoc, author: UserDoc) -> bool:
    """Whether others are at work on the asset: one, or as many as consensus still waits for."""
    others = lock.others_at_work(tx, asset, author, tx.moment)
    return others >= max(1, workflow.missing_labelers(tx, project, asset))


def asked_step(
    tx: Transaction, operation: str, project: ProjectDoc, row: dict[str, Any]
) -> str | None:
    """The id of the step that a label names by ``stepId`` or ``stepName``.

    Clients up to 26.1 name "Default" whatever the steps are: it is no step unless there is one.

    Raises:
        KiliError: the project does not have it, or several of that name; or its id and its name
            are those of two steps.
    """
    step_id, name = row.get("stepId"), row.get("stepName")
    steps = step.steps_of(tx, project["id"])
    if name == _ANY_STEP and all(each["name"] != name for each in steps):
        name = None
    if step_id is None and name is None:
        return None
    if not steps:
        raise errors.workflow_without_steps(operation)
    named = [each["id"] for each in steps if name in (None, each["name"])]
    if not named:
        raise errors.step_unknown(operation, str(name))
    if step_id is None:
        if len(named) > 1:
            raise errors.step_ambiguous(operation, str(name), named)
        return str(named[0])
    if step_id not in [each["id"] for each in steps]:
        raise errors.step_unknown(operation, step_id)
    if step_id not in named:
        raise errors.steps_differ(operation)
    return str(step_id)
