"""Tries again, in the background, what the disk did not take."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kili_emulator.errors import StorageError

_SECONDS = 1.0


class Retry:
    """Calls a function until it succeeds; there is a thread only while it has not.

    Args:
        work: raises :class:`StorageError` where it has to be tried again.
        seconds: between two attempts.
    """

    def __init__(self, work: Callable[[], None], seconds: float = _SECONDS) -> None:
        self._work = work
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_running = False
        self._is_requested = False  # since the last attempt began
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to try, unless that goes on already; never waits."""
        with self._lock:
            self._is_requested = True
            if self._is_running or self._closed.is_set():
                return
            self._is_running = True
        threading.Thread(target=self._run, name="storage retry", daemon=True).start()

    def close(self) -> None:
        """Try no more."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            self._is_requested = False
            try:
                self._work()
            except StorageError:
                continue
            with self._lock:
                if not self._is_requested:
                    self._is_running = False
                    return
