"""Which labels a ``LabelWhere`` selects."""

from __future__ import annotations

from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.filters.conditions import (
    IDS,
    Predicate,
    Selecting,
    Table,
    is_in,
    on,
    referenced,
    shown,
    since,
    until,
)
from kili_emulator.domain.filters.quality import LABEL_MARKS
from kili_emulator.rules.label_search import parse_label_search


def _author_name(selection: Selecting, label: LabelDoc, names: list[str]) -> bool:
    author = selection.shown_user(label["authorId"], label["projectId"])
    first, last = author["firstname"], author["lastname"]
    return any(name in (first, last, f"{first} {last}") for name in names)


def _made_by(label_type: str) -> Predicate[LabelDoc]:
    """Whether the label is of this type, and its author one of these users."""
    return lambda _, label, user_ids: bool(
        label["labelType"] == label_type and label["authorId"] in user_ids
    )


def _made_by_another(label_type: str) -> Predicate[LabelDoc]:
    """Whether the label is of this type, and its author none of these users."""
    return lambda _, label, user_ids: bool(
        label["labelType"] == label_type and label["authorId"] not in user_ids
    )


def _search(_: Selecting, label: LabelDoc, text: str) -> bool:
    return parse_label_search(text).holds(label["search"]["numberOfAnnotationsByObject"])


LABEL: Table[LabelDoc] = {
    **LABEL_MARKS,
    **IDS,
    "asset": referenced("assetId", "assets", "asset"),
    "authorIn": _author_name,
    "createdAt": on,
    "createdAtGte": since("createdAt"),
    "createdAtLte": until("createdAt"),
    "labelerIn": _made_by("DEFAULT"),
    "labelerNotIn": _made_by_another("DEFAULT"),
    "project": referenced("projectId", "projects", "project"),
    "reviewerIn": _made_by("REVIEW"),
    "reviewerNotIn": _made_by_another("REVIEW"),
    "search": _search,
    "typeIn": is_in("labelType"),
    "user": shown("authorId"),
}
