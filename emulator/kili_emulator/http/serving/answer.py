"""Answers on the wire: the status line, the headers and the body leave in one segment."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from email.utils import format_datetime
from typing import Any

from kili_emulator import clock

# Up to this size, a copy of the body costs less than a second segment.
_ONE_SEGMENT = 64 * 1024
_WITHOUT_BODY = frozenset({204, 304})

CLOSE_HEADER = ("Connection", "close")


class PacedBody:
    """A body whose pieces are sent one by one; its length is in the headers.

    Args:
        pieces: the pieces; each is sent before the next one is asked for.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        """Return the pieces."""
        return iter(self._pieces)


class Answer:
    """The answer of a WSGI application to one request.

    Args:
        connection: where the answer is sent.
        version: the version in the request line, such as ``HTTP/1.1``.
        head_only: whether the request is a ``HEAD`` request.

    Attributes:
        is_sent: whether a part of the answer may have been sent.
    """

    def __init__(self, connection: socket.socket, version: str, *, head_only: bool) -> None:
        self._connection = connection
        self._version = version
        self._head_only = head_only
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []
        self.is_sent = False

    def start(
        self, status: str, headers: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], Any]:
        """Take the status and the headers: WSGI's ``start_response``."""
        self._status, self._headers = status, headers
        return self._written.append

    @property
    def ends_connection(self) -> bool:
        """Whether the application asks to close the connection after the answer."""
        return CLOSE_HEADER in self._headers

    def send(self, chunks: Iterable[bytes], *, keeps_connection: bool) -> None:
        """Send the answer.

        Args:
            keeps_connection: whether a further request may follow on the connection.

        Raises:
            OSError: the client does not read the answer, or has closed the connection.
        """
        if isinstance(chunks, PacedBody):
            self._send_paced(chunks, keeps_connection)
            return
        body = b"".join((*self._written, *chunks))
        if self._head_only or int(self._status[:3]) in _WITHOUT_BODY:
            body = b""
        head = b"" if self._version == "HTTP/0.9" else self._head(body, keeps_connection)
        self.is_sent = True
        if len(body) <= _ONE_SEGMENT:
            self._send_all(head + body)
        else:
            self._send_all(head)
            self._send_all(body)

    def _send_paced(self, pieces: PacedBody, keeps_connection: bool) -> None:
        self.is_sent = True
        self._send_all(self._head(b"", keeps_connection))
        for piece in pieces:
            self._send_all(piece)

    def _head(self, body: bytes, keeps_connection: bool) -> bytes:
        lines = [f"HTTP/1.1 {self._status}", *(f"{name}: {each}" for name, each in self._headers)]
        names = {name.lower() for name, _ in self._headers}
        if "content-length" not in names and int(self._status[:3]) not in _WITHOUT_BODY:
            lines.append(f"Content-Length: {len(body)}")
        if "date" not in names:
            lines.append(f"Date: {_date.text()}")
        if not keeps_connection and "connection" not in names:
            lines.append("Connection: close")
        elif self._version == "HTTP/1.0":
            lines.append("Connection: keep-alive")
        return "\r\n".join((*lines, "", "")).encode("latin-1")

    def _send_all(self, data: bytes) -> None:
        """Send data of any size, as long as the client reads on: ``sendall`` limits the total."""
        view = memoryview(data)
        while view:
            view = view[self._connection.send(view) :]


class _Date:
    """The value of the ``Date`` header, formatted once per second."""

    def __init__(self) -> None:
        self._formatted = (-1, "")

    def text(self) -> str:
        """Return the present date, at most a second old."""
        second = int(clock.monotonic())
        if self._formatted[0] != second:
            self._formatted = (second, format_datetime(clock.Clock().now(), usegmt=True))
        return self._formatted[1]


_date = _Date()
