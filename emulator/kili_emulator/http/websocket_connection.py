"""A websocket connection with the older sub-protocol ``graphql-ws``.

See contract/subscription.md#protocol.

The client first sends ``connection_init`` with its API key. For each subscription it then sends
``start``, gets any number of ``data`` frames, and sends ``stop``. The server answers each ``stop``
with one ``complete``, even if it completed the subscription before: clients wait for the answer.

The thread of the request reads. A second thread executes the operation for each event and writes
all frames in order. Threads that change the world only add tasks to the queue of this writer.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from kili_emulator import errors
from kili_emulator.api.execution import GraphQLExecutor, InvalidRequestError
from kili_emulator.api.subscription import Subscription
from kili_emulator.domain.api_key import authenticate
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.domain.world import Actor, View, World
from kili_emulator.http import websocket_frames
from kili_emulator.http.graphql_endpoint import ContextFactory

logger = logging.getLogger(__name__)

# A task of the writer, which sends the returned frame, if there is one.
WriterTask = Callable[[], websocket_frames.Frame | None]
# Logs a request: the world and the user, the operations, whether the answer was an error.
LogRequest = Callable[[tuple[World, Actor] | None, list[str], bool], None]

_GOING_AWAY = 1001
_POLICY_VIOLATION = 1008


@dataclass(frozen=True)
class ConnectionLimits:
    """The time limits and the queue limit of a connection.

    Attributes:
        init: seconds until a client must have sent its API key.
        keep_alive: seconds without a frame after which the server sends a ``ka``.
        grace: seconds for clients to stop their subscriptions when the server stops.
        waiting: the number of frames that may wait for a slow client.
        subscriptions: the number of active subscriptions of a client.
    """

    init: float = 5.0
    keep_alive: float = 20.0
    grace: float = 2.0
    waiting: int = 10_000
    subscriptions: int = 1_000


class Connection:
    """One connection.

    Args:
        channel: a ``simple_websocket.Server``.
        make_context: makes the context of each execution.
        log_request: called for each requested subscription, before the answer.

    Attributes:
        ended: done when the connection has ended.
    """

    PROTOCOL: ClassVar = "graphql-ws"

    def __init__(
        self,
        channel: Any,
        registry: WorldRegistry,
        executor: GraphQLExecutor,
        make_context: ContextFactory,
        log_request: LogRequest,
        limits: ConnectionLimits,
    ) -> None:
        self._channel = channel
        self._log_request = log_request
        self._registry = registry
        self._executor = executor
        self._limits = limits
        self._outbox: queue.SimpleQueue[WriterTask | None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._active_subscriptions: dict[str, ActiveSubscription] = {}
        self._awaiting_stop: set[str] = set()  # completed by the server
        self._stop_waiters: list[Future[None]] = []
        self._key: str | None = None
        self._close_code: int | None = None
        self.make_context = make_context
        self.ended: Future[None] = Future()

    def run(self) -> None:
        """Serve the connection until it ends."""
        from simple_websocket import ConnectionClosed

        writer = threading.Thread(target=self._write, name="subscriptions", daemon=True)
        writer.start()
        try:
            while self._close_code is None:
                self._read()
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                for each in self._active_subscriptions.values():
                    each.end()
                self._active_subscriptions.clear()
                self._awaiting_stop.clear()
                self._resolve_stop_waiters()
            self._outbox.put(None)
            writer.join(self._limits.grace)
            self.abort()
            self.ended.set_result(None)

    # Reading

    def _read(self) -> None:
        message = self._channel.receive(self._limits.init)
        if message is not None:
            self._handle(message)
        elif self._key is None:
            self._close_code = _POLICY_VIOLATION

    def _handle(self, message: str | bytes) -> None:
        frame = websocket_frames.parse_frame(message)
        frame_type = frame.get("type")
        if frame_type == "connection_init":
            self._authenticate(frame.get("payload"))
        elif frame_type == "connection_terminate":
            self._close_code = _GOING_AWAY
        elif self._key is None:
            self._refuse_connection()
        elif frame_type == "start":
            self._start(frame.get("id"), frame.get("payload"))
        elif frame_type == "stop":
            self._stop(frame.get("id"))
        else:
            self.send(websocket_frames.bad_input_error(frame.get("id"), errors.FRAME_TYPE_UNKNOWN))

    def _authenticate(self, payload: Any) -> None:
        key = websocket_frames.api_key(payload)
        if key is None or self._registry.authenticate(key) is None:
            self._refuse_connection()
            return
        self._key = key
        self.send({"type": "connection_ack"})

    def _refuse_connection(self) -> None:
        self.send({"type": "connection_error", "payload": {"message": errors.UNAUTHORIZED}})
        self._close_code = _POLICY_VIOLATION

    def _start(self, frame_id: Any, payload: Any) -> None:
        if not isinstance(frame_id, str) or not websocket_frames.is_operation(payload):
            self.send(websocket_frames.bad_input_error(frame_id, errors.START_INCOMPLETE))
            return
        limit = self._limits.subscriptions
        if len(self._active_subscriptions.keys() - {frame_id}) >= limit:
            text = errors.TOO_MANY_SUBSCRIPTIONS.format(limit=limit)
            self.send(websocket_frames.bad_input_error(frame_id, text))
            return
        assert self._key is not None
        session = self._registry.authenticate(self._key)
        root_fields = self._executor.root_fields(payload["query"])
        if session is None:
            self._log_request(None, root_fields, True)
            self.send(websocket_frames.error_from_cause(frame_id, errors.access_denied()))
            return
        world, actor = session
        try:
            context = self.make_context(world, actor)
            subscription = Subscription(self._executor, payload, context)
        except InvalidRequestError as error:
            self._log_request(session, root_fields, True)
            self.send(websocket_frames.error(frame_id, error.errors))
            return
        with self._lock:
            self._end_subscription(frame_id)
            self._active_subscriptions[frame_id] = ActiveSubscription(
                self, frame_id, subscription, world, self._key
            )
        self._log_request(session, root_fields, False)

    def _stop(self, frame_id: Any) -> None:
        with self._lock:
            if isinstance(frame_id, str):
                self._end_subscription(frame_id)
            self.send({"type": "complete", "id": frame_id})
            self.post(self._resolve_stop_waiters)

    def _end_subscription(self, frame_id: str) -> None:
        if frame_id in self._active_subscriptions:
            self._active_subscriptions.pop(frame_id).end()
        self._awaiting_stop.discard(frame_id)

    # Ending by the server

    def complete(
        self, active_subscription: ActiveSubscription, last: websocket_frames.Frame | None = None
    ) -> None:
        """End a subscription that the client has not stopped, and send the last frame."""
        with self._lock:
            active_subscription.stop_listening()
            if self._active_subscriptions.get(active_subscription.frame_id) is active_subscription:
                del self._active_subscriptions[active_subscription.frame_id]
                self._awaiting_stop.add(active_subscription.frame_id)
                self.send(last or {"type": "complete", "id": active_subscription.frame_id})

    def complete_all(self, world: World | None = None) -> Future[None]:
        """End the subscriptions to a world, or all of them.

        Returns:
            done when the client has stopped them too, or the connection has ended.
        """
        all_stopped: Future[None] = Future()
        with self._lock:
            for each in list(self._active_subscriptions.values()):
                if world in (None, each.world):
                    self.complete(each)
            self._stop_waiters.append(all_stopped)
            self.post(self._resolve_stop_waiters)
        return all_stopped

    def _resolve_stop_waiters(self) -> None:
        """Resolve the futures of :meth:`complete_all`, if the client has stopped all."""
        with self._lock:
            if not self._awaiting_stop:
                for each in self._stop_waiters:
                    each.set_result(None)
                self._stop_waiters.clear()

    def close_when_sent(self) -> None:
        """End the connection when all waiting frames are written."""
        self._close_code = _GOING_AWAY
        self._outbox.put(None)

    # Writing

    def send(self, frame: websocket_frames.Frame) -> None:
        """Queue a frame for the client."""
        self.post(lambda: frame)

    def post(self, task: WriterTask) -> None:
        """Queue a task for the writer, without waiting; abort if too many tasks wait."""
        if self._outbox.qsize() > self._limits.waiting:
            logger.warning(errors.CLIENT_TOO_SLOW)
            self.abort()
        else:
            self._outbox.put(task)

    def _write(self) -> None:
        from simple_websocket import ConnectionClosed

        try:
            with contextlib.suppress(ConnectionClosed, OSError):
                while task := self._next_task():
                    frame = task()
                    if frame is not None:
                        self._channel.send(json.dumps(frame, separators=(",", ":")))
                self._channel.close(self._close_code or _GOING_AWAY)
        finally:
            self.abort()

    def _next_task(self) -> WriterTask | None:
        while True:
            try:
                return self._outbox.get(timeout=self._limits.keep_alive)
            except queue.Empty:
                if self._key is not None:
                    return lambda: {"type": "ka"}

    def abort(self) -> None:
        """Shut the connection down; pending reads and writes end."""
        with contextlib.suppress(OSError):
            self._channel.sock.shutdown(socket.SHUT_RDWR)


class ActiveSubscription:
    """A subscription of a connection; it listens to its world from its creation on."""

    def __init__(
        self,
        connection: Connection,
        frame_id: str,
        subscription: Subscription,
        world: World,
        key: str,
    ) -> None:
        self.frame_id = frame_id
        self.world = world
        self._connection = connection
        self._subscription = subscription
        self._key = key
        self._is_stopped = False
        world.bus.subscribe(self._queue_events)
        world.after_roll_back.append(self._complete)

    def stop_listening(self) -> None:
        """Stop listening; earlier events are still sent."""
        self.world.bus.unsubscribe(self._queue_events)
        with contextlib.suppress(ValueError):
            self.world.after_roll_back.remove(self._complete)

    def end(self) -> None:
        """Stop listening, and send no further event."""
        self._is_stopped = True
        self.stop_listening()

    def _complete(self) -> None:
        self._connection.complete(self)

    def _queue_events(self, events: list[Event]) -> tuple[()]:
        for each in events:
            if self._subscription.accepts(each):
                self._connection.post(partial(self._event_frame, each, self.world.view))
        return ()

    def _event_frame(self, event: Event, view: View) -> websocket_frames.Frame | None:
        """Make the frame of an event, with the state of the world right after the event."""
        if self._is_stopped:
            return None
        try:
            actor = authenticate(self.world, self._key)
            if actor is None:
                raise errors.access_denied()
            context = self._connection.make_context(self.world, actor)
            context.view = view
            answer = self._subscription.answer(context, event)
        except errors.KiliError as error:
            self._connection.complete(self, websocket_frames.error_from_cause(self.frame_id, error))
            return None
        return answer and {"type": "data", "id": self.frame_id, "payload": answer}
