"""Hostile arguments: for each operation, plausible arguments with one invalid or extreme value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_nullable_type,
    is_required_argument,
    is_required_input_field,
)

from tests.bad_input import CASES
from tests.contract.schema import SCHEMA
from tests.kit.wire import root_of
from tests.kit.world_content import WorldIds, fill_ids

Arguments = dict[str, Any]

_DEEP: Any = json.loads('{"a":' * 240 + "1" + "}" * 240)
_TEXTS = (
    "",
    "\0",
    "\u202e\x1b[2J",
    "x" * 100_000,
    "9" * 5000,
    "null",
    "[]",
    "{'a': NaN}",
    '{"a": NaN}',
    '{"a": 1e999}',
    r'{"a": "\ud800"}',
    "[" * 700 + "]" * 700,
    '{"a":' * 700 + "1" + "}" * 700,
    '{"a":' + "9" * 5000 + "}",
    '{"jobs": {"A": {"mlTask": ["x"]}}}',
    '{"jobs": {"A": {"mlTask": "CLASSIFICATION", "tools": [{}]}}}',
    "../../etc/passwd",
    "%00%ff",
    "http://[::1",
    "/files?id=%00",
    "😀",
)
_VALUES = (
    *(None, True, 1, -1, 1.5, 10**300, "x", "\0", [], {}, _DEEP, [1, {}], {"a": []}, {"": {}}),
    *({"a": {"type": ["x"]}}, {"a": {"type": {}}}, {"a": [[], []]}, {"a": [10**300, 1e308]}),
)
_OF_TYPES: dict[str, tuple[Any, ...]] = {
    "Boolean": (True, False),
    "DateTime": ("x", "\0", "9" * 5000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    "Float": (1e308, -1e308, 10**300),
    "Int": (2**31 - 1, -(2**31)),
    "JSON": _VALUES,
    "PageSize": (-(2**31), 2**31 - 1),
}
_PLAIN: dict[str, Any] = {
    "Boolean": True,
    "DateTime": "2024-01-01",
    "Float": 0.5,
    "Int": 1,
    "JSON": {},
    "PageSize": 10,
}

# Nested members get hostile values down to this depth; deeper filters repeat these types.
_DEPTH = 2


def hostile_arguments(operation: str, world_ids: WorldIds) -> Iterator[Arguments]:
    """Iterate over arguments of an operation that are plausible except for one value.

    Args:
        world_ids: the ids of the objects that plausible arguments name.
    """
    arguments = root_of(operation).fields[operation].args
    given = [fill_ids(case.arguments, world_ids) for case in CASES if case.mutation == operation][
        :3
    ]
    for base in given or [{}]:
        plausible = {name: each for name, each in base.items() if name in arguments}
        for name, argument in arguments.items():
            if is_required_argument(argument) and name not in plausible:
                plausible[name] = _least(argument.type)
        for name, argument in arguments.items():
            for each in _variants(argument.type, plausible.get(name), 0):
                yield {**plausible, name: each}


def operations() -> list[str]:
    """Return the names of all queries and mutations."""
    return [
        name for root in (SCHEMA.query_type, SCHEMA.mutation_type) if root for name in root.fields
    ]


def _least(type_: GraphQLInputType) -> Any:
    """Return the smallest value of a type."""
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        return [_least(type_.of_type)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {
            name: _least(field.type)
            for name, field in type_.fields.items()
            if is_required_input_field(field)
        }
    return _PLAIN.get(type_.name, "x")


def _variants(type_: GraphQLInputType, base: Any, depth: int) -> Iterator[Any]:
    """Iterate over copies of a value, each with one hostile value in one place."""
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        element = base[0] if isinstance(base, list) and base else _least(type_.of_type)
        for each in _variants(type_.of_type, element, depth):
            yield [each]
    elif isinstance(type_, GraphQLInputObjectType):
        base = base if isinstance(base, dict) else {}
        for name, field in type_.fields.items():
            if depth < _DEPTH or name in base:
                for each in _variants(field.type, base.get(name), depth + 1):
                    yield {**base, name: each}
    elif not isinstance(type_, GraphQLEnumType):
        yield from _OF_TYPES.get(type_.name, _TEXTS)
