"""The web server: an address, and the connections to it."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

from kili_emulator import clock, messages
from kili_emulator.http.serving.accept_pool import AcceptPool
from kili_emulator.http.serving.request_handler import RequestHandler
from kili_emulator.http.serving.request_stream import TimeLimits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_BACKLOG = 128
# Seconds between checks for signals: on Windows, a wait without a limit cannot be interrupted.
_INTERRUPT_SECONDS = 0.5
# A client sends its request at once: a connection without one for so many seconds is not in use.
_UNUSED_SECONDS = 1.0

logger = logging.getLogger(__name__)


class HttpServer:
    """A server for an application: one thread per connection.

    Args:
        port: 0 for any free port, which is then in :attr:`port`.
        limits: the time limits of connections.

    Raises:
        OSError: the server cannot listen on the address.
    """

    ssl_context = None
    multithread = True
    multiprocess = False

    def __init__(
        self,
        application: WSGIApplication,
        host: str,
        port: int,
        limits: TimeLimits = TimeLimits(),  # noqa: B008  (immutable)
    ) -> None:
        self.app = application
        self.limits = limits
        self._listening_socket = _open_socket(host, port)
        self.server_address: Any = self._listening_socket.getsockname()
        self.host = host
        self.port: int = self.server_address[1]
        self._pool = AcceptPool(
            self._listening_socket, self._serve_connection, self._close_unused_connections
        )
        self._thread: threading.Thread | None = None
        self._shutdown_requested = threading.Event()
        self._is_stopped = threading.Event()
        self._connections: set[RequestHandler] = set()
        self._lock = threading.Lock()
        self._after_first_answer: list[Callable[[], None]] = []
        _servers.add(self)

    @property
    def keeps_connections(self) -> bool:
        """Whether connections wait for further requests."""
        return not self._is_stopped.is_set()

    def call_after_first_answer(self, callback: Callable[[], None]) -> None:
        """Call a function once, after the first answer of the application was sent."""
        self._after_first_answer.append(callback)

    def note_answer(self) -> None:
        """Take note that an answer of the application was sent."""
        if self._after_first_answer:
            with self._lock:
                callbacks, self._after_first_answer = self._after_first_answer, []
            for each in callbacks:
                each()

    def start(self) -> None:
        """Serve in new threads, until :meth:`request_shutdown`."""
        self._pool.start()
        self._thread = threading.Thread(target=self._serve_and_stop, name="http stop", daemon=True)
        self._thread.start()

    def serve(self) -> None:
        """Serve until interrupted, or until :meth:`request_shutdown`; :meth:`stop` ends serving."""
        self._pool.start()
        while not self._shutdown_requested.wait(_INTERRUPT_SECONDS):
            pass

    def request_shutdown(self) -> None:
        """Stop serving, as an interrupt does; called from the threads of requests."""
        self._shutdown_requested.set()

    def _serve_and_stop(self) -> None:
        self._shutdown_requested.wait()
        self._stop_accepting()

    def _stop_accepting(self) -> None:
        """Accept no further connection and no further request; running requests go on."""
        self._is_stopped.set()
        self._pool.stop()
        self._close_unused_connections(0)

    def stop(self) -> None:
        """Stop serving and close the socket, without waiting for running requests."""
        self.request_shutdown()
        self._stop_accepting()
        if self._thread:
            self._thread.join()

    def count_connections(self) -> int:
        """Return the number of open connections."""
        with self._lock:
            return len(self._connections)

    def count_running_requests(self) -> int:
        """Return the number of requests that are being answered, without websockets."""
        with self._lock:
            return sum(each.is_answering for each in self._connections)

    def _close_unused_connections(self, seconds: float = _UNUSED_SECONDS) -> None:
        """Close the connections that have waited for a request for so many seconds."""
        latest = clock.monotonic() - seconds
        with self._lock:
            connections = list(self._connections)
        for each in connections:
            if each.waiting_since is not None and each.waiting_since <= latest:
                with contextlib.suppress(OSError):
                    each.connection.shutdown(socket.SHUT_RDWR)

    def close_in_child(self) -> None:
        """Close all sockets in a forked child, without ending the connections of the parent."""
        self._listening_socket.close()
        for each in list(self._connections):  # without the lock, which a thread may have held
            each.connection.close()

    def _serve_connection(self, connection: socket.socket, address: Any) -> None:
        try:
            RequestHandler(connection, address, cast(Any, self))
        except OSError:
            pass  # the client left
        except Exception:
            logger.exception(messages.CONNECTION_FAILED)

    def add_connection(self, connection: RequestHandler) -> None:
        """Remember a connection until it ends."""
        with self._lock:
            self._connections.add(connection)

    def remove_connection(self, connection: RequestHandler) -> None:
        """Forget a connection that ends."""
        with self._lock:
            self._connections.discard(connection)


_servers: WeakSet[HttpServer] = WeakSet()


def _close_inherited_sockets() -> None:
    """Close the sockets in a forked child of a plugin, which may outlive the emulator."""
    for each in _servers:
        each.close_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_inherited_sockets)


def _open_socket(host: str, port: int) -> socket.socket:
    if ":" not in host:
        return socket.create_server((host, port), backlog=_BACKLOG)
    dual_stack = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(
        (host, port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=dual_stack
    )
