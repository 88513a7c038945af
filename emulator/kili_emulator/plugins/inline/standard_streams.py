"""Protect the standard streams of this process from being closed or replaced by plugins."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any

_NAMES = ("stdin", "stdout", "stderr")


class StandardStreams:
    """A guard of the standard streams while plugins run.

    Args:
        refuse: called with the name of a stream when code closes it; returns whether to keep it
            open.
    """

    def __init__(self, refuse: Callable[[str], bool]) -> None:
        self._refuse = refuse
        self._streams: dict[str, Any] = {}
        self._descriptor_copies: dict[int, int] = {}

    def guard(self) -> None:
        """Guard the streams from now on."""
        if not self._descriptor_copies:
            with contextlib.suppress(OSError):
                self._descriptor_copies = {number: os.dup(number) for number in range(len(_NAMES))}
        for name in _NAMES:
            stream = self._streams[name] = getattr(sys, name)
            with contextlib.suppress(AttributeError):  # it is None, or takes no attributes
                stream.close = self._guarded_close(f"sys.{name}", stream.close)

    def _guarded_close(self, name: str, close: Callable[[], None]) -> Callable[[], None]:
        def close_unless_refused() -> None:
            if not self._refuse(name):
                close()

        return close_unless_refused

    def find_replaced(self) -> list[str]:
        """Return the names of the streams that a plugin has replaced.

        Tools that redirect the streams of the whole process, such as pytest, replace them again
        and again with classes of their own; these do not count.
        """
        return [
            f"sys.{name}" for name, stream in self._streams.items() if _is_replaced(name, stream)
        ]

    def reopen(self) -> list[str]:
        """Reopen the standard descriptors that were closed; return their names."""
        closed = []
        for number, descriptor_copy in self._descriptor_copies.items():
            try:
                os.fstat(number)
            except OSError:
                os.dup2(descriptor_copy, number)
                closed.append(f"descriptor {number}")
        return closed

    def release(self) -> None:
        """Restore the streams, and stop guarding them."""
        for each in self.find_replaced():
            name = each.partition(".")[2]
            setattr(sys, name, self._streams[name])
        for stream in self._streams.values():
            with contextlib.suppress(AttributeError):
                del stream.close
        self._streams.clear()


def _is_replaced(name: str, stream: Any) -> bool:
    current, original = getattr(sys, name), getattr(sys, f"__{name}__")
    if current is stream or current is original:
        return False
    return stream is original or type(current).__module__ in ("io", "_io")
