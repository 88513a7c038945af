"""Comparison of the documents of an SDK, by their stored facts, with the served schema."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
    is_type_sub_type_of,
    parse_type,
    type_from_ast,
)

from tests.contract.schema import SCHEMA
from tests.contract.sdk_surface import Document


def is_served(document: Document) -> bool:
    """Return whether the emulator serves the document."""
    return not faults(document)


def is_operation_served(operation: str) -> bool:
    """Return whether the schema has the root field."""
    return _root_field(operation) is not None


def faults(document: Document) -> list[str]:
    """Return the parts of a document that the served schema lacks; ``path: why`` for a field."""
    field = _root_field(document.operation)
    if field is None:
        return [f"{document.operation} is not served"]
    return [
        *_faults_of_arguments(field, document.arguments),
        *_faults_of_selection(field.type, document.fields),
    ]


def _root_field(operation: str) -> GraphQLField | None:
    root, name = operation.split(".")
    type_ = SCHEMA.get_type(root)
    return type_.fields.get(name) if isinstance(type_, GraphQLObjectType) else None


def _faults_of_arguments(field: GraphQLField, given: dict[str, str]) -> Iterator[str]:
    names = {path.split(".")[0] for path in given}
    for name, argument in field.args.items():
        if is_required_argument(argument) and name not in names:
            yield f"the argument {name} is required"
    for path, variable in given.items():
        name, *members = path.split(".")
        if name not in field.args:
            yield f"there is no argument {name}"
            continue
        wanted = _member_type(field.args[name].type, members)
        if wanted is None:
            yield f"there is no {path}"
        elif variable and not _fits(variable, wanted):
            yield f"{path} is of type {wanted}, not {variable}"


def _member_type(type_: GraphQLInputType, members: list[str]) -> GraphQLInputType | None:
    for name in members:
        named = get_nullable_type(type_)
        if not isinstance(named, GraphQLInputObjectType) or name not in named.fields:
            return None
        type_ = named.fields[name].type
    return type_


def _fits(variable: str, wanted: GraphQLInputType) -> bool:
    given = type_from_ast(SCHEMA, parse_type(variable))
    return given is not None and is_type_sub_type_of(SCHEMA, given, wanted)


def _faults_of_selection(type_: GraphQLOutputType, paths: tuple[str, ...]) -> Iterator[str]:
    if not paths and not is_leaf_type(get_named_type(type_)):
        yield "a selection is required"
    for path in paths:
        fault = _fault_of_path(type_, path.split("."))
        if fault:
            yield f"{path}: {fault}"


def _fault_of_path(type_: GraphQLOutputType, names: list[str]) -> str | None:
    for name in names:
        named = get_named_type(type_)
        if name == "__typename":
            return None
        if not isinstance(named, GraphQLObjectType):
            return f"{named} has no fields"
        if name not in named.fields:
            return f"there is no field {name} on {named}"
        type_ = named.fields[name].type
    return None if is_leaf_type(get_named_type(type_)) else "a selection is required"
