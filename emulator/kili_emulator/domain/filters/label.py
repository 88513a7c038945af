"""The conditions of a ``LabelWhere`` (contract/label.md#filters)."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain.documents import LabelDoc, UserDoc
from kili_emulator.domain.filters.conditions import (
    DATES,
    IDS,
    Condition,
    ConditionTable,
    SelectionContext,
    Test,
    bounds_on,
    is_in,
    is_within,
    matches_referenced,
    matches_user,
    negate,
    passes_as_user,
)
from kili_emulator.domain.filters.index_lookup import BY_ID, BY_IDS, BY_PROJECT, Lookup
from kili_emulator.domain.filters.quality import LABEL_MARKS
from kili_emulator.rules.label_search import parse_label_search


def _has_author_name(selection: SelectionContext, names: list[str]) -> Test[LabelDoc]:
    def has_name(author: UserDoc) -> bool:
        first, last = author["firstname"], author["lastname"]
        return any(name in (first, last, f"{first} {last}") for name in names)

    return passes_as_user(selection, "authorId", has_name)


def _has_type_and(label_type: str, condition: Condition[LabelDoc]) -> Condition[LabelDoc]:
    """Build the condition that a label has this type and meets another condition."""

    def compile_both(selection: SelectionContext, value: Any) -> Test[LabelDoc]:
        test = condition(selection, value)
        return lambda label: label["labelType"] == label_type and test(label)

    return compile_both


def _matches_search(_: SelectionContext, text: str) -> Test[LabelDoc]:
    search = parse_label_search(text)
    return lambda label: search.holds(label["search"]["numberOfAnnotationsByObject"])


LABEL: ConditionTable[LabelDoc] = {
    **LABEL_MARKS,
    **IDS,
    "asset": matches_referenced("assetId", "assets", "asset"),
    "authorIn": _has_author_name,
    "createdAt": is_within("createdAt", bounds_on),
    "createdAtGte": DATES["createdAtGte"],
    "createdAtLte": DATES["createdAtLte"],
    "labelerIn": _has_type_and("DEFAULT", is_in("authorId")),
    "labelerNotIn": _has_type_and("DEFAULT", negate(is_in("authorId"))),
    "project": matches_referenced("projectId", "projects", "project"),
    "reviewerIn": _has_type_and("REVIEW", is_in("authorId")),
    "reviewerNotIn": _has_type_and("REVIEW", negate(is_in("authorId"))),
    "search": _matches_search,
    "typeIn": is_in("labelType"),
    "user": matches_user("authorId"),
}

LABEL_LOOKUPS = (
    BY_ID,
    BY_IDS,
    Lookup("asset", ("asset.id",), by_project=False),
    Lookup("asset", ("asset.idIn",), by_project=False),
    Lookup("member", ("user.id",)),
    Lookup("member", ("labelerIn",), is_exact=False),
    Lookup("member", ("reviewerIn",), is_exact=False),
    Lookup("type", ("typeIn",)),
    BY_PROJECT,
)
