"""Field completion of the GraphQL library, with a short cut for stored members.

Nearly every field of an answer is an unchanged member of a stored document. For these fields, the
general way of the library takes five times as long as the short cut.
"""

from __future__ import annotations

from typing import Any, cast

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLSchema,
    default_field_resolver,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.pyutils import AwaitableOrValue, Path

_STORED = "storedLeaf"


class PlatformExecutionContext(ExecutionContext):
    """The execution of one operation."""

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_nodes: list[FieldNode],
        path: Path,
    ) -> AwaitableOrValue[Any]:
        name = field_nodes[0].name.value
        field = parent_type.fields.get(name)
        if field is not None and type(source) is dict and name in source:
            leaf = field.extensions.get(_STORED)
            value = source[name]
            if leaf is not None and value is not None:
                return self.complete_leaf_value(leaf, value)
            if leaf is not None and not is_non_null_type(field.type):
                return None
        return super().execute_field(parent_type, source, field_nodes, path)

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        """Complete a leaf; whole floats become integers, as in JavaScript: 0, not 0.0."""
        value = ExecutionContext.complete_leaf_value(return_type, result)
        return int(value) if isinstance(value, float) and value.is_integer() else value


def mark_stored_members(schema: GraphQLSchema) -> None:
    """Mark the fields of a schema that are unchanged members of stored documents."""
    for each in schema.type_map.values():
        if isinstance(each, GraphQLObjectType) and not each.name.startswith("__"):
            for field in each.fields.values():
                field.extensions[_STORED] = _stored_leaf(field)


def _stored_leaf(field: GraphQLField) -> GraphQLLeafType | None:
    type_: Any = get_nullable_type(cast(Any, field.type))
    stored = field.resolve in (None, default_field_resolver) and not field.args
    return type_ if stored and is_leaf_type(type_) else None
