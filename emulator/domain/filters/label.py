"""Which labels a ``LabelWhere`` selects."""

from __future__ import annotations

from emulator.domain.filters.conditions import (
    IDS,
    Selecting,
    Table,
    Where,
    is_in,
    on,
    referenced,
    since,
    until,
)
from emulator.storage.snapshot import Document


def _author_name(selection: Selecting, label: Document, names: list[str]) -> bool:
    author = selection.view.users.the(label["authorId"])
    first, last = author["firstname"], author["lastname"]
    return any(name in (first, last, f"{first} {last}") for name in names)


def _author(selection: Selecting, label: Document, where: Where) -> bool:
    return selection.meets("user", selection.view.users.the(label["authorId"]), where)


LABEL: Table = {
    **IDS,
    "asset": referenced("assetId", "assets", "asset"),
    "authorIn": _author_name,
    "createdAt": on,
    "createdAtGte": since("createdAt"),
    "createdAtLte": until("createdAt"),
    "project": referenced("projectId", "projects", "project"),
    "typeIn": is_in("labelType"),
    "user": _author,
}
