"""How assets move through the workflow: review, send back, priority (contract §5.5–5.8)."""

from __future__ import annotations

from emulator.domain import access, asset
from emulator.domain.world import Transaction
from emulator.rules import workflow as rules
from emulator.storage.snapshot import Document


def set_priority(
    tx: Transaction, operation: str, assets: list[Document], priority: int
) -> tuple[list[Document], list[Document]]:
    """Have assets labeled earlier or later; those that are labeled or skipped decline it.

    Returns:
        the assets that have the priority now, and those to which it does not apply.
    """
    served, declined = [], []
    for each in assets:
        access.require(tx, operation, each["projectId"])
        if each["skipped"] or each["status"] not in rules.REMAINING:
            declined.append(each)
        else:
            served.append(asset.change(tx, each, {"priority": priority}))
    return served, declined


def add_to_review(
    tx: Transaction, operation: str, assets: list[Document]
) -> tuple[list[Document], list[Document]]:
    """Put labeled assets up for review (contract §5.6).

    Returns:
        the assets that moved, and those to which it does not apply.
    """
    moved, declined = [], []
    for each in assets:
        access.require(tx, operation, each["projectId"])
        latest = latest_label(tx.labels.find("asset", each["id"]))
        status = rules.after_add_to_review(each["status"], has_label=latest is not None)
        if status is None:
            declined.append(each)
        else:
            moved.append(tx.assets.change(each, status=status, updatedAt=tx.now))
    return moved, declined


def send_back(
    tx: Transaction, operation: str, assets: list[Document]
) -> tuple[list[Document], list[Document]]:
    """Send assets back to be labeled again; their latest label is marked (contract §5.6).

    Returns:
        the assets that moved, and those to which it does not apply.
    """
    moved, declined = [], []
    for each in assets:
        access.require(tx, operation, each["projectId"])
        status = rules.after_send_back(each["status"])
        if status is None or each["skipped"]:
            declined.append(each)
            continue
        moved.append(tx.assets.change(each, status=status, updatedAt=tx.now))
        latest = latest_label(tx.labels.find("asset", each["id"]))
        if latest:
            tx.labels.change(latest, isSentBackToQueue=True, updatedAt=tx.now)
    return moved, declined


def latest_label(labels: list[Document]) -> Document | None:
    """The newest label that a person submitted: DEFAULT or REVIEW."""
    human = [label for label in labels if label["labelType"] in ("DEFAULT", "REVIEW")]
    return human[-1] if human else None
