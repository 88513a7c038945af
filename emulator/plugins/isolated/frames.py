"""Messages between the emulator and a worker: JSON, each with its length before it."""

from __future__ import annotations

import json
import os
import struct
from typing import Any, Dict, Optional  # noqa: UP035  (loaded by old interpreters, too)

Message = Dict[str, Any]  # noqa: UP006

_LENGTH = struct.Struct(">I")


def write(descriptor: int, message: Message) -> None:
    """Send a message.

    Raises:
        OSError: the other side is gone.
    """
    content = json.dumps(message).encode()
    rest = memoryview(_LENGTH.pack(len(content)) + content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def read(descriptor: int) -> Optional[Message]:  # noqa: UP045
    """The next message; ``None`` when the other side is gone."""
    header = _read_exactly(descriptor, _LENGTH.size)
    content = _read_exactly(descriptor, _LENGTH.unpack(header)[0]) if header else None
    if content is None:
        return None
    message = json.loads(content)
    return message if isinstance(message, dict) else None


def _read_exactly(descriptor: int, size: int) -> Optional[bytes]:  # noqa: UP045
    content = bytearray()
    while len(content) < size:
        chunk = os.read(descriptor, size - len(content))
        if not chunk:
            return None
        content += chunk
    return bytes(content)
