"""The opening of an asset in the app: its conditions, and its effects on the asset.

See contract/simulated-user.md#commands.
"""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain import labeling, lock, step, workflow
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.simulated_user.queue import (
    QUEUED_LABEL_TYPES,
    find_lock_reason,
    latest_own_label,
)
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import permissions
from kili_emulator.rules import steps as step_rules
from kili_emulator.rules.lock_reasons import LockReason
from kili_emulator.rules.steps import StepPosition
from kili_emulator.rules.workflow import LabelType

SUBMIT = "appendManyLabels"
_CORRECTABLE = (
    "AlreadyHaveLabelOnCurrentStep",
    "AssetInDoneStepStatusWithCorrectAction",
    "AssetInNextStepWithCorrectAction",
)


def open_asset(tx: Transaction, asset: AssetDoc, verb: str, *, correct: bool) -> AssetDoc:
    """Check that the user can work on an asset, and lock the asset for the user.

    Args:
        verb: the name of the action, the same as that of its command.
        correct: the user wants to change a label that they submitted before.

    Returns:
        the changed asset.

    Raises:
        KiliError: the user cannot work on the asset now.
    """
    label_type = QUEUED_LABEL_TYPES[verb]
    tx.access.require_project(SUBMIT, asset["projectId"], permissions.LABEL_TYPE_ROLES[label_type])
    check_not_skipped(asset)
    is_reviewed = asset["status"] in ("TO_REVIEW", "REVIEWED") and label_type != "REVIEW"
    if not asset["stepId"] and is_reviewed:
        raise errors.asset_in_review(asset["externalId"])
    reason = find_lock_reason(tx, asset, label_type)
    if correct and reason in _CORRECTABLE:
        asset = _reopen_for_correction(tx, asset, label_type, reason)
    elif reason:
        raise errors.user_locked_out(verb, asset["externalId"], tx.actor.user["email"], reason)
    elif correct:
        raise errors.nothing_to_correct(asset["externalId"])
    return lock_asset(tx, asset, verb)


def lock_asset(tx: Transaction, asset: AssetDoc, verb: str) -> AssetDoc:
    """Lock an asset for the user.

    Raises:
        KiliError: another user has locked it.
    """
    project, user = tx.projects.require(asset["projectId"]), tx.actor.user
    if labeling.is_locked(tx, project, asset, user):
        reason: LockReason = "AssetAlreadyLocked"
        raise errors.user_locked_out(verb, asset["externalId"], user["email"], reason)
    lock.on_autosave(tx, asset, user)
    return asset


def check_not_skipped(asset: AssetDoc) -> None:
    """Raise an error if an asset is skipped."""
    if asset["skipped"]:
        raise errors.asset_skipped(asset["externalId"])


def _reopen_for_correction(
    tx: Transaction, asset: AssetDoc, label_type: LabelType, reason: LockReason | None
) -> AssetDoc:
    """Move an asset back to the step in which the user submitted the label to be changed."""
    step_position = workflow.get_step_position(asset)
    if step_position is None:  # in a V1 project, the new label is the correction
        return asset
    steps = step.steps_of(tx, asset["projectId"])
    corrected = step_rules.require_step(steps, step_position.step_id)
    if reason == "AssetInNextStepWithCorrectAction":
        corrected = step_rules.labeling_step(steps, corrected)
    if corrected["type"] != label_type:
        raise errors.nothing_to_correct(asset["externalId"])
    submitted_label = latest_own_label(tx, asset)
    asset = workflow.move(tx, asset, StepPosition(corrected["id"], "REWORK"))
    step_members = {"newStepId": corrected["id"], "previousStepId": step_position.step_id}
    label_members = {"labelId": submitted_label["id"]} if submitted_label else {}
    workflow.emit_event(
        tx, "label.workflow.revisionStarted", asset, **label_members, **step_members
    )
    return asset


def move_to_review(tx: Transaction, asset: AssetDoc, *, correct: bool) -> AssetDoc:
    """Move an asset to the next review, unless the asset waits for a review already.

    Raises:
        KiliError: the asset is skipped or not labeled, or no review step follows.
    """
    check_not_skipped(asset)
    step_position = workflow.get_step_position(asset)
    if step_position is None:
        if asset["status"] in ("TODO", "ONGOING"):
            raise errors.asset_not_labeled(asset["externalId"])
        return asset
    current = step_rules.require_step(step.steps_of(tx, asset["projectId"]), step_position.step_id)
    if current["type"] == "REVIEW" and (step_position.status != "DONE" or correct):
        return asset
    if step_position.status != "DONE":
        raise errors.asset_not_labeled(asset["externalId"])
    moved, _ = workflow.add_to_review(tx, "addAssetsToReview", [asset])
    if moved:
        return moved[0]
    if current["type"] == "REVIEW":
        return asset  # reviewed already: open_asset refuses the asset and explains the alternatives
    raise errors.review_step_missing(asset["externalId"])
