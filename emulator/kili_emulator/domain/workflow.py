"""The moves of assets through the workflow, with and without steps.

See contract/workflow.md#v1-rules, contract/workflow.md#steps.

An asset of a V1 project has only a status. An asset of a V2 or V3 project has a position: a step
and a status in that step. Its own status is derived from the position, as a status of V1
(contract/workflow.md#status-of-an-asset-with-steps).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import lock, step
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.repository import changed_members
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules import steps as step_rules
from kili_emulator.rules import workflow as rules
from kili_emulator.rules.latest_labels import is_submitted
from kili_emulator.rules.steps import StepPosition
from kili_emulator.rules.subjects import SENT_BACK
from kili_emulator.rules.workflow import SUBMITTED, LabelType

# The assets that an action moved, and those to which the action does not apply.
MovedAndDeclined = tuple[list[AssetDoc], list[AssetDoc]]


def get_step_position(asset: AssetDoc) -> StepPosition | None:
    """Return an asset's position in the workflow; ``None`` in a V1 project."""
    if not asset["stepId"] or not asset["stepStatus"]:
        return None
    return StepPosition(asset["stepId"], asset["stepStatus"])


def move_after_label(tx: Transaction, project: ProjectDoc, label: LabelDoc) -> AssetDoc:
    """Move an asset after a new label was added to it.

    A submitted label restores a skipped asset, a label of another type leaves it skipped. A
    correction of finished work on a step does not move the asset.
    """
    asset = tx.assets.require(label["assetId"])
    type_: LabelType = label["labelType"]
    if asset["skipped"]:
        if type_ not in SUBMITTED:
            return asset
        asset = restore(tx, asset)
    step_position = get_step_position(asset)
    if step_position and not step_rules.advances_asset(step_position, label["stepId"]):
        return asset
    return _move_by_label(tx, project, asset, type_)


def _move_by_label(
    tx: Transaction, project: ProjectDoc, asset: AssetDoc, type_: LabelType
) -> AssetDoc:
    """Move an asset whose newest label has that type."""
    step_position = get_step_position(asset)
    if step_position is None:
        status = rules.after_label(
            asset["status"],
            type_,
            missing=missing_labelers(tx, project, asset),
            is_drawn_for_review=lambda: tx.draw(project["reviewCoverage"]),
        )
        return _change_asset(tx, asset, status=status)
    if type_ == "AUTOSAVE":
        return move(tx, asset, step_rules.after_autosave(step_position))
    if type_ not in SUBMITTED:
        return asset
    new = step_rules.after_submit(
        step.steps_of(tx, project["id"]),
        step_position,
        missing=missing_labelers(tx, project, asset) if type_ == "DEFAULT" else 0,
        draw=tx.draw,
    )
    return move(tx, asset, new)


def missing_labelers(view: View, project: ProjectDoc, asset: AssetDoc) -> int:
    """Return the number of labelers for whom consensus still waits on an asset."""
    if not asset["isUsedForConsensus"]:
        return 0
    expected: int = project["minConsensusSize"]
    if asset["stepId"]:
        expected = view.steps.require(asset["stepId"])["numberOfExpectedLabelsForConsensus"] or 1
    labels = view.labels.find("asset", asset["id"])
    submitted = [each for each in labels if each["labelType"] == "DEFAULT"]
    labelers = {each["authorId"] for each in submitted if each["stepId"] == asset["stepId"]}
    return max(0, expected - len(labelers))


def waits_for_labelers(view: View, project: ProjectDoc, asset: AssetDoc) -> bool:
    """Return whether an asset was labeled, and consensus waits for more labelers.

    In V1, the status ONGOING is not enough: an asset that was sent back has it, too.
    """
    step_position = get_step_position(asset)
    if step_position:
        return step_position.status == "PARTIALLY_DONE"
    if asset["status"] != "ONGOING" or asset["skipped"]:
        return False
    latest = latest_label(view, asset)
    is_labeled = latest is not None and not latest["isSentBackToQueue"]
    return is_labeled and missing_labelers(view, project, asset) > 0


def advance_waiting(tx: Transaction, project: ProjectDoc, asset: AssetDoc) -> AssetDoc:
    """Move an asset that waited for more labelers, as the label of the last labeler would.

    The asset stays if consensus still waits for a labeler.
    """
    return _move_by_label(tx, project, asset, "DEFAULT")


