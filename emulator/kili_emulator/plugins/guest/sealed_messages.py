"""Sealed messages between the emulator and a worker: JSON with a keyed digest.

A plugin shares its process with the worker, and can write to each of its descriptors. Therefore
each frame has tags that need a secret key and cover the number and the direction of the frame. So
the receiver detects frames that were invented, repeated, omitted or inserted, and never parses
them.
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
# The directions: from the emulator to the worker, and back.
REQUESTS = b"requests"
ANSWERS = b"answers"
# The last message of a worker whose pipes the plugin has changed.
BROKEN: Message = {"broken": True}
# Longer texts are truncated before they are sent, as the log of a run drops the rest.
MAX_TEXT = 1_000_001

_MAX_FRAME = 64 * 1024 * 1024
_NUMBER = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_TAG = 16


class ForgedError(Exception):
    """The received bytes are not the next frame of the other side."""


def make_tag_function(key: bytes, use: bytes) -> Callable[[int, bytes], bytes]:
    """Return a function that makes the tags for one use; it does not keep the key itself.

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
    """The marks in a stream of output: one for each message; they cannot be guessed."""

    def __init__(self, key: bytes) -> None:
        self._tag = make_tag_function(key, b"marks")

    def mark(self, number: int) -> bytes:
        """Return the mark of a message; its first byte occurs again only at its end."""
        return b"\0" + self._tag(number, b"").hex().encode() + b"\0"


class Sender:
    """A writer of frames to a descriptor; not for several threads at once.

    Attributes:
        number: the number of the next frame, from 0 on.
    """

    def __init__(self, descriptor: int, key: bytes, direction: bytes) -> None:
        self._descriptor = descriptor
        self._tag = make_tag_function(key, direction)
        self.number = 0

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            OSError: the other side has ended, or the descriptor was closed.
        """
        content = json.dumps(message).encode()
        length = _LENGTH.pack(len(content))
        head = length + self._tag(self.number, length)
        rest = memoryview(head + content + self._tag(self.number, content))
        self.number += 1
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


class Receiver:
    """A reader of frames from a descriptor.

    Args:
        limit: the maximal content of a frame, in bytes.
    """

    def __init__(
        self, descriptor: int, key: bytes, direction: bytes, limit: int = _MAX_FRAME
    ) -> None:
        self._descriptor = descriptor
        self._tag = make_tag_function(key, direction)
        self._limit = limit
        self._number = 0

    def receive(self) -> Optional[Message]:  # noqa: UP045
        """Return the next message; ``None`` if the other side has ended.

        Raises:
            ForgedError: the received bytes are not its next frame.
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
    """Return a message with its texts truncated to :data:`MAX_TEXT` characters."""
    return {
        name: value[:MAX_TEXT] if isinstance(value, str) else value
        for name, value in message.items()
    }


def read_exactly(descriptor: int, size: int) -> Optional[bytes]:  # noqa: UP045
    """Read exactly ``size`` bytes; return ``None`` if the stream ends before.

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
