"""The websocket at the address of the GraphQL endpoint, and all that are open."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import wait
from typing import Any

from flask import Blueprint, Response, request

from kili_emulator import errors
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.config import API_PATH
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.http import security
from kili_emulator.http.graphql_routes import MakeContext, context_maker
from kili_emulator.http.request_log import Entry, RequestLog
from kili_emulator.http.websocket_connection import Connection, Limits

_MAX_MESSAGE = 1_000_000


class Subscriptions:
    """All open connections of a server.

    Args:
        request_log: where each subscription that is asked for is written down.

    Attributes:
        limits: of the connections to come.
    """

    def __init__(
        self, registry: WorldRegistry, executor: GraphQLExecutor, request_log: RequestLog
    ) -> None:
        self.limits = Limits()
        self._registry = registry
        self._executor = executor
        self._request_log = request_log
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()

    def serve(self, channel: Any, make_context: MakeContext) -> None:
        """Serve one connection until it ends."""
        connection = Connection(
            channel, self._registry, self._executor, make_context, self._note, self.limits
        )
        with self._lock:
            self._connections.add(connection)
        try:
            connection.run()
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _note(
        self, session: tuple[World, Actor] | None, operations: list[str], failed: bool
    ) -> None:
        self._request_log.add(Entry(request, session, operations, errors=failed))

    def detach(self, world: World) -> None:
        """Complete the subscriptions to a world."""
        for each in self._open():
            each.complete_all(world)

    def close(self) -> None:
        """Complete all subscriptions, give clients a moment to take leave, and hang up."""
        connections = self._open()
        wait([each.complete_all() for each in connections], self.limits.grace)
        for each in connections:
            each.hang_up()
        wait([each.over for each in connections], self.limits.grace)
        for each in connections:
            each.cut()

    def _open(self) -> list[Connection]:
        with self._lock:
            return list(self._connections)


class _Over(Response):
    """The end of a request whose connection was used up as a websocket."""

    def __call__(self, *_: Any) -> Iterable[bytes]:
        raise ConnectionAbortedError  # the server then writes nothing


def subscriptions_blueprint(
    subscriptions: Subscriptions, signer: security.UploadSigner
) -> Blueprint:
    """The route of the websocket."""
    blueprint = Blueprint("subscriptions", __name__, url_prefix=API_PATH)

    @blueprint.route("/graphql", websocket=True)
    def subscribe() -> Response:
        import simple_websocket
        from wsproto.utilities import ProtocolError

        asked = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if Connection.PROTOCOL not in (each.strip() for each in asked):
            return security.text_answer(errors.SUBPROTOCOL_UNKNOWN, 400)
        make_context = context_maker(signer)
        try:
            channel = simple_websocket.Server.accept(
                request.environ, [Connection.PROTOCOL], max_message_size=_MAX_MESSAGE
            )
        except ProtocolError as error:
            return security.text_answer(errors.HANDSHAKE_REFUSED.format(reason=error), 400)
        subscriptions.serve(channel, make_context)
        return _Over()

    return blueprint