def move(tx: Transaction, asset: AssetDoc, step_position: StepPosition) -> AssetDoc:
    """Move an asset to a position in a workflow with steps; emit the events of the change."""
    before = get_step_position(asset)
    if before is None or step_position == before:
        return asset
    steps = step.steps_of(tx, asset["projectId"])
    status = step_rules.v1_status(steps, step_position, asset["status"])
    asset = _change_asset(
        tx, asset, stepId=step_position.step_id, stepStatus=step_position.status, status=status
    )
    if step_position.step_id != before.step_id:
        emit_event(
            tx, "asset.workflow.currentStep.changed", asset, **_step_change(before, step_position)
        )
    members = {"status": step_position.status, "stepId": step_position.step_id}
    emit_event(tx, "asset.workflow.currentStep.statusChanged", asset, **members)
    return asset


def _change_asset(tx: Transaction, asset: AssetDoc, **members: Any) -> AssetDoc:
    if not changed_members(asset, members):
        return asset
    return tx.assets.change(asset, **members, updatedAt=tx.now)


def _step_change(before: StepPosition, after: StepPosition) -> dict[str, str]:
    return {"newStepId": after.step_id, "previousStepId": before.step_id}


def emit_event(tx: Transaction, subject: str, asset: AssetDoc, **members: Any) -> None:
    """Emit an event about an asset."""
    payload = {**asset_payload(asset), **members}
    tx.emit(subject, payload, project_id=asset["projectId"])


def add_to_review(tx: Transaction, operation: str, assets: list[AssetDoc]) -> MovedAndDeclined:
    """Move labeled assets to their review.

    See contract/workflow.md#v1-rules, contract/workflow.md#steps.

    Returns:
        the assets that moved, and those that cannot be reviewed.
    """
    return _apply_to_assets(tx, operation, assets, _move_to_review)


def send_back(tx: Transaction, operation: str, assets: list[AssetDoc]) -> MovedAndDeclined:
    """Send assets back to be labeled again, and mark their latest labels as sent back.

    See contract/workflow.md#send-back.

    Returns:
        the assets that moved, and those that cannot be sent back.
    """
    return _apply_to_assets(tx, operation, assets, _send_back)


def _apply_to_assets(
    tx: Transaction,
    operation: str,
    assets: list[AssetDoc],
    move_on: Callable[[Transaction, AssetDoc], AssetDoc | None],
) -> MovedAndDeclined:
    moved: list[AssetDoc] = []
    declined: list[AssetDoc] = []
    for each in assets:
        tx.access.require_project(operation, each["projectId"])
        new = None if each["skipped"] else move_on(tx, each)
        (declined if new is None else moved).append(new or each)
    return moved, declined


def _move_to_review(tx: Transaction, asset: AssetDoc) -> AssetDoc | None:
    """Move an asset to its next review; return ``None`` if it cannot be reviewed."""
    latest = latest_label(tx, asset)
    step_position = get_step_position(asset)
    if step_position is None:
        status = rules.after_add_to_review(asset["status"], has_label=latest is not None)
        return _change_asset(tx, asset, status=status) if status else None
    if latest is None:
        return None
    return _move_to_next_review(tx, asset, step_position)


def _move_to_next_review(
    tx: Transaction, asset: AssetDoc, step_position: StepPosition
) -> AssetDoc | None:
    """Move an asset to its next review step; return ``None`` if no review step follows."""
    new = step_rules.after_add_to_review(step.steps_of(tx, asset["projectId"]), step_position)
    if new is None:
        return None
    asset = move(tx, asset, new)
    emit_event(tx, "asset.workflow.setToNextStep", asset, **_step_change(step_position, new))
    return asset


def move_to_step_of_label(tx: Transaction, asset: AssetDoc, step_id: str | None) -> AssetDoc:
    """Move a finished asset to its next review if a label names that step; return the asset.

    See contract/workflow.md#labels-that-name-a-step.
    """
    step_position = get_step_position(asset)
    if step_position is None or step_id in (None, step_position.step_id):
        return asset
    steps = step.steps_of(tx, asset["projectId"])
    if step_rules.classify_label_use(steps, step_position, step_id) != "REVIEW_OF_DONE":
        return asset
    return _move_to_next_review(tx, asset, step_position) or asset


