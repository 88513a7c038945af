"""The queue that the app shows to a user, and the reasons that keep an asset out of the queue."""

from __future__ import annotations

from kili_emulator.domain import labeling, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.lock_reasons import LockReason
from kili_emulator.rules.workflow import LabelType

# An action on the next asset of the queue → the type of label for which the asset waits.
QUEUED_LABEL_TYPES: dict[str, LabelType] = {
    "submit": "DEFAULT",
    "save": "DEFAULT",
    "skip": "DEFAULT",
    "review": "REVIEW",
}


def next_asset(tx: Transaction, project: ProjectDoc, label_type: LabelType) -> AssetDoc | None:
    """Return the first asset of the user's queue: by priority, then by age.

    See contract/workflow.md#queue.
    """
    waiting = sorted(tx.assets.find("project", project["id"]), key=lambda each: -each["priority"])
    return next((each for each in waiting if _is_waiting(tx, each, label_type)), None)


def _is_waiting(tx: Transaction, asset: AssetDoc, label_type: LabelType) -> bool:
    if asset["skipped"]:
        return False
    if label_type == "REVIEW" and not asset["stepId"] and asset["status"] != "TO_REVIEW":
        return False
    return find_lock_reason(tx, asset, label_type) is None


def find_lock_reason(tx: Transaction, asset: AssetDoc, label_type: LabelType) -> LockReason | None:
    """Return the reason for which the user cannot work on an asset now; ``None`` if they can."""
    if asset["stepId"]:
        return labeling.find_lock_reason(tx, asset, tx.actor.user, label_type)
    project, user = tx.projects.require(asset["projectId"]), tx.actor.user
    if labeling.is_locked(tx, project, asset, user):
        return "AssetAlreadyLocked"
    if label_type == "REVIEW":
        return None
    return _find_v1_lock_reason(tx, project, asset)


def _find_v1_lock_reason(
    tx: Transaction, project: ProjectDoc, asset: AssetDoc
) -> LockReason | None:
    """Return the reason for which the user cannot label an asset of a V1 project now, or ``None``.

    The reasons are those of workflows with steps.
    """
    user = tx.actor.user
    own_label = latest_own_label(tx, asset)
    if asset["status"] in ("TO_REVIEW", "REVIEWED"):
        return "NotInStepAssignees"
    if asset["status"] == "LABELED":
        return "AssetInDoneStepStatusWithCorrectAction" if own_label else "AssetInDoneStepStatus"
    waits = workflow.missing_labelers(tx, project, asset) > 0
    if own_label and waits and not own_label["isSentBackToQueue"]:
        return "AlreadyHaveLabelOnCurrentStep"
    if asset["assigneeIds"] and user["id"] not in asset["assigneeIds"]:
        may_assign = tx.access.role(project, user) in ("ADMIN", "TEAM_MANAGER")
        return "NotAssignedWithAssignAction" if may_assign else "AssetAlreadyAssigned"
    return None


def latest_own_label(tx: Transaction, asset: AssetDoc) -> LabelDoc | None:
    """Return the user's newest submitted label of an asset, or ``None``."""
    labels = workflow.submitted_labels(tx, asset)
    own_labels = [each for each in labels if each["authorId"] == tx.actor.user_id]
    return own_labels[-1] if own_labels else None
