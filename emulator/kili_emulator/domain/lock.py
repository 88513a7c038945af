"""Locks, which keep two users from labeling an asset at the same time.

See contract/lock.md#lifetime, contract/lock.md#effect.

Clients cannot create a lock directly. Saving an AUTOSAVE label locks the asset for the author,
each further AUTOSAVE label renews the lock, and submitting a label releases it.
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
    """Lock an asset for a user, or renew the user's lock; release expired locks of the asset.

    Args:
        lock_type: DEFAULT for labeling, REVIEW for reviewing.
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
    """Delete a lock."""
    tx.locks.delete(current_lock)
    payload = asset_payload(tx.assets.require(current_lock["assetId"]))
    tx.emit("asset.workflow.lock.deleted", payload, project_id=current_lock["projectId"])


def locks_of(view: View, asset: AssetDoc) -> list[LockDoc]:
    """Return all locks of an asset, including expired ones, in creation order."""
    return view.locks.find("asset", asset["id"])


def valid_locks(view: View, asset: AssetDoc, now: datetime) -> list[LockDoc]:
    """Return the locks of an asset that were created or renewed within the last ``LIFETIME``."""
    return [each for each in locks_of(view, asset) if _is_valid(each, now)]


def count_locks_of_others(view: View, asset: AssetDoc, user: UserDoc, now: datetime) -> int:
    """Return the number of valid locks that users other than ``user`` hold on an asset."""
    return sum(each["authorId"] != user["id"] for each in valid_locks(view, asset, now))


def on_autosave(tx: Transaction, asset: AssetDoc, user: UserDoc) -> None:
    """Lock an asset for a user who saved work in progress."""
    lock(tx, asset, user, "REVIEW" if asset["status"] in _IN_REVIEW else "DEFAULT")


def on_submit(tx: Transaction, asset: AssetDoc, user: UserDoc) -> None:
    """Release the lock of a user who submitted a label or skipped the asset."""
    current_lock = _find_lock(tx, asset, user)
    if current_lock:
        release(tx, current_lock)


def _find_lock(view: View, asset: AssetDoc, user: UserDoc) -> LockDoc | None:
    return next((each for each in locks_of(view, asset) if each["authorId"] == user["id"]), None)


def _is_valid(current_lock: LockDoc, now: datetime) -> bool:
    return now - clock.parse_time(current_lock["renewedAt"]) <= LIFETIME
