"""The reasons why a user cannot label an asset now: one situation for each reason.

See contract/workflow.md#lock-reasons.
"""

from __future__ import annotations

from typing import Any, get_args

import pytest

from kili_emulator.rules.lock_reasons import LabelAttempt, LockContext, LockReason, lock_reason
from kili_emulator.rules.steps import StepPosition

STEPS = [
    {"id": "Label", "type": "DEFAULT"},
    {"id": "Review 1", "type": "REVIEW"},
    {"id": "Review 2", "type": "REVIEW"},
]


def context(at: str = "Label TO_DO", **members: Any) -> LockContext:
    step_id, _, status = at.rpartition(" ")
    values: dict[str, Any] = {
        "submissions": [],
        "assignee_ids": [],
        "can_work_on_step": True,
        "is_locked": False,
        "enforces_step_separation": False,
        **members,
    }
    step_position = StepPosition(step_id, status)  # type: ignore[arg-type]
    return LockContext(steps=STEPS, step_position=step_position, **values)


def attempt(
    step_type: str | None = "DEFAULT", role: Any = "LABELER", step_id: str | None = None
) -> LabelAttempt:
    return LabelAttempt("leo", role, step_type, step_id)


LABELED_BY_LEO = [("Label", "leo")]
LABELED_BY_ANN = [("Label", "ann")]

# what the client says → the reason, and a situation and an attempt that lead to it
SENTENCES: dict[str, tuple[LockReason, LockContext, LabelAttempt]] = {
    "You cannot edit this asset as you've already submitted a label.": (
        "AlreadyHaveLabelOnCurrentStep",
        context("Label PARTIALLY_DONE", submissions=LABELED_BY_LEO),
        attempt(),
    ),
    "This asset is assigned to someone else. You cannot edit it.": (
        "AssetAlreadyAssigned",
        context(assignee_ids=["ann"]),
        attempt(),
    ),
    "This asset is currently being edited by another user.": (
        "AssetAlreadyLocked",
        context("Label IN_PROGRESS", is_locked=True),
        attempt(),
    ),
    "This asset is already labeled or reviewed and cannot be edited.": (
        "AssetInDoneStepStatus",
        context("Label DONE", submissions=LABELED_BY_ANN),
        attempt(),
    ),
    "You already labeled this asset, but you can still correct it.": (
        "AssetInDoneStepStatusWithCorrectAction",
        context("Label DONE", submissions=LABELED_BY_LEO),
        attempt(),
    ),
    "This asset is completed. Take it for review to make changes.": (
        "AssetInDoneStepStatusWithReviewAction",
        context("Label DONE", submissions=LABELED_BY_ANN),
        attempt("REVIEW", "REVIEWER"),
    ),
    "This asset is awaiting to be reviewed but can still be corrected.": (
        "AssetInNextStepWithCorrectAction",
        context("Review 1 TO_DO", submissions=LABELED_BY_LEO),
        attempt(),
    ),
    "You can't edit this asset as you already worked on another step.": (
        "BlockedByEnforceStepSeparation",
        context("Review 1 TO_DO", submissions=LABELED_BY_LEO, enforces_step_separation=True),
        attempt("REVIEW", "REVIEWER"),
    ),
    "This label was created in another step and is read-only.": (
        "LabelNotEditable",
        context("Review 1 IN_PROGRESS", submissions=LABELED_BY_LEO),
        attempt(step_id="Label"),
    ),
    "This asset is in read-only mode because you are not assigned to it.": (
        "NotAssignedWithAssignAction",
        context(assignee_ids=["ann"]),
        attempt(role="TEAM_MANAGER"),
    ),
    "You cannot edit this asset in its current step.": (
        "NotInStepAssignees",
        context("Review 1 TO_DO", can_work_on_step=False),
        attempt("REVIEW", "REVIEWER"),
    ),
}


@pytest.mark.parametrize(("reason", "at", "tried"), SENTENCES.values(), ids=SENTENCES)
def test_label_is_refused_with_the_lock_reason(
    reason: LockReason, at: LockContext, tried: LabelAttempt
) -> None:
    assert lock_reason(at, tried) == reason


