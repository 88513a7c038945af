"""Sealed messages between the emulator and a worker: JSON with a keyed digest.

A plugin shares its process with the worker, and can write to each of its descriptors. Each frame
therefore carries tags that only those who hold the key can make, over its number and its direction:
what was made up, repeated, left out or put in between is noticed, and is never parsed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import struct
from typing import Any, Callable, Dict, Optional  # noqa: UP035  (loaded by old interpreters, too)

Message = Dict[str, Any]  # noqa: UP006

KEY_SIZE = 43
# From the emulator to the worker, and back.
REQUESTS = b"requests"
ANSWERS = b"answers"
# What a worker says last, when its pipes are not as they were.
BROKEN: Message = {"broken": True}
# Longer texts are cut off before they are sent: a run's log takes no more.
MAX_TEXT = 1_000_001

_MAX_FRAME = 64 * 1024 * 1024
_NUMBER = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_TAG = 16


class ForgedError(Exception):
    """What arrived is not the next frame of the other side."""


def make_tag_function(key: bytes, use: bytes) -> Callable[[int, bytes], bytes]:
    """Makes the tags of one use; the key itself is kept in no Python object.

    Args:
        use: at most 16 bytes; tags of different uses differ.
    """
    keyed_digest = hashlib.blake2b(key=key, digest_size=_TAG, person=use)

    def tag(number: int, content: bytes) -> bytes:
        digest = keyed_digest.copy()
        digest.update(_NUMBER.pack(number) + content)
        return digest.digest()

    return tag


class Marks:
    """Marks in a stream of output, one for each message, none of which can be guessed."""

    def __init__(self, key: bytes) -> None:
        self._tag = make_tag_function(key, b"marks")

    def mark(self, number: int) -> bytes:
        """The mark of a message; its first byte occurs nowhere else in it but at its end."""
        return b"\0" + self._tag(number, b"").hex().encode() + b"\0"


class Sender:
    """Writes frames to a descriptor, one at a time.

    Attributes:
        number: how many there were.
    """

    def __init__(self, descriptor: int, key: bytes, direction: bytes) -> None:
        self._descriptor = descriptor
        self._tag = make_tag_function(key, direction)
        self.number = 0

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            OSError: the other side is gone, or the descriptor was closed.
        """
        content = json.dumps(message).encode()
        length = _LENGTH.pack(len(content))
        head = length + self._tag(self.number, length)
        rest = memoryview(head + content + self._tag(self.number, content))
        self.number += 1
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


class Receiver:
    """Reads frames from a descriptor.

    Args:
        limit: how many bytes of content a frame may have.
    """

    def __init__(
        self, descriptor: int, key: bytes, direction: bytes, limit: int = _MAX_FRAME
    ) -> None:
        self._descriptor = descriptor
        self._tag = make_tag_function(key, direction)
        self._limit = limit
        self._number = 0

    def receive(self) -> Optional[Message]:  # noqa: UP045
        """The next message; ``None`` when the other side is gone.

        Raises:
            ForgedError: something else was written there.
            OSError: the descriptor was closed.
        """
        head = read_exactly(self._descriptor, _LENGTH.size + _TAG)
        if head is None:
            return None
        length = head[: _LENGTH.size]
        self._check(length, head[_LENGTH.size :])
        (size,) = _LENGTH.unpack(length)
        if size > self._limit:
            raise ForgedError
        sealed = read_exactly(self._descriptor, size + _TAG)
        if sealed is None:
            return None
        self._check(sealed[:size], sealed[size:])
        self._number += 1
        message = json.loads(sealed[:size])
        if not isinstance(message, dict):
            raise ForgedError
        return message

    def _check(self, content: bytes, tag: bytes) -> None:
        if not hmac.compare_digest(self._tag(self._number, content), tag):
            raise ForgedError


def truncate_texts(message: Message) -> Message:
    """A message whose texts are not longer than anybody would keep."""
    return {
        name: value[:MAX_TEXT] if isinstance(value, str) else value
        for name, value in message.items()
    }


def read_exactly(descriptor: int, size: int) -> Optional[bytes]:  # noqa: UP045
    """So many bytes; ``None`` when there are not so many any more.

    Raises:
        OSError: the descriptor was closed.
    """
    content = bytearray()
    while len(content) < size:
        chunk = os.read(descriptor, min(size - len(content), 1 << 20))
        if not chunk:
            return None
        content += chunk
    return bytes(content)
