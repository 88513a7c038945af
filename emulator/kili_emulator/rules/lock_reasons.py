"""Why somebody cannot label an asset now, in the multi-step workflows.

See contract/workflow.md#lock-reasons.

The reasons' names are the platform's; when each of them holds is read from the sentences in which
clients put them. The V1 workflow knows none of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from kili_emulator.rules.permissions import ProjectRole
from kili_emulator.rules.steps import Place, Steps, is_behind, the_step, use_of_label

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


@dataclass(frozen=True)
class Situation:
    """How things stand with an asset.

    Attributes:
        worked: step id and user id, for each step on which a user has submitted a label.
        assignee_ids: whom the asset is assigned to; nobody in particular, if empty.
        works_on_step: the user is among those who work on the step that the label is for.
        is_locked: somebody else is editing the asset.
        enforces_separation: nobody works on two steps of one asset.
    """

    steps: Steps
    place: Place
    worked: Collection[tuple[str | None, str]]
    assignee_ids: Collection[str]
    works_on_step: bool
    is_locked: bool
    enforces_separation: bool


@dataclass(frozen=True)
class Attempt:
    """Who wants to add a label, and of what kind.

    Attributes:
        step_id: the step that the label names, of the same type; ``None`` where it names none and
            is for the step where the asset stands.
        step_type: DEFAULT for work that labels, REVIEW for work that reviews, ``None`` for an
            autosave, which is work on whatever step it is.
    """

    user_id: str
    role: ProjectRole
    step_type: str | None
    step_id: str | None = None


def lock_reason(situation: Situation, attempt: Attempt) -> LockReason | None:
    """Why the label cannot be added; ``None`` when it can."""
    steps, place, named = situation.steps, situation.place, attempt.step_id
    use = use_of_label(steps, place, named)
    if named and use == "CORRECTION":
        return _correction(replace(situation, place=Place(named, "DONE")), attempt)
    if named and use == "REVIEW_OF_DONE" and attempt.step_type == "REVIEW":
        return _work(replace(situation, place=Place(named, "TO_DO")), attempt)
    if named and use != "WORK":
        return "LabelNotEditable" if is_behind(steps, place, named) else "NotInStepAssignees"
    return _work(situation, attempt)


def _work(situation: Situation, attempt: Attempt) -> LockReason | None:
    """Why a label cannot do the work of the step where the asset stands."""
    place = situation.place
    own = (place.step_id, attempt.user_id) in situation.worked
    if place.status == "DONE":
        return _done(situation, attempt, own=own)
    if attempt.step_type not in (None, the_step(situation.steps, place.step_id)["type"]):
        return _in_another_step(situation, attempt)
    if own and place.status == "PARTIALLY_DONE":
        return "AlreadyHaveLabelOnCurrentStep"
    if situation.is_locked:
        return "AssetAlreadyLocked"
    return _not_assigned(situation, attempt) or _not_theirs(situation, attempt)


def _correction(situation: Situation, attempt: Attempt) -> LockReason | None:
    """Why a label cannot correct what is done on a step: labelers correct their own work only."""
    own = (situation.place.step_id, attempt.user_id) in situation.worked
    if not own and attempt.role == "LABELER":
        return "AssetInDoneStepStatus"
    if situation.is_locked:
        return "AssetAlreadyLocked"
    return _not_theirs(situation, attempt)


def _done(situation: Situation, attempt: Attempt, *, own: bool) -> LockReason:
    if own:
        return "AssetInDoneStepStatusWithCorrectAction"
    is_last = situation.place.step_id == situation.steps[-1]["id"]
    if is_last or attempt.role == "LABELER":
        return "AssetInDoneStepStatus"
    return "AssetInDoneStepStatusWithReviewAction"


def _in_another_step(situation: Situation, attempt: Attempt) -> LockReason:
    """The asset waits in a step of the other type."""
    has_labeled = any(user_id == attempt.user_id for _, user_id in situation.worked)
    if attempt.step_type == "DEFAULT" and has_labeled and situation.place.status == "TO_DO":
        return "AssetInNextStepWithCorrectAction"
    return "NotInStepAssignees"


def _not_assigned(situation: Situation, attempt: Attempt) -> LockReason | None:
    """The asset waits for its assignees; only its labeling is ever assigned."""
    is_labeling = the_step(situation.steps, situation.place.step_id)["type"] == "DEFAULT"
    assigned = situation.assignee_ids if is_labeling else ()
    if assigned and attempt.user_id not in assigned:
        may_assign = attempt.role in ("ADMIN", "TEAM_MANAGER")
        return "NotAssignedWithAssignAction" if may_assign else "AssetAlreadyAssigned"
    return None


def _not_theirs(situation: Situation, attempt: Attempt) -> LockReason | None:
    """The step is for others, or its work is kept apart from what the user did elsewhere."""
    if not situation.works_on_step:
        return "NotInStepAssignees"
    elsewhere = any(
        user_id == attempt.user_id and step_id != situation.place.step_id
        for step_id, user_id in situation.worked
    )
    if situation.enforces_separation and elsewhere:
        return "BlockedByEnforceStepSeparation"
    return None
