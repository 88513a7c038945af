"""Building blocks of conditions, shared by the tables of all nouns.

A *predicate* returns whether a document meets a condition. The functions of this module that return
a ``Predicate`` build one for a member of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from kili_emulator import clock
from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.world import Actor, View

Where = dict[str, Any]

# A document of any noun.
AnyDoc = Mapping[str, Any]


class SelectionContext(Protocol):
    """The part of a :class:`~kili_emulator.domain.filters.Selection` that predicates use."""

    view: View
    actor: Actor

    def matches(self, noun: str, document: AnyDoc, where: Where) -> bool:
        """Return whether the document meets all conditions of a ``where`` of this noun."""

    def anonymized_user(self, user_id: str, project_id: str) -> UserDoc:
        """Return a user as the actor sees them in a project."""


D = TypeVar("D", bound=AnyDoc)

# A condition on documents of type ``D``; its last argument is the value in the ``where``.
Predicate = Callable[[SelectionContext, D, Any], bool]
PredicateTable = dict[str, Predicate[D]]

# Conditions whose value is data: a null in the value means null, and its keys are no conditions.
DATA_CONDITIONS = frozenset({"metadata"})


def is_empty(name: str, value: Any) -> bool:
    """Return whether a condition filters nothing: null, or an object of empty conditions."""
    if name in DATA_CONDITIONS:
        return value is None or value == {}
    return value is None or (
        isinstance(value, dict) and all(is_empty(*each) for each in value.items())
    )


def equals(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a member equals the value."""
    return lambda _, document, value: bool(document[member] == value)


def is_in(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a member is one of the values."""
    return lambda _, document, value: document[member] in value


def not_in(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a member is none of the values."""
    return lambda _, document, value: document[member] not in value


def at_least(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a number is at least the value. A null meets no such condition."""
    return lambda _, document, value: (
        (number := document.get(member)) is not None and bool(number >= value)
    )


def at_most(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a number is at most the value. A null meets no such condition."""
    return lambda _, document, value: (
        (number := document.get(member)) is not None and bool(number <= value)
    )


def since(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a time is at or after the given moment."""
    return lambda _, document, value: bool(document[member] >= _begin(value))


def until(member: str) -> Predicate[AnyDoc]:
    """Build the condition that a time is at or before the given moment, or on or before a date."""
    return lambda _, document, value: bool(document[member] <= _end(value))


@lru_cache(64)
def _begin(value: str) -> str:
    return clock.format_time(clock.parse_time(value))


@lru_cache(64)
def _end(value: str) -> str:
    return clock.format_time(clock.parse_end_time(value))


def created_on(_: SelectionContext, document: AnyDoc, value: str) -> bool:
    """Return whether the document was created at the given moment, or on the given date."""
    return bool(_begin(value) <= document["createdAt"] <= _end(value))


def matches_referenced(member: str, table: str, noun: str) -> Predicate[AnyDoc]:
    """Build a condition on the document of another table whose id a member holds.

    Args:
        table: the attribute of :class:`View` for the other table.
        noun: the noun whose conditions the value has.
    """

    def predicate(selection: SelectionContext, document: AnyDoc, where: Where) -> bool:
        other = getattr(selection.view, table).require(document[member])
        return selection.matches(noun, other, where)

    return predicate


def matches_user(member: str) -> Predicate[AnyDoc]:
    """Build a condition on the user whose id a member holds, as the actor sees this user."""

    def predicate(selection: SelectionContext, document: AnyDoc, where: Where) -> bool:
        user = selection.anonymized_user(document[member], document["projectId"])
        return selection.matches("user", user, where)

    return predicate


def any_related(table: str, noun: str) -> Predicate[AnyDoc]:
    """Build the condition that at least one label or issue of an asset meets all conditions.

    Args:
        table: the attribute of :class:`View` for the labels or issues.
        noun: the noun whose conditions the value has.
    """

    def predicate(selection: SelectionContext, document: AnyDoc, where: Where) -> bool:
        others = getattr(selection.view, table).find("asset", document["id"])
        return any(selection.matches(noun, each, where) for each in others)

    return predicate


DATES: PredicateTable[AnyDoc] = {
    "createdAtGte": since("createdAt"),
    "createdAtLte": until("createdAt"),
    "updatedAtGte": since("updatedAt"),
    "updatedAtLte": until("updatedAt"),
}

IDS: PredicateTable[AnyDoc] = {"id": equals("id"), "idIn": is_in("id")}
