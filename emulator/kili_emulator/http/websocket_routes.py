"""The websocket route of the GraphQL endpoint, and the open connections of a server."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import wait
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kili_emulator import errors
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.config import GRAPHQL_PATH
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.http import security
from kili_emulator.http.graphql_endpoint import ContextFactory, make_context_factory
from kili_emulator.http.request_log import RequestLog, RequestLogEntry
from kili_emulator.http.websocket_connection import Connection, ConnectionLimits

_MAX_MESSAGE = 1_000_000


class WebsocketConnections:
    """All open connections of a server.

    Args:
        request_log: records each requested subscription.

    Attributes:
        limits: the limits of new connections.
    """

    def __init__(
        self, registry: WorldRegistry, executor: GraphQLExecutor, request_log: RequestLog
    ) -> None:
        self.limits = ConnectionLimits()
        self._registry = registry
        self._executor = executor
        self._request_log = request_log
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()

    def serve(self, channel: Any, make_context: ContextFactory) -> None:
        """Serve one connection until it ends."""
        connection = Connection(
            channel, self._registry, self._executor, make_context, self._log_request, self.limits
        )
        with self._lock:
            self._connections.add(connection)
        try:
            connection.run()
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _log_request(
        self, session: tuple[World, Actor] | None, operations: list[str], failed: bool
    ) -> None:
        self._request_log.add(RequestLogEntry(request, session, operations, errors=failed))

    def detach(self, world: World) -> None:
        """Complete the subscriptions to a world."""
        for each in self._open_connections():
            each.complete_all(world)

    def close(self) -> None:
        """Complete all subscriptions, wait briefly until clients stop them, then close all."""
        connections = self._open_connections()
        wait([each.complete_all() for each in connections], self.limits.grace)
        for each in connections:
            each.close_when_sent()
        wait([each.ended for each in connections], self.limits.grace)
        for each in connections:
            each.abort()

    def _open_connections(self) -> list[Connection]:
        with self._lock:
            return list(self._connections)


class _NoAnswer(Response):
    """The answer of a request whose connection became a websocket: none."""

    def __call__(self, *_: Any) -> Iterable[bytes]:
        raise ConnectionAbortedError  # keeps the server from writing an answer


def subscriptions_blueprint(
    subscriptions: WebsocketConnections, signer: security.FileUrlSigner
) -> Blueprint:
    """Make the route of the websocket."""
    blueprint = Blueprint("subscriptions", __name__)

    @blueprint.route(GRAPHQL_PATH, websocket=True)
    def subscribe() -> Response:
        import simple_websocket
        from wsproto.utilities import ProtocolError

        protocols = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if Connection.PROTOCOL not in (each.strip() for each in protocols):
            return security.text_answer(errors.SUBPROTOCOL_UNKNOWN, 400)
        make_context = make_context_factory(request, signer)
        request.environ["werkzeug.socket"].settimeout(None)  # a client may be silent for hours
        try:
            channel = simple_websocket.Server.accept(
                request.environ, [Connection.PROTOCOL], max_message_size=_MAX_MESSAGE
            )
        except ProtocolError as error:
            return security.text_answer(errors.HANDSHAKE_REFUSED.format(reason=error), 400)
        subscriptions.serve(channel, make_context)
        return _NoAnswer()

    return blueprint
