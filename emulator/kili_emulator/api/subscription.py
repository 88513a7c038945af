"""Executes subscriptions: the operation once more for each event that it is told of."""

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
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.world import Actor, View


class Source(Protocol):
    """What a subscription listens to: the field's ``source`` answers one."""

    def concerns(self, event: Event) -> bool:
        """Whether an event is to be told."""

    def told(self, view: View, actor: Actor, event: Event) -> Mapping[str, Any] | None:
        """The field's value for an event; ``None`` where there is none any more.

        Raises:
            KiliError: the actor may not listen any more.
        """


class Subscription:
    """A subscription as a client asks for it.

    Args:
        data: ``query``, and where given ``variables`` and ``operationName``.
        context: of the request that asks.

    Raises:
        InvalidRequestError: it is none, or not one for this client.
    """

    def __init__(
        self, executor: GraphQLExecutor, data: dict[str, Any], context: RequestContext
    ) -> None:
        self._schema = executor.schema
        self._operation_name = data.get("operationName")
        self._document, self._variables = executor.checked(data)
        built = PlatformExecutionContext.build(
            self._schema,
            self._document,
            context_value=context,
            raw_variable_values=self._variables,
            operation_name=self._operation_name,
        )
        if isinstance(built, list):
            raise InvalidRequestError(built)
        if built.operation.operation is not OperationType.SUBSCRIPTION:
            raise InvalidRequestError([GraphQLError(errors.SUBSCRIPTIONS_ONLY, built.operation)])
        self._field, self._source = _source(built)

    def concerns(self, event: Event) -> bool:
        """Whether the client may have to be told of an event."""
        return self._source.concerns(event)

    def answer(self, context: RequestContext, event: Event) -> dict[str, Any] | None:
        """What the client is told of an event; ``None``: nothing.

        Raises:
            KiliError: the client may not listen any more.
        """
        value = self._source.told(context.view, context.actor, event)
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


def _source(built: ExecutionContext) -> tuple[str, Source]:
    """The field that an operation subscribes to, and what it listens to."""
    root = built.schema.subscription_type
    assert root is not None
    selected = collect_fields(
        built.schema,
        built.fragments,
        built.variable_values,
        root,
        built.operation.selection_set,
    )
    if not selected:  # its field is skipped by a directive
        raise InvalidRequestError([GraphQLError(errors.SUBSCRIPTIONS_ONLY, built.operation)])
    (response_name, nodes), *_ = selected.items()
    name = nodes[0].name.value
    field = root.fields[name]
    assert field.subscribe is not None, name
    path = Path(None, response_name, root.name)
    info: GraphQLResolveInfo = built.build_resolve_info(field, nodes, root, path)
    try:
        arguments = get_argument_values(field, nodes[0], built.variable_values)
        source: Source = field.subscribe(None, info, **arguments)
    except Exception as error:
        raise InvalidRequestError([located_error(error, nodes, path.as_list())]) from None
    return name, source
