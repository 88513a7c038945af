"""The values of enums in requests, read by the GraphQL library itself."""

from __future__ import annotations

from graphql import GraphQLEnumType, GraphQLSchema


def refuse_unhashable_values(schema: GraphQLSchema) -> None:
    """Let the enums of a schema refuse lists and objects with a validation error.

    Ariadne replaces ``parse_value`` of each enum, for enums whose values are Python objects; its
    replacement raises a ``TypeError`` for a list or an object. No enum of this schema has such
    values, so that the replacements are removed.
    """
    for each in schema.type_map.values():
        if isinstance(each, GraphQLEnumType):
            vars(each).pop("parse_value", None)
