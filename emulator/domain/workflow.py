"""How assets move through the workflow, with and without steps (contract §5.5–5.8).

An asset of a V1 project has a status only. One of a V2 or V3 project stands in a step; its status
then says the same in the words of V1 (contract §11.13).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import errors
from emulator.domain import access, lock, step
from emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from emulator.domain.payloads import SENT_BACK, event_payload
from emulator.domain.repository import differing
from emulator.domain.world import Transaction, View
from emulator.rules import steps as step_rules
from emulator.rules import workflow as rules
from emulator.rules.latest_labels import is_submitted
from emulator.rules.steps import Place
from emulator.rules.workflow import SUBMITTED, LabelType

# The assets that an action was carried out on, and those to which it does not apply.
Split = tuple[list[AssetDoc], list[AssetDoc]]


def place_of(target: AssetDoc) -> Place | None:
    """Where an asset stands; ``None`` in a V1 project."""
    if not target["stepId"] or not target["stepStatus"]:
        return None
    return Place(target["stepId"], target["stepStatus"])


def move_after_label(tx: Transaction, project: ProjectDoc, label: LabelDoc) -> AssetDoc:
    """Bring an asset where a new label of it says.

    A submitted one brings a skipped asset back, any other leaves it as it is. A correction of what
    is done on a step leaves the asset where it stands.
    """
    target = tx.assets.the(label["assetId"])
    type_: LabelType = label["labelType"]
    if target["skipped"]:
        if type_ not in SUBMITTED:
            return target
        target = restore(tx, target)
    place = place_of(target)
    if place and not step_rules.is_moved_by_label(place, label["stepId"]):
        return target
    return _moved_by(tx, project, target, type_)


def _moved_by(tx: Transaction, project: ProjectDoc, target: AssetDoc, type_: LabelType) -> AssetDoc:
    """The asset where its newest label, one of that type, brings it."""
    place = place_of(target)
    if place is None:
        status = rules.after_label(
            target["status"],
            type_,
            missing=missing_labelers(tx, project, target),
            drawn_for_review=lambda: tx.draw(project["reviewCoverage"]),
        )
        return _change(tx, target, status=status)
    if type_ == "AUTOSAVE":
        return move(tx, target, step_rules.after_autosave(place))
    if type_ not in SUBMITTED:
        return target
    new = step_rules.after_submit(
        step.steps_of(tx, project["id"]),
        place,
        missing=missing_labelers(tx, project, target) if type_ == "DEFAULT" else 0,
        draw=tx.draw,
    )
    return move(tx, target, new)


def missing_labelers(view: View, project: ProjectDoc, target: AssetDoc) -> int:
    """How many labelers consensus still waits for on an asset."""
    if not target["isUsedForConsensus"]:
        return 0
    expected: int = project["minConsensusSize"]
    if target["stepId"]:
        expected = view.steps.the(target["stepId"])["numberOfExpectedLabelsForConsensus"] or 1
    labels = view.labels.find("asset", target["id"])
    submitted = [each for each in labels if each["labelType"] == "DEFAULT"]
    labelers = {each["authorId"] for each in submitted if each["stepId"] == target["stepId"]}
    return max(0, expected - len(labelers))


def waits_for_labelers(view: View, project: ProjectDoc, target: AssetDoc) -> bool:
    """Whether an asset was labeled, and consensus waits for more labelers.

    In V1 its status does not tell: one that was sent back waits to be labeled again.
    """
    place = place_of(target)
    if place:
        return place.status == "PARTIALLY_DONE"
    if target["status"] != "ONGOING" or target["skipped"]:
        return False
    latest = latest_label(view, target)
    is_labeled = latest is not None and not latest["isSentBackToQueue"]
    return is_labeled and missing_labelers(view, project, target) > 0


def go_on(tx: Transaction, project: ProjectDoc, target: AssetDoc) -> AssetDoc:
    """Bring an asset that waited for more labelers on, as the label of the last one would have.

    Where consensus still waits for somebody, it stays.
    """
    return _moved_by(tx, project, target, "DEFAULT")


def move(tx: Transaction, target: AssetDoc, place: Place) -> AssetDoc:
    """Put an asset of a workflow with steps somewhere, and tell so if it was elsewhere."""
    before = place_of(target)
    if before is None or place == before:
        return target
    steps = step.steps_of(tx, target["projectId"])
    status = step_rules.v1_status(steps, place, target["status"])
    target = _change(tx, target, stepId=place.step_id, stepStatus=place.status, status=status)
    if place.step_id != before.step_id:
        tell(tx, "asset.workflow.currentStep.changed", target, **_ways(before, place))
    members = {"status": place.status, "stepId": place.step_id}
    tell(tx, "asset.workflow.currentStep.statusChanged", target, **members)
    return target


def _change(tx: Transaction, target: AssetDoc, **members: Any) -> AssetDoc:
    if not differing(target, members):
        return target
    return tx.assets.change(target, **members, updatedAt=tx.now)


def _ways(before: Place, after: Place) -> dict[str, str]:
    return {"newStepId": after.step_id, "previousStepId": before.step_id}


def tell(tx: Transaction, subject: str, target: AssetDoc, **members: Any) -> None:
    """Tell that something happened to an asset."""
    payload = {**event_payload(target), **members}
    tx.emit(subject, payload, project_id=target["projectId"])


def add_to_review(tx: Transaction, operation: str, assets: list[AssetDoc]) -> Split:
    """Put labeled assets up for review (contract §5.6, §5.7).

    Returns:
        the assets that moved, and those to which it does not apply.
    """
    return _each(tx, operation, assets, _reviewed_next)


def send_back(tx: Transaction, operation: str, assets: list[AssetDoc]) -> Split:
    """Send assets back to be labeled again; their latest label is marked (contract §5.6, §5.7).

    Returns:
        the assets that moved, and those to which it does not apply.
    """
    return _each(tx, operation, assets, _sent_back)


def _each(
    tx: Transaction,
    operation: str,
    assets: list[AssetDoc],
    move_on: Callable[[Transaction, AssetDoc], AssetDoc | None],
) -> Split:
    moved: list[AssetDoc] = []
    declined: list[AssetDoc] = []
    for each in assets:
        access.require(tx, operation, each["projectId"])
        new = None if each["skipped"] else move_on(tx, each)
        (declined if new is None else moved).append(new or each)
    return moved, declined


def _reviewed_next(tx: Transaction, target: AssetDoc) -> AssetDoc | None:
    """The asset in its next review; ``None`` where it cannot go there."""
    latest = latest_label(tx, target)
    place = place_of(target)
    if place is None:
        status = rules.after_add_to_review(target["status"], has_label=latest is not None)
        return _change(tx, target, status=status) if status else None
    if latest is None:
        return None
    return _taken_for_review(tx, target, place)


def _taken_for_review(tx: Transaction, target: AssetDoc, place: Place) -> AssetDoc | None:
    """An asset with steps in its next review; ``None`` where it cannot go there."""
    new = step_rules.after_add_to_review(step.steps_of(tx, target["projectId"]), place)
    if new is None:
        return None
    target = move(tx, target, new)
    tell(tx, "asset.workflow.setToNextStep", target, **_ways(place, new))
    return target


def take_to_step(tx: Transaction, target: AssetDoc, step_id: str | None) -> AssetDoc:
    """The asset, in the next review if it is done and a label is for that step (contract §12.6)."""
    place = place_of(target)
    if place is None or step_id is None:
        return target
    steps = step.steps_of(tx, target["projectId"])
    if step_rules.use_of_label(steps, place, step_id) != "REVIEW_OF_DONE":
        return target
    return _taken_for_review(tx, target, place) or target


def _sent_back(tx: Transaction, target: AssetDoc) -> AssetDoc | None:
    """The asset to be labeled again; ``None`` for one that is still to be labeled."""
    latest = latest_label(tx, target)
    place = place_of(target)
    if place is None:
        status = rules.after_send_back(target["status"])
        if status is None:
            return None
        target = _change(tx, target, status=status)
    else:
        new = step_rules.after_send_back(step.steps_of(tx, target["projectId"]), place)
        if new is None:
            return None
        target = move(tx, target, new)
        if latest:
            verb = "revisionStarted" if new.step_id == place.step_id else "rejected"
            members = {"labelId": latest["id"], **_ways(place, new)}
            tell(tx, f"label.workflow.{verb}", target, **members)
    if latest:
        tx.labels.change(latest, isSentBackToQueue=True, updatedAt=tx.now)
    told = event_payload(target)
    tx.emit(SENT_BACK, told, project_id=target["projectId"], internal=True)
    return target


def submitted_labels(view: View, target: AssetDoc) -> list[LabelDoc]:
    """What people said about an asset: not the truth of a honeypot, where that is on no step."""
    labels, has_steps = view.labels.find("asset", target["id"]), bool(target["stepId"])
    return [each for each in labels if is_submitted(each, has_steps=has_steps)]


def latest_label(view: View, target: AssetDoc) -> LabelDoc | None:
    """The newest label that a person submitted: DEFAULT or REVIEW."""
    return next(reversed(submitted_labels(view, target)), None)


def latest_labels(view: View, target: AssetDoc) -> list[LabelDoc]:
    """The newest label of each labeler of the last step that has any; in V1, of the last review."""
    labels = [each for each in submitted_labels(view, target) if each["isLastForStep"]]
    if not labels:
        return []
    place = (labels[-1]["stepId"], labels[-1]["labelType"])
    return [each for each in labels if (each["stepId"], each["labelType"]) == place]


def skip(tx: Transaction, operation: str, target: AssetDoc, reason: str | None) -> AssetDoc:
    """Take an asset out of the queue (contract §5.7).

    Raises:
        KiliError: the project does not let assets be skipped, or the asset is used for consensus
            or labeled already.
    """
    project = access.require(tx, operation, target["projectId"])
    if not project["canSkipAsset"]:
        raise errors.skip_refused(operation)
    if target["isUsedForConsensus"]:
        raise errors.consensus_not_skipped(operation)
    if target["skipped"]:
        return target
    place = place_of(target)
    if place:
        if not step_rules.waits_for_work(place):
            raise errors.skip_of_done(operation)
        target = move(tx, target, Place(place.step_id, "SKIPPED"))
    target = _change(tx, target, skipped=True, skipReason=reason)
    lock.on_submit(tx, target, tx.actor.user)
    tell(tx, "asset.skipped", target, skipped=True, status="SKIPPED")
    return target


def unskip(tx: Transaction, operation: str, target: AssetDoc) -> AssetDoc:
    """Bring a skipped asset back into the queue.

    Raises:
        KiliError: it is not skipped.
    """
    access.require(tx, operation, target["projectId"])
    if not target["skipped"]:
        raise errors.not_skipped(operation)
    return restore(tx, target)


def restore(tx: Transaction, target: AssetDoc) -> AssetDoc:
    """A skipped asset, to be labeled again."""
    place = place_of(target)
    if place:
        target = move(tx, target, Place(place.step_id, "TO_DO"))
    target = _change(tx, target, skipped=False, skipReason=None)
    tell(tx, "asset.unskipped", target)
    return target
