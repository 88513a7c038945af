"""Compare two states document by document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypedDict

from kili_emulator.transfer.state_form import State

# The members by which people know a document.
_NAMES = ("title", "externalId", "email", "name", "label", "text")


class MemberDifference(TypedDict):
    """A member of a document whose value differs; a missing member is ``None``."""

    member: str
    before: Any
    after: Any


class Difference(TypedDict):
    """A document that only one state has, or that differs; ``name`` is for people."""

    change: Literal["added", "changed", "removed"]
    table: str
    id: str
    name: str
    members: list[MemberDifference]


def differences(before: State, after: State) -> list[Difference]:
    """Return how a state differs from an earlier one: table by table, in creation order.

    The time and the ids of a world are the document ``world`` of the table ``state``.
    """
    found = list(_differences_around(before, after))
    tables = [*before.tables, *(each for each in after.tables if each not in before.tables)]
    for table in tables:
        found += _differences_of_table(table, before.documents(table), after.documents(table))
    return found


def _differences_around(before: State, after: State) -> Iterator[Difference]:
    former: Any = before.manifest["world"] or {}
    present: Any = after.manifest["world"] or {}
    if former and present:
        members = _member_differences(
            {name: former[name] for name in ("ids", "clock")},
            {name: present[name] for name in ("ids", "clock")},
        )
        if members:
            yield _difference("changed", "state", {"id": "world"}, members)


def _differences_of_table(
    table: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[Difference]:
    former = {each["id"]: each for each in before}
    present = {each["id"]: each for each in after}
    for document_id, document in former.items():
        if document_id not in present:
            yield _difference("removed", table, document)
        elif members := _member_differences(document, present[document_id]):
            yield _difference("changed", table, present[document_id], members)
    for document_id, document in present.items():
        if document_id not in former:
            yield _difference("added", table, document)


def _difference(
    change: Literal["added", "changed", "removed"],
    table: str,
    document: dict[str, Any],
    members: list[MemberDifference] | None = None,
) -> Difference:
    name = next((str(document[each]) for each in _NAMES if document.get(each)), "")
    return {
        "change": change,
        "table": table,
        "id": document["id"],
        "name": name,
        "members": members or [],
    }


def _member_differences(before: dict[str, Any], after: dict[str, Any]) -> list[MemberDifference]:
    return [
        {"member": name, "before": before.get(name), "after": after.get(name)}
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
