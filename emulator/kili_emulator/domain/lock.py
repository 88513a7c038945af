"""Locks: who is at work on an asset, so that two do not label it at once.

See contract/lock.md#lifetime, contract/lock.md#effect.

Clients have no operation that makes one. Work in progress does: saving an AUTOSAVE label locks the
asset for its author, each further one renews the lock, and submitting releases it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kili_emulator import clock
from kili_emulator.domain.documents import AssetDoc, LockDoc, LockType, UserDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction, View

LIFETIME = timedelta(minutes=30)

_IN_REVIEW = ("TO_REVIEW", "REVIEWED")


def lock(tx: Transaction, asset: AssetDoc, user: UserDoc, lock_type: LockType) -> LockDoc:
    """Have a user hold an asset from now on; locks of others that ran out are taken off it.

    Args:
        lock_type: DEFAULT for work that labels, REVIEW for work that reviews.
    """
    for each in tx.locks.find("asset", asset["id"]):
        if not _is_valid(each, tx.moment):
            release(tx, each)
    current_lock = _find_lock(tx, asset, user)
    if current_lock:
        return tx.locks.change(current_lock, lockType=lock_type, renewedAt=tx.now)
    new_lock = tx.locks.insert(
        {
            "id": tx.new_id(),
            "assetId": asset["id"],
            "projectId": asset["projectId"],
            "authorId": user["id"],
            "lockType": lock_type,
            "createdAt": tx.now,
            "renewedAt": tx.now,
        }
    )
    payload = asset_payload(asset)
    tx.emit("asset.workflow.lock.created", payload, project_id=asset["projectId"])
    return new_lock


def release(tx: Transaction, current_lock: LockDoc) -> None:
    """Take a lock off its asset."""
    tx.locks.delete(current_lock)
    payload = asset_payload(tx.assets.require(current_lock["assetId"]))
    tx.emit("asset.workflow.lock.deleted", payload, project_id=current_lock["projectId"])


def locks_of(view: View, asset: AssetDoc) -> list[LockDoc]:
    """All locks of an asset, also those that ran out, in creation order."""
    return view.locks.find("asset", asset["id"])


def valid_locks(view: View, asset: AssetDoc, now: datetime) -> list[LockDoc]:
    """The locks of an asset that hold: made or renewed no longer ago than ``LIFETIME``."""
    return [each for each in locks_of(view, asset) if _is_valid(each, now)]


def count_locks_of_others(view: View, asset: AssetDoc, user: UserDoc, now: datetime) -> int:
    """How many others are at work on an asset."""
    return sum(each["authorId"] != user["id"] for each in valid_locks(view, asset, now))


def on_autosave(tx: Transaction, asset: AssetDoc, user: UserDoc) -> None:
    """Somebody saved work in progress: the asset is theirs for a while."""
    lock(tx, asset, user, "REVIEW" if asset["status"] in _IN_REVIEW else "DEFAULT")


def on_submit(tx: Transaction, asset: AssetDoc, user: UserDoc) -> None:
    """Somebody submitted their work: the asset is free again."""
    current_lock = _find_lock(tx, asset, user)
    if current_lock:
        release(tx, current_lock)


def _find_lock(view: View, asset: AssetDoc, user: UserDoc) -> LockDoc | None:
    return next((each for each in locks_of(view, asset) if each["authorId"] == user["id"]), None)


def _is_valid(current_lock: LockDoc, now: datetime) -> bool:
    return now - clock.parse_time(current_lock["renewedAt"]) <= LIFETIME
