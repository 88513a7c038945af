"""The conditions of a ``LabelWhere`` (contract/label.md#filters)."""

from __future__ import annotations

from kili_emulator.domain.documents import LabelDoc
from kili_emulator.domain.filters.conditions import (
    IDS,
    Predicate,
    PredicateTable,
    SelectionContext,
    created_on,
    is_in,
    matches_referenced,
    matches_user,
    since,
    until,
)
from kili_emulator.domain.filters.quality import LABEL_MARKS
from kili_emulator.rules.label_search import parse_label_search


def _has_author_name(selection: SelectionContext, label: LabelDoc, names: list[str]) -> bool:
    author = selection.anonymized_user(label["authorId"], label["projectId"])
    first, last = author["firstname"], author["lastname"]
    return any(name in (first, last, f"{first} {last}") for name in names)


def _has_type_and_author(label_type: str) -> Predicate[LabelDoc]:
    """Build the condition that a label has this type, and one of the given users as its author."""
    return lambda _, label, user_ids: bool(
        label["labelType"] == label_type and label["authorId"] in user_ids
    )


def _has_type_and_other_author(label_type: str) -> Predicate[LabelDoc]:
    """Build the condition that a label has this type, and none of the given users as its author."""
    return lambda _, label, user_ids: bool(
        label["labelType"] == label_type and label["authorId"] not in user_ids
    )


def _matches_search(_: SelectionContext, label: LabelDoc, text: str) -> bool:
    return parse_label_search(text).holds(label["search"]["numberOfAnnotationsByObject"])


LABEL: PredicateTable[LabelDoc] = {
    **LABEL_MARKS,
    **IDS,
    "asset": matches_referenced("assetId", "assets", "asset"),
    "authorIn": _has_author_name,
    "createdAt": created_on,
    "createdAtGte": since("createdAt"),
    "createdAtLte": until("createdAt"),
    "labelerIn": _has_type_and_author("DEFAULT"),
    "labelerNotIn": _has_type_and_other_author("DEFAULT"),
    "project": matches_referenced("projectId", "projects", "project"),
    "reviewerIn": _has_type_and_author("REVIEW"),
    "reviewerNotIn": _has_type_and_other_author("REVIEW"),
    "search": _matches_search,
    "typeIn": is_in("labelType"),
    "user": matches_user("authorId"),
}
