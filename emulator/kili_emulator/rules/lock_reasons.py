"""The lock reasons: why a user cannot label an asset now, in the multi-step workflows.

See contract/workflow.md#lock-reasons.

The names of the reasons are the platform's. Their conditions are inferred from the sentences in
which clients explain the reasons. The V1 workflow has no lock reasons.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

from kili_emulator.rules.permissions import ProjectRole
from kili_emulator.rules.steps import (
    StepPosition,
    Steps,
    classify_label_use,
    is_earlier_step,
    require_step,
)

LockReason = Literal[
    "AlreadyHaveLabelOnCurrentStep",
    "AssetAlreadyAssigned",
    "AssetAlreadyLocked",
    "AssetInDoneStepStatus",
    "AssetInDoneStepStatusWithCorrectAction",
    "AssetInDoneStepStatusWithReviewAction",
    "AssetInNextStepWithCorrectAction",
    "BlockedByEnforceStepSeparation",
    "LabelNotEditable",
    "NotAssignedWithAssignAction",
    "NotInStepAssignees",
]


class LockContext(NamedTuple):
    """The state of an asset, as far as it decides whether a user can add a label.

    Attributes:
        submissions: step id and user id, for each step on which a user has submitted a label.
        assignee_ids: the users to whom the asset is assigned; empty if it is not assigned.
        can_work_on_step: whether the user is an assignee of the step that the label is for.
        is_locked: whether another user is editing the asset.
        enforces_step_separation: whether a user may work on only one step of an asset.
    """

    steps: Steps
    step_position: StepPosition
    submissions: Collection[tuple[str | None, str]]
    assignee_ids: Collection[str]
    can_work_on_step: bool
    is_locked: bool
    enforces_step_separation: bool


class LabelAttempt(NamedTuple):
    """The attempt of a user to add a label.

    Attributes:
        step_id: the step that the label names, which has the type ``step_type``; ``None`` if the
            label names no step: it is then for the step of the asset.
        step_type: DEFAULT for labeling, REVIEW for reviewing, ``None`` for an autosave, which is
            allowed on a step of either type.
    """

    user_id: str
    role: ProjectRole
    step_type: str | None
    step_id: str | None = None


def lock_reason(context: LockContext, attempt: LabelAttempt) -> LockReason | None:
    """Return why the label cannot be added; ``None`` if it can be added."""
    steps, step_position, named_step_id = context.steps, context.step_position, attempt.step_id
    use = classify_label_use(steps, step_position, named_step_id)
    if named_step_id and use == "CORRECTION":
        return _check_correction(
            context._replace(step_position=StepPosition(named_step_id, "DONE")), attempt
        )
    if named_step_id and use == "REVIEW_OF_DONE" and attempt.step_type == "REVIEW":
        return _check_work(
            context._replace(step_position=StepPosition(named_step_id, "TO_DO")), attempt
        )
    if named_step_id and use != "WORK":
        return (
            "LabelNotEditable"
            if is_earlier_step(steps, step_position, named_step_id)
            else "NotInStepAssignees"
        )
    return _check_work(context, attempt)


def _check_work(context: LockContext, attempt: LabelAttempt) -> LockReason | None:
    """Return why a label cannot do the work of the step of the asset, if it cannot."""
    step_position = context.step_position
    has_submitted = (step_position.step_id, attempt.user_id) in context.submissions
    if step_position.status == "DONE":
        return _reason_for_done_step(context, attempt, has_submitted=has_submitted)
    if attempt.step_type not in (None, require_step(context.steps, step_position.step_id)["type"]):
        return _reason_for_other_step(context, attempt)
    if has_submitted and step_position.status == "PARTIALLY_DONE":
        return "AlreadyHaveLabelOnCurrentStep"
    if context.is_locked:
        return "AssetAlreadyLocked"
    return _check_assignment(context, attempt) or _check_step_access(context, attempt)


def _check_correction(context: LockContext, attempt: LabelAttempt) -> LockReason | None:
    """Return why a label cannot correct the completed work of a step, if it cannot.

    Labelers can correct only their own work.
    """
    has_submitted = (context.step_position.step_id, attempt.user_id) in context.submissions
    if not has_submitted and attempt.role == "LABELER":
        return "AssetInDoneStepStatus"
    if context.is_locked:
        return "AssetAlreadyLocked"
    return _check_step_access(context, attempt)


def _reason_for_done_step(
    context: LockContext, attempt: LabelAttempt, *, has_submitted: bool
) -> LockReason:
    if has_submitted:
        return "AssetInDoneStepStatusWithCorrectAction"
    is_last = context.step_position.step_id == context.steps[-1]["id"]
    if is_last or attempt.role == "LABELER":
        return "AssetInDoneStepStatus"
    return "AssetInDoneStepStatusWithReviewAction"


def _reason_for_other_step(context: LockContext, attempt: LabelAttempt) -> LockReason:
    """Return the lock reason for an asset that waits in a step of the other type."""
    has_labeled = any(user_id == attempt.user_id for _, user_id in context.submissions)
    if attempt.step_type == "DEFAULT" and has_labeled and context.step_position.status == "TO_DO":
        return "AssetInNextStepWithCorrectAction"
    return "NotInStepAssignees"


def _check_assignment(context: LockContext, attempt: LabelAttempt) -> LockReason | None:
    """Return the lock reason if the asset waits for other assignees.

    An assignment applies only to labeling steps.
    """
    is_labeling = require_step(context.steps, context.step_position.step_id)["type"] == "DEFAULT"
    assigned = context.assignee_ids if is_labeling else ()
    if assigned and attempt.user_id not in assigned:
        may_assign = attempt.role in ("ADMIN", "TEAM_MANAGER")
        return "NotAssignedWithAssignAction" if may_assign else "AssetAlreadyAssigned"
    return None


def _check_step_access(context: LockContext, attempt: LabelAttempt) -> LockReason | None:
    """Return the lock reason if the user may not work on the step.

    The step has other assignees, or step separation is enforced and the user has submitted a label
    on another step.
    """
    if not context.can_work_on_step:
        return "NotInStepAssignees"
    has_submitted_elsewhere = any(
        user_id == attempt.user_id and step_id != context.step_position.step_id
        for step_id, user_id in context.submissions
    )
    if context.enforces_step_separation and has_submitted_elsewhere:
        return "BlockedByEnforceStepSeparation"
    return None
