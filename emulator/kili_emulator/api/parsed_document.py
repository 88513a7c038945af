"""Parsed GraphQL documents, with everything that is derived from their text only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from kili_emulator.api.value_completion import SelectionCompiler
from kili_emulator.api.variable_values import InputConverters, VariableConverter

_INTROSPECTION_FIELDS = frozenset({"__schema", "__type", "__typename"})


@dataclass(frozen=True)
class ParsedOperation:
    """An operation of a document, with the converter of its variables."""

    node: OperationDefinitionNode
    variables: VariableConverter


class ParsedDocument:
    """A document of one schema.

    Attributes:
        size: the estimated size in memory, in bytes.
        faults: the errors of the validation; ``None`` before the validation.
        body: the body of the answer, if all answers are equal and one was sent already.
    """

    def __init__(
        self, schema: GraphQLSchema, inputs: InputConverters, node: DocumentNode, size: int
    ) -> None:
        self.node = node
        self.size = size
        self.faults: list[GraphQLError] | None = None
        self.body: bytes | None = None
        self.fragments = {
            each.name.value: each
            for each in node.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._schema = schema
        self._inputs = inputs
        self._nodes = [
            each for each in node.definitions if isinstance(each, OperationDefinitionNode)
        ]
        self._operations: dict[str | None, ParsedOperation] = {}

    def operation(self, name: str | None) -> ParsedOperation | None:
        """Return the operation with that name, by default the only operation, if there is one."""
        if name not in self._operations:
            matching = [
                each for each in self._nodes if name in (None, each.name and each.name.value)
            ]
            if len(matching) != 1:
                return None
            (node,) = matching
            variables = VariableConverter(self._schema, node.variable_definitions, self._inputs)
            self._operations[name] = ParsedOperation(node, variables)
        return self._operations[name]

    @cached_property
    def root_fields(self) -> list[str]:
        """The root fields of all operations, such as ``Query.assets``."""
        return [
            f"{operation.operation.value.capitalize()}.{field.name.value}"
            for operation in self._nodes
            for field in operation.selection_set.selections
            if isinstance(field, FieldNode)
        ]

    @cached_property
    def is_constant(self) -> bool:
        """Whether all answers are equal: the document only asks for the schema."""
        return len(self._nodes) == 1 and _only_asks_for_schema(self._nodes[0])

    def compiler(self, variable_values: dict[str, Any]) -> SelectionCompiler:
        """Return a compiler of selections; they are compiled once unless variables change them."""
        return self._shared_compiler or SelectionCompiler(
            self._schema, self.fragments, variable_values
        )

    @cached_property
    def _shared_compiler(self) -> SelectionCompiler | None:
        """The compiler for all requests; ``None`` if it could outgrow :attr:`size`.

        A fragment is compiled at each of its places, and each value of a directive needs its own
        compilation.
        """
        if self.fragments or any(map(_has_variable_selection, self._nodes)):
            return None
        return SelectionCompiler(self._schema, self.fragments, {})


def _only_asks_for_schema(operation: OperationDefinitionNode) -> bool:
    return (
        operation.operation is OperationType.QUERY
        and not operation.variable_definitions
        and all(
            isinstance(each, FieldNode) and each.name.value in _INTROSPECTION_FIELDS
            for each in operation.selection_set.selections
        )
    )


def _has_variable_selection(operation: OperationDefinitionNode) -> bool:
    """Return whether directives, or variables below the root fields, change the selection."""
    return any(
        each.directives or (level > 0 and isinstance(each, FieldNode) and _has_variables(each))
        for level, each in _selections(operation.selection_set, 0)
    )


def _selections(node: SelectionSetNode, level: int) -> Iterator[tuple[int, SelectionNode]]:
    for each in node.selections:
        yield level, each
        if isinstance(each, FieldNode) and each.selection_set:
            yield from _selections(each.selection_set, level + 1)
        elif isinstance(each, InlineFragmentNode):
            yield from _selections(each.selection_set, level)


def _has_variables(field: FieldNode) -> bool:
    return any(_holds_variable(each.value) for each in field.arguments)


def _holds_variable(node: Any) -> bool:
    if isinstance(node, VariableNode):
        return True
    parts = [*getattr(node, "values", ()), *(each.value for each in getattr(node, "fields", ()))]
    return any(map(_holds_variable, parts))