def test_each_lock_reason_has_a_case() -> None:
    assert {reason for reason, _, _ in SENTENCES.values()} == set(get_args(LockReason))


@pytest.mark.parametrize(
    ("at", "tried"),
    [
        (context(), attempt()),
        (context(), attempt(None)),
        (context(), attempt(step_id="Label")),
        (context("Label IN_PROGRESS"), attempt()),
        (context("Label REWORK", submissions=LABELED_BY_LEO), attempt()),
        (context("Label PARTIALLY_DONE", submissions=LABELED_BY_ANN), attempt()),
        (context(assignee_ids=["ann", "leo"]), attempt()),
        (context("Review 1 TO_DO", assignee_ids=["ann"]), attempt("REVIEW", "REVIEWER")),
        (context("Review 1 TO_DO", submissions=LABELED_BY_LEO), attempt("REVIEW", "REVIEWER")),
        (context("Review 1 TO_DO", submissions=LABELED_BY_LEO), attempt(None, "REVIEWER")),
        (
            context("Review 1 TO_DO", submissions=LABELED_BY_ANN, enforces_step_separation=True),
            attempt("REVIEW", "REVIEWER"),
        ),
        (
            context("Label REWORK", submissions=LABELED_BY_LEO, enforces_step_separation=True),
            attempt(),
        ),
    ],
)
def test_label_without_a_lock_reason_is_accepted(at: LockContext, tried: LabelAttempt) -> None:
    assert lock_reason(at, tried) is None


@pytest.mark.parametrize(
    ("at", "tried", "reason"),
    [
        # The last step is done: there is no further review to take the asset to.
        (context("Review 2 DONE"), attempt("REVIEW", "ADMIN"), "AssetInDoneStepStatus"),
        # Labeling where a review is waited for, by somebody who has not labeled; and the opposite.
        (context("Review 1 TO_DO"), attempt(), "NotInStepAssignees"),
        (context(), attempt("REVIEW", "ADMIN"), "NotInStepAssignees"),
        # Once the review has begun, nobody corrects the label.
        (
            context("Review 1 IN_PROGRESS", submissions=LABELED_BY_LEO),
            attempt(),
            "NotInStepAssignees",
        ),
        # Somebody at work comes before an assignment to others.
        (context(is_locked=True, assignee_ids=["ann"]), attempt(), "AssetAlreadyLocked"),
        (context(can_work_on_step=False), attempt(None), "NotInStepAssignees"),
    ],
)
def test_lock_reasons_have_an_order_of_precedence(
    at: LockContext, tried: LabelAttempt, reason: LockReason
) -> None:
    assert lock_reason(at, tried) == reason


REVIEWED = [*LABELED_BY_LEO, ("Review 1", "ann")]
AHEAD, BEHIND, DONE = "NotInStepAssignees", "LabelNotEditable", "AssetInDoneStepStatus"

