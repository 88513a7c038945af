"""Execution of subscriptions: the operation is executed for each event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from graphql import (
    ExecutionContext,
    GraphQLError,
    GraphQLResolveInfo,
    OperationType,
    execute_sync,
    located_error,
)
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from kili_emulator import errors
from kili_emulator.api.context import RequestContext
from kili_emulator.api.errors import format_error
from kili_emulator.api.execution import GraphQLExecutor, InvalidRequestError
from kili_emulator.api.execution_context import PlatformExecutionContext
from kili_emulator.domain.access import Access
from kili_emulator.domain.event_bus import Event


class EventSource(Protocol):
    """The source of the events of a subscription, which the ``source`` of its field returns."""

    def accepts(self, event: Event) -> bool:
        """Return whether the subscription is about an event."""

    def value_for_event(self, access: Access, event: Event) -> Mapping[str, Any] | None:
        """Return the value of the field for an event; ``None`` if it no longer exists.

        Raises:
            KiliError: the actor no longer has the right to listen.
        """


class Subscription:
    """A subscription that a client requests.

    Args:
        data: ``query``, and optional ``variables`` and ``operationName``.
        context: the context of the request.

    Raises:
        InvalidRequestError: the operation is not a subscription, or not allowed for this client.
    """

    def __init__(
        self, executor: GraphQLExecutor, data: dict[str, Any], context: RequestContext
    ) -> None:
        self._schema = executor.schema
        self._operation_name = data.get("operationName")
        self._document, self._variables = executor.parse_request(data)
        operation_context = PlatformExecutionContext.build(
            self._schema,
            self._document,
            context_value=context,
            raw_variable_values=self._variables,
            operation_name=self._operation_name,
        )
        if isinstance(operation_context, list):
            raise InvalidRequestError(operation_context)
        if operation_context.operation.operation is not OperationType.SUBSCRIPTION:
            raise InvalidRequestError(
                [GraphQLError(errors.SUBSCRIPTIONS_ONLY, operation_context.operation)]
            )
        self._field, self._event_source = _event_source(operation_context)

    def accepts(self, event: Event) -> bool:
        """Return whether an event may need an answer."""
        return self._event_source.accepts(event)

    def answer(self, context: RequestContext, event: Event) -> dict[str, Any] | None:
        """Return the answer for an event; ``None`` to send nothing.

        Raises:
            KiliError: the client no longer has the right to listen.
        """
        value = self._event_source.value_for_event(context.access, event)
        if value is None:
            return None
        result = execute_sync(
            self._schema,
            self._document,
            root_value={self._field: value},
            context_value=context,
            variable_values=self._variables,
            operation_name=self._operation_name,
            execution_context_class=PlatformExecutionContext,
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [format_error(each) for each in result.errors]
        return answer


def _event_source(operation_context: ExecutionContext) -> tuple[str, EventSource]:
    """Return the response name of the field of an operation, and its event source."""
    root = operation_context.schema.subscription_type
    assert root is not None
    fields_by_name = collect_fields(
        operation_context.schema,
        operation_context.fragments,
        operation_context.variable_values,
        root,
        operation_context.operation.selection_set,
    )
    if not fields_by_name:  # a directive skips the field
        raise InvalidRequestError(
            [GraphQLError(errors.SUBSCRIPTIONS_ONLY, operation_context.operation)]
        )
    (response_name, nodes), *_ = fields_by_name.items()
    name = nodes[0].name.value
    field = root.fields[name]
    assert field.subscribe is not None, name
    path = Path(None, response_name, root.name)
    info: GraphQLResolveInfo = operation_context.build_resolve_info(field, nodes, root, path)
    try:
        arguments = get_argument_values(field, nodes[0], operation_context.variable_values)
        source: EventSource = field.subscribe(None, info, **arguments)
    except Exception as error:
        raise InvalidRequestError([located_error(error, nodes, path.as_list())]) from None
    return name, source
