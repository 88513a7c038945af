"""Connections to emulators that pass by the proxies of this process."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

from kili_emulator.config import no_proxy


class _DirectConnections:
    """The exclusion of emulators from the proxies of this process, which may end in any order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._before: str | None = None

    def begin(self, url: str) -> None:
        with self._lock:
            if not self._users:
                self._before = os.environ.get("NO_PROXY")
            self._users += 1
            os.environ["NO_PROXY"] = no_proxy(url, os.environ.get("NO_PROXY", ""))

    def end(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users:
                return
            if self._before is None:
                os.environ.pop("NO_PROXY", None)
            else:
                os.environ["NO_PROXY"] = self._before


_DIRECT = _DirectConnections()


@contextlib.contextmanager
def direct_connections(url: str) -> Iterator[None]:
    """Exclude the emulator's address from the proxies of this process, for a while."""
    _DIRECT.begin(url)
    try:
        yield
    finally:
        _DIRECT.end()
