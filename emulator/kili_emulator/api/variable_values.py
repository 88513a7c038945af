"""The values of the variables of an operation: prune explicit nulls, check and convert the rest.

An explicit ``null`` in an input means the same as an absent member
(contract/http.md#null-and-absent-members): nulls are dropped before the check. Clients up to 2.146
send null for every unused member, including members that this schema does not have.

The conversion of valid values is compiled once per type of the schema. The GraphQL library explains
what is wrong with the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, TypeAlias, cast

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    is_input_type,
    type_from_ast,
    value_from_ast,
)

# Inputs in which null differs from an absent member
# (contract/http.md#null-and-absent-members).
_INPUTS_WITH_NULLS = ("ProjectWorkflowStepInput",)

# Scalars whose values of this Python type are passed on unchanged.
_PLAIN_SCALARS: dict[str, type] = {"Boolean": bool, "ID": str, "String": str}

# A value of a request → the value for a resolver.
Converter: TypeAlias = Callable[[Any], Any]


class InvalidVariableError(Exception):
    """A value that only the GraphQL library can convert or explain."""


class VariableConverter:
    """The converter of the variables of one operation.

    Args:
        definitions: the declarations of the variables.
        inputs: the converters of the inputs of the schema.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        definitions: Collection[VariableDefinitionNode],
        inputs: InputConverters,
    ) -> None:
        self._types: dict[str, Any] = {
            each.variable.name.value: type_from_ast(schema, each.type) for each in definitions
        }
        self._defaults = {
            each.variable.name.value: each.default_value
            for each in definitions
            if each.default_value
        }
        self._converters = {name: inputs.find(type_) for name, type_ in self._types.items()}

    def convert(self, values: dict[str, Any]) -> dict[str, Any]:
        """Convert the values of a request.

        Raises:
            InvalidVariableError: a value is missing, or may be invalid.
            Exception: a scalar refuses a value.
        """
        converted = {}
        for name, convert in self._converters.items():
            value = values.get(name)
            if value is not None:
                converted[name] = convert(value)
            elif name in self._defaults:
                converted[name] = value_from_ast(self._defaults[name], self._types[name])
            elif isinstance(self._types[name], GraphQLNonNull):
                raise InvalidVariableError(name)
        return converted

    def drop_nulls(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of a request without null members of inputs; JSON values keep nulls."""
        return {
            name: _drop_null_members(value, self._types.get(name))
            for name, value in values.items()
            if value is not None
        }


def _drop_null_members(value: Any, type_: GraphQLInputType | None) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return _drop_null_members(value, type_.of_type)
    if isinstance(type_, GraphQLList) and isinstance(value, list):
        return [_drop_null_members(each, type_.of_type) for each in value]
    if isinstance(type_, GraphQLInputObjectType) and isinstance(value, dict):
        fields = type_.fields
        return {
            name: _drop_null_members(each, fields[name].type if name in fields else None)
            for name, each in value.items()
            if each is not None or type_.name in _INPUTS_WITH_NULLS
        }
    return value


class InputConverters:
    """The converters of the input types of a schema; each type is compiled once."""

    def __init__(self) -> None:
        self._objects: dict[str, Converter] = {}
        self._lock = threading.RLock()

    def find(self, type_: Any) -> Converter:
        """Return the converter of a type of the schema."""
        with self._lock:
            return self._compile(type_) if is_input_type(type_) else _refuse

    def _compile(self, type_: GraphQLInputType) -> Converter:
        if isinstance(type_, GraphQLNonNull):
            return self._compile_required(type_.of_type)
        convert = self._compile_required(type_)
        return lambda value: None if value is None else convert(value)

    def _compile_required(self, type_: GraphQLInputType) -> Converter:
        """Compile the conversion of a value that is not null."""
        if isinstance(type_, GraphQLList):
            return _list_converter(self._compile(type_.of_type))
        if isinstance(type_, GraphQLInputObjectType):
            if type_.name not in self._objects:
                # An input may hold itself: the first function finds the second at its first call.
                self._objects[type_.name] = partial(self._convert_object, type_.name)
                self._objects[type_.name] = self._compile_object(type_)
            return self._objects[type_.name]
        return _leaf_converter(cast(GraphQLScalarType, type_))

    def _convert_object(self, name: str, value: Any) -> Any:
        return self._objects[name](value)

    def _compile_object(self, type_: GraphQLInputObjectType) -> Converter:
        keeps_nulls = type_.name in _INPUTS_WITH_NULLS
        fields = [
            (
                name,
                field.out_name or name,
                self._compile(field.type),
                field.default_value,
                isinstance(field.type, GraphQLNonNull),
            )
            for name, field in type_.fields.items()
        ]

        def convert_object(value: Any) -> Any:
            if type(value) is not dict:
                raise InvalidVariableError(value)
            given = (
                value
                if keeps_nulls
                else {name: each for name, each in value.items() if each is not None}
            )
            converted = {}
            unknown_count = len(given)
            for name, out_name, convert, default, is_required in fields:
                if name in given:
                    converted[out_name] = convert(given[name])
                    unknown_count -= 1
                elif default is not Undefined:
                    converted[out_name] = default
                elif is_required:
                    raise InvalidVariableError(name)
            if unknown_count:
                raise InvalidVariableError(value)
            return type_.out_type(converted)

        return convert_object


def _list_converter(convert: Converter) -> Converter:
    def convert_list(value: Any) -> list[Any]:
        if type(value) is not list:  # one value may stand for a list
            raise InvalidVariableError(value)
        return [convert(each) for each in value]

    return convert_list


def _leaf_converter(type_: GraphQLScalarType) -> Converter:
    plain = _PLAIN_SCALARS.get(type_.name)

    def convert_leaf(value: Any) -> Any:
        if type(value) is plain:
            return value
        if value is None:
            raise InvalidVariableError(value)
        converted = type_.parse_value(value)
        if converted is Undefined:
            raise InvalidVariableError(value)
        return converted

    return convert_leaf


def _refuse(value: Any) -> Any:
    raise InvalidVariableError(value)
