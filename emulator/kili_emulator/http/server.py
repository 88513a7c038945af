"""The web server: one thread per request, because plugins call the API while a request waits."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any
from weakref import WeakSet

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

_BACKLOG = 128


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    error_content_type = "text/plain; charset=utf-8"  # the answer to invalid HTTP
    error_message_format = "%(message)s: %(explain)s"

    def log_request(self, *_: Any) -> None:
        """Log nothing."""


class HttpServer:
    """A server for an application.

    Args:
        port: 0 for any free port, which is then in :attr:`port`.

    Raises:
        OSError: the server cannot listen on the address.
    """

    def __init__(self, application: Flask, host: str, port: int) -> None:
        # Our own socket: werkzeug would end the process if it cannot listen, and look up its own
        # name in the name service before.
        with _open_socket(host, port) as listening_socket:
            self._server = make_server(
                host,
                port,
                application,
                threaded=True,
                request_handler=_QuietHandler,
                fd=listening_socket.fileno(),
            )
        self._thread: threading.Thread | None = None
        self.host = host
        self.port = self._server.port
        _servers.add(self)

    def start(self) -> None:
        """Serve in a new thread."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="http", daemon=True
        )
        self._thread.start()

    def serve(self) -> None:
        """Serve in this thread until interrupted, or until :meth:`request_shutdown`."""
        self._server.serve_forever(0.2)

    def request_shutdown(self) -> None:
        """Stop serving, as an interrupt does; called from the threads of requests."""
        self._server.shutdown()

    def close_socket(self) -> None:
        """Close the socket in this process."""
        self._server.socket.close()

    def stop(self) -> None:
        """Stop serving and close the socket, without waiting for running requests."""
        if self._thread:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


_servers: WeakSet[HttpServer] = WeakSet()


def _close_inherited_sockets() -> None:
    """Close the sockets in a forked child of a plugin, which may outlive the emulator."""
    for each in _servers:
        each.close_socket()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_inherited_sockets)


def _open_socket(host: str, port: int) -> socket.socket:
    if ":" not in host:
        return socket.create_server((host, port), backlog=_BACKLOG)
    dual_stack = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(
        (host, port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=dual_stack
    )
