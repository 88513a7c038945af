"""Building blocks of conditions, shared by the tables of all nouns.

A *condition* compiles its value in a ``where`` into a *test* of a document, once per request. The
functions of this module that return a ``Condition`` build one for a member of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

from kili_emulator import clock
from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.world import Actor, View

Where = dict[str, Any]

# A document of any noun.
AnyDoc = Mapping[str, Any]


D = TypeVar("D", bound=AnyDoc)

# A test returns whether a document meets a condition or a whole ``where``.
Test = Callable[[D], bool]


class SelectionContext(Protocol):
    """The part of a :class:`~kili_emulator.domain.filters.Selection` that conditions use."""

    view: View
    actor: Actor

    def compile(self, noun: str, where: Where) -> Test[Any]:
        """Compile all conditions of a ``where`` of this noun into one test."""

    def anonymized_user(self, user_id: str, project_id: str) -> UserDoc:
        """Return a user as the actor sees them in a project."""


# The last argument is the value in the ``where``.
Condition = Callable[[SelectionContext, Any], Test[D]]
ConditionTable = dict[str, Condition[D]]

# Conditions whose value is data: a null in the value means null, and its keys are no conditions.
DATA_CONDITIONS = frozenset({"metadata"})


def is_empty(name: str, value: Any) -> bool:
    """Return whether a condition filters nothing: null, or an object of empty conditions."""
    if name in DATA_CONDITIONS:
        return value is None or value == {}
    return value is None or (
        isinstance(value, dict) and all(is_empty(*each) for each in value.items())
    )


def meets_all(tests: Sequence[Test[Any]]) -> Test[Any]:
    """Combine tests into one that a document passes if it passes them all."""
    if not tests:
        return lambda _: True
    first, *rest = tests
    if not rest:
        return first
    others = meets_all(rest)
    return lambda document: first(document) and others(document)


def equals(member: str) -> Condition[AnyDoc]:
    """Build the condition that a member equals the value."""
    return lambda _, value: lambda document: bool(document[member] == value)


def is_in(member: str) -> Condition[AnyDoc]:
    """Build the condition that a member is one of the values."""

    def compile_values(_: SelectionContext, values: list[Any]) -> Test[AnyDoc]:
        accepted = frozenset(values)
        return lambda document: document[member] in accepted

    return compile_values


def negate(condition: Condition[D]) -> Condition[D]:
    """Build the condition that another one is not met."""

    def compile_negation(selection: SelectionContext, value: Any) -> Test[D]:
        test = condition(selection, value)
        return lambda document: not test(document)

    return compile_negation


def at_least(member: str) -> Condition[AnyDoc]:
    """Build the condition that a number is at least the value. A null meets no such condition."""
    return lambda _, value: (
        lambda document: (number := document.get(member)) is not None and bool(number >= value)
    )


def at_most(member: str) -> Condition[AnyDoc]:
    """Build the condition that a number is at most the value. A null meets no such condition."""
    return lambda _, value: (
        lambda document: (number := document.get(member)) is not None and bool(number <= value)
    )


# The bounds of the values of a date that meets a condition, both inclusive.
DateBounds = tuple[str, str]
_FIRST, _LAST = "", "~"  # before and after all dates


def bounds_since(value: str) -> DateBounds:
    """Return the bounds of the times at or after the given moment."""
    return clock.format_time(clock.parse_time(value)), _LAST


def bounds_until(value: str) -> DateBounds:
    """Return the bounds of the times at or before the given moment, or on or before a date."""
    return _FIRST, clock.format_time(clock.parse_end_time(value))


def bounds_on(value: str) -> DateBounds:
    """Return the bounds of the given moment, or of the given date."""
    return bounds_since(value)[0], bounds_until(value)[1]


def is_within(member: str, bounds_of: Callable[[str], DateBounds]) -> Condition[AnyDoc]:
    """Build the condition that a time is within the bounds of the value."""

    def compile_bounds(_: SelectionContext, value: str) -> Test[AnyDoc]:
        begin, end = bounds_of(value)
        return lambda document: bool(begin <= document[member] <= end)

    return compile_bounds


def matches_referenced(member: str, table: str, noun: str) -> Condition[AnyDoc]:
    """Build a condition on the document of another table whose id a member holds.

    Args:
        table: the attribute of :class:`View` for the other table.
        noun: the noun whose conditions the value has.
    """

    def compile_where(selection: SelectionContext, where: Where) -> Test[AnyDoc]:
        test, others = selection.compile(noun, where), getattr(selection.view, table)
        matches = cache(lambda other_id: test(others.require(other_id)))
        return lambda document: matches(document[member])

    return compile_where


def matches_user(member: str) -> Condition[AnyDoc]:
    """Build a condition on the user whose id a member holds, as the actor sees this user."""

    def compile_where(selection: SelectionContext, where: Where) -> Test[AnyDoc]:
        return passes_as_user(selection, member, selection.compile("user", where))

    return compile_where


def passes_as_user(selection: SelectionContext, member: str, test: Test[UserDoc]) -> Test[AnyDoc]:
    """Apply a test to the user whose id a member holds, as the actor sees this user."""
    matches = cache(lambda *ids: test(selection.anonymized_user(*ids)))
    return lambda document: matches(document[member], document["projectId"])


def any_related(table: str, noun: str) -> Condition[AnyDoc]:
    """Build the condition that at least one label or issue of an asset meets all conditions.

    Args:
        table: the attribute of :class:`View` for the labels or issues.
        noun: the noun whose conditions the value has.
    """

    def compile_where(selection: SelectionContext, where: Where) -> Test[AnyDoc]:
        test, others = selection.compile(noun, where), getattr(selection.view, table)
        return lambda document: any(map(test, others.find("asset", document["id"])))

    return compile_where


DATES: ConditionTable[AnyDoc] = {
    "createdAtGte": is_within("createdAt", bounds_since),
    "createdAtLte": is_within("createdAt", bounds_until),
    "updatedAtGte": is_within("updatedAt", bounds_since),
    "updatedAtLte": is_within("updatedAt", bounds_until),
}

# The conditions on the creation date, which the creation order of a table with dates decides.
CREATION_BOUNDS: dict[str, Callable[[str], DateBounds]] = {
    "createdAt": bounds_on,
    "createdAtGte": bounds_since,
    "createdAtLte": bounds_until,
}

IDS: ConditionTable[AnyDoc] = {"id": equals("id"), "idIn": is_in("id")}
