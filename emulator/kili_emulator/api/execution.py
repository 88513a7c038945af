"""Execution of GraphQL requests: parse and validate once per document, then run the resolvers.

An explicit ``null`` in an input means the same as an absent member
(contract/http.md#null-and-absent-members): nulls are dropped before validation. Clients up to 2.146
send null for every unused member, including members that this schema does not have.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from ariadne import graphql_sync, make_executable_schema
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    print_schema,
    type_from_ast,
)

from kili_emulator.api.context import RequestContext
from kili_emulator.api.enum_values import refuse_unhashable_values
from kili_emulator.api.errors import format_error
from kili_emulator.api.execution_context import PlatformExecutionContext, mark_stored_members
from kili_emulator.api.graphql_documents import GraphQLDocumentCache
from kili_emulator.api.resolvers import BINDABLES

# Inputs in which null differs from an absent member
# (contract/http.md#null-and-absent-members).
_INPUTS_WITH_NULLS = ("ProjectWorkflowStepInput",)

# Errors become answers; format_error logs those that are defects.
_silent_logger = logging.getLogger(f"{__name__}.answers")
_silent_logger.disabled = True


class InvalidRequestError(Exception):
    """A request that cannot be executed, with ``errors`` in the form of an answer."""

    def __init__(self, graphql_errors: Iterable[GraphQLError]) -> None:
        super().__init__()
        self.errors = [format_error(each) for each in graphql_errors]


@cache
def build_schema() -> GraphQLSchema:
    """Build the executable schema: the ``.graphql`` files, bound to their resolvers.

    All emulators of a process share one, as it never changes and takes long to build.
    """
    files = sorted((Path(__file__).parent / "schema").rglob("*.graphql"))
    sources = [each.read_text(encoding="utf-8") for each in files]
    schema = make_executable_schema(sources, *BINDABLES)
    mark_stored_members(schema)
    refuse_unhashable_values(schema)
    return schema


@cache
def _schema_hash() -> str:
    return hashlib.sha256(print_schema(build_schema()).encode()).hexdigest()[:12]


class GraphQLExecutor:
    """The executor of GraphQL requests.

    Attributes:
        schema_hash: changes whenever the schema changes, so that clients never validate against an
            outdated cached schema.
    """

    def __init__(self) -> None:
        self.schema = build_schema()
        self.schema_hash = _schema_hash()
        self._document_cache = GraphQLDocumentCache(self.schema)

    def execute(self, data: dict[str, Any], context: RequestContext) -> tuple[bool, dict[str, Any]]:
        """Execute one operation.

        Args:
            data: ``query``, and optional ``variables`` and ``operationName``.

        Returns:
            whether the document and its variables were valid, and the answer to send.
        """
        _, answer = graphql_sync(
            self.schema,
            self._drop_nulls(data),
            context_value=context,
            query_parser=lambda _, sent: self._document_cache.parse_document(sent["query"]),
            query_validator=self._validate_cached,
            error_formatter=format_error,
            execution_context_class=PlatformExecutionContext,
            logger=_silent_logger,
        )
        if _was_executed(answer):
            return True, answer
        return False, {"errors": answer["errors"]}

    def root_fields(self, query: str) -> list[str]:
        """Return the root fields of a document, such as ``Query.assets``; none if it is invalid."""
        try:
            document = self._document_cache.parse_document(query)
        except GraphQLError:
            return []
        return [
            f"{operation.operation.value.capitalize()}.{field.name.value}"
            for operation in document.definitions
            if isinstance(operation, OperationDefinitionNode)
            for field in operation.selection_set.selections
            if isinstance(field, FieldNode)
        ]

    def parse_request(self, data: dict[str, Any]) -> tuple[DocumentNode, dict[str, Any]]:
        """Parse and validate the document of a request; return it with its variables.

        Raises:
            InvalidRequestError: the document is malformed, or does not fit the schema.
        """
        try:
            document = self._document_cache.parse_document(data["query"])
        except GraphQLError as error:
            raise InvalidRequestError([error]) from None
        graphql_errors = self._document_cache.faults(data["query"])
        if graphql_errors:
            raise InvalidRequestError(graphql_errors)
        return document, self._drop_nulls(data).get("variables") or {}

    def _validate_cached(
        self,
        schema: GraphQLSchema,  # noqa: ARG002
        document_ast: DocumentNode,
        rules: Any = None,  # noqa: ARG002
        max_errors: int | None = None,  # noqa: ARG002
        type_info: Any = None,  # noqa: ARG002
    ) -> list[GraphQLError]:
        return self._document_cache.faults(_document_text(document_ast))

    def _drop_nulls(self, data: dict[str, Any]) -> dict[str, Any]:
        variables = data.get("variables")
        if not isinstance(variables, dict):
            return data
        try:
            types = self._variable_types(self._document_cache.parse_document(data["query"]))
        except GraphQLError:
            return data
        non_null_variables = {
            name: _drop_null_members(value, types.get(name))
            for name, value in variables.items()
            if value is not None
        }
        return {**data, "variables": non_null_variables}

    def _variable_types(self, document: DocumentNode) -> dict[str, Any]:
        return {
            variable.variable.name.value: type_from_ast(self.schema, variable.type)
            for operation in document.definitions
            if isinstance(operation, OperationDefinitionNode)
            for variable in operation.variable_definitions
        }


def _was_executed(answer: dict[str, Any]) -> bool:
    """Return whether resolvers ran: only their errors have a path."""
    graphql_errors = answer.get("errors")
    return not graphql_errors or any("path" in error for error in graphql_errors)


def _document_text(document: DocumentNode) -> str:
    assert document.loc is not None
    return document.loc.source.body


def _drop_null_members(value: Any, type_: GraphQLInputType | None) -> Any:
    """Return a value without the null members of its input objects; JSON values keep nulls."""
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
