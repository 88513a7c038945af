"""Threads that each accept a connection and serve it until its end.

No thread passes a connection to another one, which would cost a switch of threads per connection.
The number of threads has no limit: plugins send requests while the request that caused them waits.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from kili_emulator import clock, messages

logger = logging.getLogger(__name__)

# Threads that wait for a connection. Each reserves a file descriptor while it waits.
_MAX_WAITING = 6
_PAUSE_SECONDS = 0.2
_WARNING_SECONDS = 60.0
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

ServeConnection = Callable[[socket.socket, Any], None]


class AcceptPool:
    """The threads of a server.

    Args:
        listening_socket: where clients connect.
        serve_connection: called with each connection and the address of its client.
        release_connections: closes connections that nobody uses; called if the process has no
            more file descriptors.
    """

    def __init__(
        self,
        listening_socket: socket.socket,
        serve_connection: ServeConnection,
        release_connections: Callable[[], None],
    ) -> None:
        self._listening_socket = listening_socket
        self._serve_connection = serve_connection
        self._release_connections = release_connections
        self._lock = threading.Lock()
        self._waiting = 0
        self._stopped = threading.Event()
        self._next_warning = 0.0

    def start(self) -> None:
        """Accept connections in a new thread."""
        with self._lock:
            self._waiting += 1
        threading.Thread(target=self._work, name="http", daemon=True).start()

    def stop(self) -> None:
        """Accept no further connection; close the socket."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listening_socket.shutdown(socket.SHUT_RDWR)  # ends ``accept`` on Linux
        self._wake_waiting()
        self._listening_socket.close()

    def _wake_waiting(self) -> None:
        """Connect once for each waiting thread: elsewhere, nothing else ends ``accept``."""
        with contextlib.suppress(OSError):
            address = self._listening_socket.getsockname()
            for _ in range(self._waiting):
                socket.create_connection(address[:2], timeout=0.2).close()

    def _work(self) -> None:
        """Serve connections until there are enough waiting threads without this one.

        The caller has counted this thread as a waiting one.
        """
        while accepted := self._accept():
            connection, address = accepted
            with self._lock:
                self._waiting -= 1
                is_last = self._waiting == 0
            if is_last:
                self._start_another()
            with contextlib.closing(connection):
                self._serve_connection(connection, address)
            with self._lock:
                if self._waiting >= _MAX_WAITING or self._stopped.is_set():
                    return
                self._waiting += 1

    def _accept(self) -> tuple[socket.socket, Any] | None:
        """Wait for a connection; ``None`` if this thread is to end."""
        while not self._stopped.is_set():
            try:
                return self._listening_socket.accept()
            except OSError as error:
                if not self._stopped.is_set() and not self._pause(error):
                    return None
        return None

    def _pause(self, error: OSError) -> bool:
        """Wait a moment before the next attempt to accept a connection.

        Returns:
            whether this thread is to try again: one thread is enough if the process has no more
            file descriptors.
        """
        if error.errno in _EXHAUSTED:
            with self._lock:
                if self._waiting > 1:
                    self._waiting -= 1
                    return False
            if clock.monotonic() >= self._next_warning:
                self._next_warning = clock.monotonic() + _WARNING_SECONDS
                logger.warning(messages.DESCRIPTORS_EXHAUSTED.format(reason=error.strerror))
            self._release_connections()
        self._stopped.wait(_PAUSE_SECONDS)
        return True

    def _start_another(self) -> None:
        try:
            self.start()
        except RuntimeError as error:  # the next connections wait until a thread is free
            with self._lock:
                self._waiting -= 1
            logger.warning(messages.THREADS_EXHAUSTED.format(reason=error))