def _send_back(tx: Transaction, asset: AssetDoc) -> AssetDoc | None:
    """Send an asset back; return ``None`` if it is still to be labeled."""
    latest = latest_label(tx, asset)
    step_position = get_step_position(asset)
    if step_position is None:
        status = rules.after_send_back(asset["status"])
        if status is None:
            return None
        asset = _change_asset(tx, asset, status=status)
    else:
        new = step_rules.after_send_back(step.steps_of(tx, asset["projectId"]), step_position)
        if new is None:
            return None
        asset = move(tx, asset, new)
        if latest:
            verb = "revisionStarted" if new.step_id == step_position.step_id else "rejected"
            members = {"labelId": latest["id"], **_step_change(step_position, new)}
            emit_event(tx, f"label.workflow.{verb}", asset, **members)
    if latest:
        tx.labels.change(latest, isSentBackToQueue=True, updatedAt=tx.now)
    sent_back_payload = asset_payload(asset)
    tx.emit(SENT_BACK, sent_back_payload, project_id=asset["projectId"], internal=True)
    return asset


def submitted_labels(
    view: View, asset: AssetDoc, labels: Sequence[LabelDoc] | None = None
) -> list[LabelDoc]:
    """Return the submitted labels; with steps, a honeypot's right answer is not one of them.

    Args:
        labels: the labels of the asset, if the caller has read them.
    """
    if labels is None:
        labels = view.labels.find("asset", asset["id"])
    has_steps = bool(asset["stepId"])
    return [each for each in labels if is_submitted(each, has_steps=has_steps)]


def latest_label(view: View, asset: AssetDoc) -> LabelDoc | None:
    """Return the newest DEFAULT or REVIEW label of an asset, or ``None``."""
    return next(reversed(submitted_labels(view, asset)), None)


def latest_labels(view: View, asset: AssetDoc) -> list[LabelDoc]:
    """Return each author's newest label of the last step with labels.

    A V1 project has no steps: there, only labels of the newest label's type count.
    """
    labels = [each for each in submitted_labels(view, asset) if each["isLastForStep"]]
    if not labels:
        return []
    step_and_type = (labels[-1]["stepId"], labels[-1]["labelType"])
    return [each for each in labels if (each["stepId"], each["labelType"]) == step_and_type]


def skip(tx: Transaction, operation: str, asset: AssetDoc, reason: str | None) -> AssetDoc:
    """Take an asset out of the queue (contract/workflow.md#skip).

    Raises:
        KiliError: the project does not allow skipping, or the asset is used for consensus or
            labeled already.
    """
    project = tx.access.require_project(operation, asset["projectId"])
    if not project["canSkipAsset"]:
        raise errors.skip_not_allowed(operation)
    if asset["isUsedForConsensus"]:
        raise errors.consensus_not_skipped(operation)
    if asset["skipped"]:
        return asset
    step_position = get_step_position(asset)
    if step_position:
        if not step_rules.accepts_work(step_position):
            raise errors.labeled_asset_not_skippable(operation)
        asset = move(tx, asset, StepPosition(step_position.step_id, "SKIPPED"))
    asset = _change_asset(tx, asset, skipped=True, skipReason=reason)
    lock.on_submit(tx, asset, tx.actor.user)
    emit_event(tx, "asset.skipped", asset, skipped=True, status="SKIPPED")
    return asset


def unskip(tx: Transaction, operation: str, asset: AssetDoc) -> AssetDoc:
    """Bring a skipped asset back into the queue.

    Raises:
        KiliError: the asset is not skipped.
    """
    tx.access.require_project(operation, asset["projectId"])
    if not asset["skipped"]:
        raise errors.asset_not_skipped(operation)
    return restore(tx, asset)


def restore(tx: Transaction, asset: AssetDoc) -> AssetDoc:
    """Restore a skipped asset, so that it can be labeled again."""
    step_position = get_step_position(asset)
    if step_position:
        asset = move(tx, asset, StepPosition(step_position.step_id, "TO_DO"))
    asset = _change_asset(tx, asset, skipped=False, skipReason=None)
    emit_event(tx, "asset.unskipped", asset)
    return asset


def set_assignees(tx: Transaction, asset: AssetDoc, user_ids: list[str]) -> AssetDoc:
    """Assign an asset to users, and emit an event if that changes its assignees."""
    user_ids = list(dict.fromkeys(user_ids))
    if user_ids == asset["assigneeIds"]:
        return asset
    asset = tx.assets.change(asset, assigneeIds=user_ids, updatedAt=tx.now)
    emit_event(tx, "asset.workflow.assigned", asset)
    return asset
