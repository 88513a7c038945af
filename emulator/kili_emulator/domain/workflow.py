"""How assets move through the workflow, with and without steps.

See contract/workflow.md#v1-rules, contract/workflow.md#steps.

An asset of a V1 project has a status only. One of a V2 or V3 project stands in a step; its status
then says the same in the words of V1 (contract/workflow.md#status-of-an-asset-with-steps).
"""

from __future__ import annotations

from collections.abc import Callable
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

# The assets that an action was carried out on, and those to which it does not apply.
MovedAndDeclined = tuple[list[AssetDoc], list[AssetDoc]]


def place_of(asset: AssetDoc) -> StepPosition | None:
    """Where an asset stands; ``None`` in a V1 project."""
    if not asset["stepId"] or not asset["stepStatus"]:
        return None
    return StepPosition(asset["stepId"], asset["stepStatus"])


def move_after_label(tx: Transaction, project: ProjectDoc, label: LabelDoc) -> AssetDoc:
    """Bring an asset where a new label of it says.

    A submitted one brings a skipped asset back, any other leaves it as it is. A correction of what
    is done on a step leaves the asset where it stands.
    """
    asset = tx.assets.require(label["assetId"])
    type_: LabelType = label["labelType"]
    if asset["skipped"]:
        if type_ not in SUBMITTED:
            return asset
        asset = restore(tx, asset)
    step_position = place_of(asset)
    if step_position and not step_rules.advances_asset(step_position, label["stepId"]):
        return asset
    return _move_by_label(tx, project, asset, type_)


def _move_by_label(
    tx: Transaction, project: ProjectDoc, asset: AssetDoc, type_: LabelType
) -> AssetDoc:
    """The asset where its newest label, one of that type, brings it."""
    step_position = place_of(asset)
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
    """How many labelers consensus still waits for on an asset."""
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
    """Whether an asset was labeled, and consensus waits for more labelers.

    In V1 its status does not tell: one that was sent back waits to be labeled again.
    """
    step_position = place_of(asset)
    if step_position:
        return step_position.status == "PARTIALLY_DONE"
    if asset["status"] != "ONGOING" or asset["skipped"]:
        return False
    latest = latest_label(view, asset)
    is_labeled = latest is not None and not latest["isSentBackToQueue"]
    return is_labeled and missing_labelers(view, project, asset) > 0


def advance_waiting(tx: Transaction, project: ProjectDoc, asset: AssetDoc) -> AssetDoc:
    """Bring an asset that waited for more labelers on, as the label of the last one would have.

    Where consensus still waits for somebody, it stays.
    """
    return _move_by_label(tx, project, asset, "DEFAULT")


def move(tx: Transaction, asset: AssetDoc, step_position: StepPosition) -> AssetDoc:
    """Put an asset of a workflow with steps somewhere, and tell so if it was elsewhere."""
    before = place_of(asset)
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
    """Tell that something happened to an asset."""
    payload = {**asset_payload(asset), **members}
    tx.emit(subject, payload, project_id=asset["projectId"])


def add_to_review(tx: Transaction, operation: str, assets: list[AssetDoc]) -> MovedAndDeclined:
    """Put labeled assets up for review (contract/workflow.md#v1-rules, contract/workflow.md#steps).

    Returns:
        the assets that moved, and those to which it does not apply.
    """
    return _apply_to_assets(tx, operation, assets, _move_to_review)


def send_back(tx: Transaction, operation: str, assets: list[AssetDoc]) -> MovedAndDeclined:
    """Send assets back to be labeled again; their latest label is marked.

    See contract/workflow.md#send-back.

    Returns:
        the assets that moved, and those to which it does not apply.
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
    """The asset in its next review; ``None`` where it cannot go there."""
    latest = latest_label(tx, asset)
    step_position = place_of(asset)
    if step_position is None:
        status = rules.after_add_to_review(asset["status"], has_label=latest is not None)
        return _change_asset(tx, asset, status=status) if status else None
    if latest is None:
        return None
    return _move_to_next_review(tx, asset, step_position)


def _move_to_next_review(
    tx: Transaction, asset: AssetDoc, step_position: StepPosition
) -> AssetDoc | None:
    """An asset with steps in its next review; ``None`` where it cannot go there."""
    new = step_rules.after_add_to_review(step.steps_of(tx, asset["projectId"]), step_position)
    if new is None:
        return None
    asset = move(tx, asset, new)
    emit_event(tx, "asset.workflow.setToNextStep", asset, **_step_change(step_position, new))
    return asset


def move_to_step_of_label(tx: Transaction, asset: AssetDoc, step_id: str | None) -> AssetDoc:
    """The asset, in the next review if it is done and a label is for that step.

    See contract/workflow.md#labels-that-name-a-step.
    """
    step_position = place_of(asset)
    if step_position is None or step_id is None:
        return asset
    steps = step.steps_of(tx, asset["projectId"])
    if step_rules.classify_label_use(steps, step_position, step_id) != "REVIEW_OF_DONE":
        return asset
    return _move_to_next_review(tx, asset, step_position) or asset


def _send_back(tx: Transaction, asset: AssetDoc) -> AssetDoc | None:
    """The asset to be labeled again; ``None`` for one that is still to be labeled."""
    latest = latest_label(tx, asset)
    step_position = place_of(asset)
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


def submitted_labels(view: View, asset: AssetDoc) -> list[LabelDoc]:
    """What people said about an asset: not the truth of a honeypot, where that is on no step."""
    labels, has_steps = view.labels.find("asset", asset["id"]), bool(asset["stepId"])
    return [each for each in labels if is_submitted(each, has_steps=has_steps)]


def latest_label(view: View, asset: AssetDoc) -> LabelDoc | None:
    """The newest label that a person submitted: DEFAULT or REVIEW."""
    return next(reversed(submitted_labels(view, asset)), None)


def latest_labels(view: View, asset: AssetDoc) -> list[LabelDoc]:
    """The newest label of each labeler of the last step that has any; in V1, of the last review."""
    labels = [each for each in submitted_labels(view, asset) if each["isLastForStep"]]
    if not labels:
        return []
    step_position = (labels[-1]["stepId"], labels[-1]["labelType"])
    return [each for each in labels if (each["stepId"], each["labelType"]) == step_position]


def skip(tx: Transaction, operation: str, asset: AssetDoc, reason: str | None) -> AssetDoc:
    """Take an asset out of the queue (contract/workflow.md#skip).

    Raises:
        KiliError: the project does not let assets be skipped, or the asset is used for consensus
            or labeled already.
    """
    project = tx.access.require_project(operation, asset["projectId"])
    if not project["canSkipAsset"]:
        raise errors.skip_not_allowed(operation)
    if asset["isUsedForConsensus"]:
        raise errors.consensus_not_skipped(operation)
    if asset["skipped"]:
        return asset
    step_position = place_of(asset)
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
        KiliError: it is not skipped.
    """
    tx.access.require_project(operation, asset["projectId"])
    if not asset["skipped"]:
        raise errors.asset_not_skipped(operation)
    return restore(tx, asset)


def restore(tx: Transaction, asset: AssetDoc) -> AssetDoc:
    """A skipped asset, to be labeled again."""
    step_position = place_of(asset)
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
