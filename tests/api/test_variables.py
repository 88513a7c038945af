"""The converter of variables gives the values of the GraphQL library, on random values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    OperationDefinitionNode,
    parse,
    parse_type,
    type_from_ast,
)
from graphql.execution.values import get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.api.executable_schema import executable_schema
from kili_emulator.api.variable_values import InputConverters, VariableConverter

SCHEMA = executable_schema()
INPUTS = InputConverters()

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "Boolean": st.booleans(),
    "DateTime": st.sampled_from(["2020-01-01", "2020-01-01T00:00:00.000Z"]),
    "Float": st.sampled_from([1, 2.5, 0.0]),
    "ID": st.sampled_from(["a", "b", 5]),
    "Int": st.sampled_from([0, -1, 2**31 - 1]),
    "JSON": st.sampled_from([{"a": None, "b": [None, 1]}, [], "text", 0, True]),
    "PageSize": st.sampled_from([0, 1, 1000]),
    "String": st.sampled_from(["", "x"]),
}
ODD = st.sampled_from([None, True, 2**31, 1.5, 3.0, "odd", [], ["odd"], [None], {}, {"odd": 1}])


def values(type_: Any, depth: int = 2) -> st.SearchStrategy[Any]:
    """Draw a valid value; an optional one may be null."""
    if isinstance(type_, GraphQLNonNull):
        return values_of(type_.of_type, depth)
    return st.none() | values_of(type_, depth)


def values_of(type_: Any, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLList):
        return st.lists(values(type_.of_type, depth), max_size=2)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from(sorted(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return st.deferred(lambda: objects(type_, depth))
    return SCALARS[type_.name]


def objects(type_: GraphQLInputObjectType, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    required = {
        name: values(field.type, depth - 1)
        for name, field in type_.fields.items()
        if isinstance(field.type, GraphQLNonNull)
    }
    optional = sorted(set(type_.fields) - set(required)) if depth > 0 else []

    def draw_members(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        chosen = {name: values(type_.fields[name].type, depth - 1) for name in names}
        return st.fixed_dictionaries(required | chosen)

    if not optional:
        return st.fixed_dictionaries(required)
    return st.lists(st.sampled_from(optional), max_size=4, unique=True).flatmap(draw_members)


def with_flaw(value: Any, path: list[int], flaw: Any) -> Any:
    """Replace the part at a path, which may end beyond the value, or add an unknown member."""
    if not path or not isinstance(value, dict | list) or not value:
        return flaw
    first, *rest = path
    if isinstance(value, list):
        place = first % len(value)
        return [*value[:place], with_flaw(value[place], rest, flaw), *value[place + 1 :]]
    if first == len(value):
        return {**value, "madeUp": flaw}
    name = sorted(value)[first % len(value)]
    return {**value, name: with_flaw(value[name], rest, flaw)}


FLAWS = st.tuples(st.lists(st.integers(0, 3), max_size=4), ODD)
ARGUMENTS = sorted(
    {
        str(argument.type)
        for root in (SCHEMA.query_type, SCHEMA.mutation_type)
        if root
        for field in root.fields.values()
        for argument in field.args.values()
    }
)


@st.composite
def variables(draw: st.DrawFn) -> tuple[str, dict[str, Any], bool]:
    """Draw the type of a variable, the sent variables, and whether the value has no flaw."""
    type_name = draw(st.sampled_from(ARGUMENTS))
    value = draw(values(type_from_ast(SCHEMA, parse_type(type_name))))
    if draw(st.booleans()):
        return type_name, {"x": value, "unused": 1}, True
    return type_name, {"x": with_flaw(value, *draw(FLAWS))}, False


def operation_with(type_name: str, default: str = "") -> OperationDefinitionNode:
    (operation,) = parse(f"query ($x: {type_name}{default}) {{ __typename }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


@given(variables())
def test_values_are_converted_as_by_the_library(drawn: tuple[str, dict[str, Any], bool]) -> None:
    type_name, sent, is_flawless = drawn
    definitions = operation_with(type_name).variable_definitions
    converter = VariableConverter(SCHEMA, definitions, INPUTS)
    expected = get_variable_values(SCHEMA, definitions, converter.drop_nulls(sent))
    try:
        converted = converter.convert(sent)
    except Exception:
        assert not is_flawless
        return
    assert json.dumps(converted) == json.dumps(expected)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [({}, {"x": 7}), ({"x": None}, {"x": 7}), ({"x": 8}, {"x": 8}), ({"y": 1}, {"x": 7})],
)
def test_default_replaces_a_missing_value(sent: dict[str, Any], expected: dict[str, Any]) -> None:
    definitions = operation_with("Int!", " = 7").variable_definitions
    assert VariableConverter(SCHEMA, definitions, INPUTS).convert(sent) == expected
