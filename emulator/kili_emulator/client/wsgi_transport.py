"""Requests to an emulator in this process: a call of its WSGI application in the same thread."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlencode

from kili_emulator.client.transport import Answer, Request
from kili_emulator.config import CONTROL_PATH

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class WsgiTransport:
    """The transport to an emulator in this process, without a connection and without a key.

    Args:
        application: returns the application, which must trust the calls.
    """

    def __init__(self, application: Callable[[], WSGIApplication]) -> None:
        self._application = application

    def send(self, request: Request) -> Answer:
        """Call the application; see :meth:`kili_emulator.client.transport.Transport.send`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[..., Any]:
            started.append((status, headers))
            return lambda _: None

        chunks = self._application()(_environ(request), start)
        try:
            content = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, content)


def _environ(request: Request) -> WSGIEnvironment:
    body = request.body or b""
    path = unquote_to_bytes(f"{CONTROL_PATH}{request.path}").decode("latin-1")  # as WSGI demands
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(request.parameters),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
