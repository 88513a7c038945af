"""Execution of GraphQL requests: parse, validate and compile once per document, then resolve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from ariadne.graphql import validate_data, validate_operation_is_not_subscription
from graphql import DocumentNode, FieldNode, GraphQLError

from kili_emulator.api.answer import Answer
from kili_emulator.api.context import RequestContext
from kili_emulator.api.errors import format_error
from kili_emulator.api.executable_schema import executable_schema, schema_hash
from kili_emulator.api.execution_context import PlatformExecutionContext
from kili_emulator.api.graphql_documents import GraphQLDocumentCache
from kili_emulator.api.parsed_document import ParsedDocument


class InvalidRequestError(Exception):
    """A request that cannot be executed, with ``errors`` in the form of an answer."""

    def __init__(self, graphql_errors: Iterable[GraphQLError]) -> None:
        super().__init__()
        self.errors = [format_error(each) for each in graphql_errors]


class OperationNames(NamedTuple):
    """The names in an operation.

    Attributes:
        kind: ``query``, ``mutation`` or ``subscription``; empty for an invalid request.
        name: the name of the operation, if it has one.
        response_keys: the members of ``data`` in its answer.
    """

    kind: str = ""
    name: str | None = None
    root_fields: Sequence[str] = ()
    response_keys: Sequence[str] = ()


class GraphQLExecutor:
    """The executor of GraphQL requests.

    Attributes:
        schema_hash: changes whenever the schema changes, so that clients never validate against an
            outdated cached schema.
    """

    def __init__(self) -> None:
        self.schema = executable_schema()
        self.schema_hash = schema_hash()
        self._documents = GraphQLDocumentCache(self.schema)

    def execute(self, data: dict[str, Any], context: RequestContext) -> tuple[bool, dict[str, Any]]:
        """Execute one operation.

        Args:
            data: ``query``, and optional ``variables`` and ``operationName``.

        Returns:
            whether the document and its variables were valid, and the content of the answer.
        """
        answer = self.answer(data, context)
        return answer.is_valid, answer.content

    def answer(self, data: dict[str, Any], context: RequestContext) -> Answer:
        """Execute one operation; see :meth:`execute` for its arguments."""
        try:
            validate_data(data)
            text, operation_name = data["query"], data.get("operationName")
            document = self._documents.find(text)
            if graphql_errors := self._documents.faults(text):
                return _refuse(graphql_errors)
            validate_operation_is_not_subscription(document.node, operation_name)
        except GraphQLError as error:
            return _refuse([error])
        if document.body is not None and document.operation(operation_name):
            return Answer(is_valid=True, has_errors=False, _body=document.body)
        run = self._begin(document, data, context)
        if isinstance(run, list):
            return _refuse(run)
        answer = run.answer()
        if document.is_constant and not answer.has_errors:
            self._documents.keep_body(text, document, answer.body)
        return answer

    def _begin(
        self, document: ParsedDocument, data: dict[str, Any], context: RequestContext
    ) -> PlatformExecutionContext | list[GraphQLError]:
        """Begin the execution of an operation; return the errors if it cannot be executed."""
        values, name = data.get("variables") or {}, data.get("operationName")
        operation = document.operation(name)
        if operation is not None:
            try:
                converted = operation.variables.convert(values)
            except Exception:  # found again, and explained, by the library
                values = operation.variables.drop_nulls(values)
            else:
                return PlatformExecutionContext.begin(
                    self.schema, document, operation.node, converted, context
                )
        found = PlatformExecutionContext.build(
            self.schema,
            document.node,
            context_value=context,
            raw_variable_values=values,
            operation_name=name,
        )
        return cast("PlatformExecutionContext | list[GraphQLError]", found)

    def root_fields(self, query: str) -> list[str]:
        """Return the root fields of a document, such as ``Query.assets``; none if it is invalid."""
        try:
            return self._documents.find(query).root_fields
        except GraphQLError:
            return []

    def names_of(self, data: dict[str, Any]) -> OperationNames:
        """Return the names in the operation that a request chooses; none if it is invalid."""
        try:
            operation = self._documents.find(data["query"]).operation(data.get("operationName"))
        except (GraphQLError, KeyError, TypeError):
            operation = None
        if operation is None:
            return OperationNames()
        node = operation.node
        fields = [each for each in node.selection_set.selections if isinstance(each, FieldNode)]
        return OperationNames(
            node.operation.value,
            node.name.value if node.name else None,
            [each.name.value for each in fields],
            [(each.alias or each.name).value for each in fields],
        )

    @property
    def operations(self) -> list[str]:
        """The names of all root fields of queries and mutations."""
        roots = (self.schema.query_type, self.schema.mutation_type)
        return sorted(name for root in roots if root for name in root.fields)

    def parse_request(self, data: dict[str, Any]) -> tuple[DocumentNode, dict[str, Any]]:
        """Parse and validate the document of a request; return it with its variables.

        Raises:
            InvalidRequestError: the document is malformed, or does not fit the schema.
        """
        try:
            document = self._documents.find(data["query"])
        except GraphQLError as error:
            raise InvalidRequestError([error]) from None
        graphql_errors = self._documents.faults(data["query"])
        if graphql_errors:
            raise InvalidRequestError(graphql_errors)
        values = data.get("variables") or {}
        operation = document.operation(data.get("operationName"))
        if operation and isinstance(values, dict):
            values = operation.variables.drop_nulls(values)
        return document.node, values


def _refuse(graphql_errors: Iterable[GraphQLError]) -> Answer:
    return Answer.of({"errors": [format_error(each) for each in graphql_errors]}, is_valid=False)
