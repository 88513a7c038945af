"""HTTP requests as bytes, for what HTTP libraries would not send."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

QUERY = json.dumps({"query": "{ data: viewer { email } }"}).encode()
ANSWER = b'{"data":{"data":{"email":"admin@example.com"}}}'


@dataclass(frozen=True)
class RawAnswer:
    """An answer as the server sent it.

    Attributes:
        headers: names in lower case → values.
    """

    status: int
    headers: dict[str, str]
    body: bytes


class RawConnection:
    """A connection to an emulator that sends bytes and reads answers.

    Args:
        url: the address of the emulator.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        self._netloc = address.netloc
        self.socket = socket.create_connection((address.hostname, address.port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file: BinaryIO = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(
        self, request_line: str, *headers: str, key: str = "emulator-admin", host: str | None = None
    ) -> bytes:
        """Return the head of a request; without an empty line at its end if ``headers`` ends so."""
        lines = [request_line, f"Host: {host or self._netloc}", f"Authorization: X-API-Key: {key}"]
        return "\r\n".join((*lines, *headers, "", "")).encode("latin-1")

    def query(self, *headers: str, body: bytes = QUERY, key: str = "emulator-admin") -> bytes:
        """Return a GraphQL request with its length."""
        line = "POST /api/label/v2/graphql HTTP/1.1"
        return self.head(line, f"Content-Length: {len(body)}", *headers, key=key) + body

    def answer(self, *, has_body: bool = True) -> RawAnswer:
        """Read the next answer.

        Args:
            has_body: whether the answer has the body that its headers announce; the answer to a
                ``HEAD`` request has none.
        """
        line = self._file.readline()
        assert line.startswith(b"HTTP/1.1 "), line
        headers: dict[str, str] = {}
        while (each := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = each.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0)) if has_body else 0
        return RawAnswer(int(line.split()[1]), headers, self._file.read(length))

    def rest(self) -> bytes:
        """Return what the server sends until it ends the connection."""
        return self._file.read()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
