"""The web server: a thread per request, because plugins call back while their cause waits."""

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
    error_content_type = "text/plain; charset=utf-8"  # of what is no request at all
    error_message_format = "%(message)s: %(explain)s"

    def log_request(self, *_: Any) -> None:
        """Requests are not news."""


class HttpServer:
    """Serves an application until it is stopped.

    Args:
        port: 0 takes any free one; :attr:`port` then says which.

    Raises:
        OSError: the address cannot be listened on.
    """

    def __init__(self, application: Flask, host: str, port: int) -> None:
        # A socket of ours: werkzeug ends the process where it cannot listen, and asks the name
        # service for its own name before it does.
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
        """Serve from a thread of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="http", daemon=True
        )
        self._thread.start()

    def serve(self) -> None:
        """Serve in this thread until interrupted, or until :meth:`request_shutdown`."""
        self._server.serve_forever(0.2)

    def request_shutdown(self) -> None:
        """End serving, as an interrupt does; for the threads of requests."""
        self._server.shutdown()

    def close_socket(self) -> None:
        """Hold the address no longer, in this process."""
        self._server.socket.close()

    def stop(self) -> None:
        """Stop serving and close the socket; requests under way are left to themselves."""
        if self._thread:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


_servers: WeakSet[HttpServer] = WeakSet()


def _close_inherited_sockets() -> None:
    """In a child that a plugin forks: it may outlive the emulator, and would keep its address."""
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
