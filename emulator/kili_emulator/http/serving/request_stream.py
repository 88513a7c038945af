"""Reading from a connection: time limits for silent clients, and the end of a request's body."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kili_emulator import clock

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER_BYTES = 16 * 1024


@dataclass(frozen=True)
class TimeLimits:
    """The time limits of connections, in seconds. A websocket has none of them.

    Attributes:
        silence: the maximum time without a byte: before a request, in a request, and while the
            client reads the answer.
        head: the maximum time of the request line and the headers together, from their first byte.
            A body has no such limit, because a slow upload may take long.
    """

    silence: float = 60.0
    head: float = 60.0


class SocketReader(io.RawIOBase):
    """The bytes that a client sends.

    The socket itself ends each silence with a ``TimeoutError``.

    Attributes:
        deadline: the time on :func:`clock.monotonic` after which reading raises ``TimeoutError``;
            ``None`` for no such time.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self.deadline is not None and clock.monotonic() > self.deadline:
            raise TimeoutError
        return self._connection.recv_into(buffer)

    def buffered(self) -> io.BufferedReader:
        """Return a buffered reader on top of this one."""
        return io.BufferedReader(self, _BUFFER_BYTES)


class RequestBody(io.RawIOBase):
    """The body of one request, for ``wsgi.input``; it ends where the body ends.

    Args:
        source: the connection, or the decoder of a chunked body on top of the connection.
        length: the length in bytes; ``None`` if the end of ``source`` is the end of the body.
        before_reading: called before the first byte is read: asks a client to send the body that
            waits for ``100 Continue``.

    Attributes:
        is_complete: whether all of the body was read, so that the next request follows.
    """

    def __init__(
        self, source: io.IOBase, length: int | None, before_reading: Callable[[], None] | None
    ) -> None:
        self._source = source
        self._remaining = length
        self._before_reading = before_reading
        self.is_complete = length == 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read up to the length of the buffer.

        Raises:
            OSError: the client was silent for too long, or ended the connection before the end of
                the body; or a chunk is malformed.
        """
        if self.is_complete:
            return 0
        if self._before_reading:
            self._before_reading()
            self._before_reading = None
        view = memoryview(buffer)[: self._remaining]  # the whole buffer if the length is unknown
        count: int = self._source.readinto(view)  # type: ignore[attr-defined]
        if self._remaining is not None:
            if count == 0 and len(view):
                raise ConnectionAbortedError
            self._remaining -= count
        self.is_complete = self._remaining == 0 or (self._remaining is None and count == 0)
        return count


class ExactReader:
    """Read as many bytes as the decoder of chunked bodies asks for, or fail.

    Werkzeug's decoder does not notice missing bytes.

    Args:
        source: the connection.
    """

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source

    def read(self, size: int) -> bytes:
        """Read exactly this number of bytes.

        Raises:
            OSError: the client ended the connection before.
        """
        data = self._source.read(size)
        if len(data) < size:
            raise ConnectionAbortedError
        return data

    def readline(self, limit: int) -> bytes:
        """Read up to the end of the line, or up to a number of bytes."""
        return self._source.readline(limit)
