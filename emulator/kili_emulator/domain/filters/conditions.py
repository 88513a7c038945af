"""What conditions are made of, whatever the noun."""

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
    """What a condition may ask of the selection that it is a part of."""

    view: View
    actor: Actor

    def matches(self, noun: str, document: AnyDoc, where: Where) -> bool:
        """Whether every condition of a noun's where holds for the document."""

    def anonymized_user(self, user_id: str, project_id: str) -> UserDoc:
        """A user as the actor sees them in a project."""


D = TypeVar("D", bound=AnyDoc)

# A condition on documents of type ``D``; its last argument is the value in the where.
Predicate = Callable[[SelectionContext, D, Any], bool]
PredicateTable = dict[str, Predicate[D]]

# Conditions whose value is data, in which a null means null and a name is no condition's.
DATA_CONDITIONS = frozenset({"metadata"})


def is_empty(name: str, value: Any) -> bool:
    """Whether a condition filters nothing: it is absent, or an object of such ones."""
    if name in DATA_CONDITIONS:
        return value is None or value == {}
    return value is None or (
        isinstance(value, dict) and all(is_empty(*each) for each in value.items())
    )


def equals(member: str) -> Predicate[AnyDoc]:
    return lambda _, document, value: bool(document[member] == value)


def is_in(member: str) -> Predicate[AnyDoc]:
    return lambda _, document, value: document[member] in value


def not_in(member: str) -> Predicate[AnyDoc]:
    return lambda _, document, value: document[member] not in value


def since(member: str) -> Predicate[AnyDoc]:
    return lambda _, document, value: bool(document[member] >= _begin(value))


def until(member: str) -> Predicate[AnyDoc]:
    """Up to that moment, or to the end of that day where only a date is given."""
    return lambda _, document, value: bool(document[member] <= _end(value))


@lru_cache(64)
def _begin(value: str) -> str:
    return clock.format_time(clock.parse_time(value))


@lru_cache(64)
def _end(value: str) -> str:
    return clock.format_time(clock.parse_end_time(value))


def created_on(_: SelectionContext, document: AnyDoc, value: str) -> bool:
    """Created at that moment, or on that day where only a date is given."""
    return bool(_begin(value) <= document["createdAt"] <= _end(value))


def matches_referenced(member: str, table: str, noun: str) -> Predicate[AnyDoc]:
    """A condition on the document that a member names."""

    def holds(selection: SelectionContext, document: AnyDoc, where: Where) -> bool:
        other = getattr(selection.view, table).require(document[member])
        return selection.matches(noun, other, where)

    return holds


def matches_user(member: str) -> Predicate[AnyDoc]:
    """A condition on the user whom a member names, as the actor sees them in the project."""

    def holds(selection: SelectionContext, document: AnyDoc, where: Where) -> bool:
        user = selection.anonymized_user(document[member], document["projectId"])
        return selection.matches("user", user, where)

    return holds


def any_related(table: str, noun: str) -> Predicate[AnyDoc]:
    """A condition that one same document of an asset's labels or issues meets."""

    def holds(selection: SelectionContext, document: AnyDoc, where: Where) -> bool:
        others = getattr(selection.view, table).find("asset", document["id"])
        return any(selection.matches(noun, each, where) for each in others)

    return holds


DATES: PredicateTable[AnyDoc] = {
    "createdAtGte": since("createdAt"),
    "createdAtLte": until("createdAt"),
    "updatedAtGte": since("updatedAt"),
    "updatedAtLte": until("updatedAt"),
}

IDS: PredicateTable[AnyDoc] = {"id": equals("id"), "idIn": is_in("id")}