# step that the label names, where the asset stands, who labels → the reason, or None
NAMED: list[tuple[str, str, LabelAttempt, str | None]] = [
    # The step where the asset waits for work: as where none is named.
    ("Label", "Label TO_DO", attempt(), None),
    ("Label", "Label REWORK", attempt(), None),
    ("Label", "Label IN_PROGRESS", attempt(None), None),
    ("Label", "Label PARTIALLY_DONE", attempt(), "AlreadyHaveLabelOnCurrentStep"),
    ("Review 1", "Review 1 TO_DO", attempt("REVIEW", "REVIEWER"), None),
    # The step where it is done: a correction, of labelers of their own work only.
    ("Label", "Label DONE", attempt(), None),
    ("Label", "Label DONE", attempt(None), None),
    ("Label", "Label DONE", attempt(role="ADMIN"), None),
    ("Review 1", "Review 1 DONE", attempt("REVIEW", "REVIEWER"), None),
    ("Review 1", "Review 1 DONE", attempt(None), DONE),
    # The step before the one that it waits for: a correction, too.
    ("Label", "Review 1 TO_DO", attempt(), None),
    ("Review 1", "Review 2 TO_DO", attempt("REVIEW", "REVIEWER"), None),
    # Further back, or once the work of the next step has begun: read-only.
    ("Label", "Review 1 IN_PROGRESS", attempt(), BEHIND),
    ("Label", "Review 1 REWORK", attempt(), BEHIND),
    ("Label", "Review 1 DONE", attempt(), BEHIND),
    ("Label", "Review 2 TO_DO", attempt(), BEHIND),
    ("Review 1", "Review 2 DONE", attempt("REVIEW", "REVIEWER"), BEHIND),
    # The next review of what is done; only a review takes an asset there.
    ("Review 1", "Label DONE", attempt("REVIEW", "REVIEWER"), None),
    ("Review 2", "Review 1 DONE", attempt("REVIEW", "REVIEWER"), None),
    ("Review 1", "Label DONE", attempt(None, "REVIEWER"), AHEAD),
    # A step that the asset has not come to.
    ("Review 1", "Label TO_DO", attempt("REVIEW", "REVIEWER"), AHEAD),
    ("Review 1", "Label IN_PROGRESS", attempt("REVIEW", "REVIEWER"), AHEAD),
    ("Review 1", "Label PARTIALLY_DONE", attempt("REVIEW", "REVIEWER"), AHEAD),
    ("Review 1", "Label REWORK", attempt("REVIEW", "REVIEWER"), AHEAD),
    ("Review 2", "Label DONE", attempt("REVIEW", "REVIEWER"), AHEAD),
    ("Review 2", "Review 1 TO_DO", attempt("REVIEW", "REVIEWER"), AHEAD),
]


@pytest.mark.parametrize(("named", "at", "tried", "reason"), NAMED)
def test_lock_reason_of_a_label_with_a_step_id(
    named: str, at: str, tried: LabelAttempt, reason: str | None
) -> None:
    attempt_on_step = tried._replace(step_id=named)
    assert lock_reason(context(at, submissions=REVIEWED), attempt_on_step) == reason


CORRECTS, REVIEWS = ("Label", "Label DONE", "DEFAULT"), ("Review 1", "Label DONE", "REVIEW")


@pytest.mark.parametrize(
    ("case", "members", "role", "reason"),
    [
        (CORRECTS, {"submissions": LABELED_BY_ANN}, "LABELER", DONE),
        (CORRECTS, {"submissions": LABELED_BY_ANN}, "REVIEWER", None),
        (CORRECTS, {"is_locked": True}, "LABELER", "AssetAlreadyLocked"),
        (CORRECTS, {"can_work_on_step": False}, "LABELER", "NotInStepAssignees"),
        # Who is assigned to an asset is to label it: nothing is left to be assigned.
        (CORRECTS, {"assignee_ids": ["ann"]}, "LABELER", None),
        (CORRECTS, {"enforces_step_separation": True}, "LABELER", None),
        (
            CORRECTS,
            {"submissions": [("Review 1", "leo")], "enforces_step_separation": True},
            "REVIEWER",
            "BlockedByEnforceStepSeparation",
        ),
        (REVIEWS, {"is_locked": True}, "REVIEWER", "AssetAlreadyLocked"),
        (REVIEWS, {"can_work_on_step": False}, "REVIEWER", "NotInStepAssignees"),
        (REVIEWS, {"assignee_ids": ["ann"]}, "REVIEWER", None),
        (REVIEWS, {"enforces_step_separation": True}, "REVIEWER", "BlockedByEnforceStepSeparation"),
    ],
)
def test_label_with_a_step_id_respects_locks_assignees_and_separation(
    case: tuple[str, str, str], members: dict[str, Any], role: Any, reason: str | None
) -> None:
    named, at, step_type = case
    found = context(at, **{"submissions": LABELED_BY_LEO, **members})
    assert lock_reason(found, attempt(step_type, role, named)) == reason
