"""The right to label an asset now, and the step of a label (contract/workflow.md#lock-reasons)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import lock, step, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc, UserDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.lock_reasons import LabelAttempt, LockContext, LockReason, lock_reason
from kili_emulator.rules.steps import StepPosition
from kili_emulator.rules.workflow import SUBMITTED

_DEFAULT_STEP_NAME = "Default"


def resolve_step_id(
    tx: Transaction,
    operation: str,
    asset: AssetDoc,
    author: UserDoc,
    label_type: str,
    requested_step_id: str | None,
    *,
    labels: Sequence[LabelDoc],
) -> str | None:
    """Return the id of the step to which a new label belongs.

    Args:
        requested_step_id: the step that the label names, if any.
        labels: the labels of the asset.

    Returns:
        ``None`` for labels of models and in V1 projects.

    Raises:
        KiliError: the named step has the other type, or the workflow does not allow the author to
            label the asset now.
    """
    step_position = workflow.get_step_position(asset)
    if step_position is None or label_type not in (*SUBMITTED, "AUTOSAVE"):
        return None
    requested_step = tx.steps.require(requested_step_id) if requested_step_id else None
    if requested_step and label_type not in (requested_step["type"], "AUTOSAVE"):
        raise errors.step_type_mismatch(
            operation, requested_step["name"], requested_step["type"], label_type
        )
    reason = find_lock_reason(tx, asset, author, label_type, requested_step_id, labels=labels)
    if reason:
        raise errors.label_locked(operation, reason)
    return requested_step_id or step_position.step_id


def find_lock_reason(
    tx: Transaction,
    asset: AssetDoc,
    author: UserDoc,
    label_type: str,
    requested_step_id: str | None = None,
    *,
    labels: Sequence[LabelDoc] | None = None,
) -> LockReason | None:
    """Return why a member cannot label an asset now; ``None`` if they can.

    The project of the asset must have a workflow with steps, and the author must take part in it.

    Args:
        labels: the labels of the asset, if the caller has read them.
    """
    step_position = workflow.get_step_position(asset)
    project = tx.projects.require(asset["projectId"])
    role = tx.access.role(project, author)
    assert role is not None
    assert step_position is not None
    step_type = None if label_type == "AUTOSAVE" else label_type
    attempt = LabelAttempt(author["id"], role, step_type, requested_step_id)
    current = tx.steps.require(requested_step_id or step_position.step_id)
    can_work_on_step = step.is_step_worker(current, author, role)
    submissions = {
        (each["stepId"], each["authorId"]) for each in workflow.submitted_labels(tx, asset, labels)
    }
    context = _build_lock_context(
        tx, project, asset, author, step_position, submissions, can_work_on_step=can_work_on_step
    )
    return lock_reason(context, attempt)


def _build_lock_context(
    tx: Transaction,
    project: ProjectDoc,
    asset: AssetDoc,
    author: UserDoc,
    step_position: StepPosition,
    submissions: set[tuple[str | None, str]],
    *,
    can_work_on_step: bool,
) -> LockContext:
    return LockContext(
        steps=step.steps_of(tx, project["id"]),
        step_position=StepPosition(step_position.step_id, "TO_DO")
        if asset["skipped"]
        else step_position,
        submissions=submissions,
        assignee_ids=asset["assigneeIds"],
        can_work_on_step=can_work_on_step,
        is_locked=is_locked(tx, project, asset, author),
        enforces_step_separation=project["enforceStepSeparation"],
    )


def is_locked(tx: Transaction, project: ProjectDoc, asset: AssetDoc, author: UserDoc) -> bool:
    """Return whether enough other users hold locks on the asset.

    Enough is one user, or for an asset with consensus the number of labelers still missing.
    """
    other_lock_count = lock.count_locks_of_others(tx, asset, author, tx.moment)
    return other_lock_count > 0 and (
        other_lock_count >= workflow.missing_labelers(tx, project, asset)
    )


def find_requested_step_id(
    tx: Transaction, operation: str, project: ProjectDoc, row: dict[str, Any]
) -> str | None:
    """Return the id of the step that a label names by ``stepId`` or ``stepName``.

    SDKs up to 26.1 always send the step name "Default": this name is ignored unless the project has
    a step with this name.

    Args:
        row: the label, as for :func:`kili_emulator.domain.label.append_labels`.

    Returns:
        ``None`` if the label names no step.

    Raises:
        KiliError: the project has no steps, no such step, or several steps with this name; or
            ``stepId`` and ``stepName`` name different steps.
    """
    step_id, name = row.get("stepId"), row.get("stepName")
    if step_id is None and name is None:
        return None
    steps = step.steps_of(tx, project["id"])
    if name == _DEFAULT_STEP_NAME and all(each["name"] != name for each in steps):
        name = None
    if step_id is None and name is None:
        return None
    if not steps:
        raise errors.workflow_without_steps(operation)
    matching_step_ids = [each["id"] for each in steps if name in (None, each["name"])]
    if not matching_step_ids:
        raise errors.step_unknown(operation, str(name))
    if step_id is None:
        if len(matching_step_ids) > 1:
            raise errors.step_ambiguous(operation, str(name), matching_step_ids)
        return str(matching_step_ids[0])
    if step_id not in [each["id"] for each in steps]:
        raise errors.step_unknown(operation, step_id)
    if step_id not in matching_step_ids:
        raise errors.steps_differ(operation)
    return str(step_id)
