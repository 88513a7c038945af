"""The repetition of failed writes in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kili_emulator.errors import StorageError

_SECONDS = 1.0


class Retry:
    """The repeated call of a function until it succeeds; a thread exists only until then.

    Args:
        work: the function; it raises :class:`StorageError` if it has failed.
        seconds: the time between two attempts.
    """

    def __init__(self, work: Callable[[], None], seconds: float = _SECONDS) -> None:
        self._work = work
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_running = False
        self._is_requested = False  # since the last attempt began
        self._closed = threading.Event()

    def start(self) -> None:
        """Start the attempts in a thread, unless it is already running; return at once."""
        with self._lock:
            self._is_requested = True
            if self._is_running or self._closed.is_set():
                return
            self._is_running = True
        threading.Thread(target=self._run, name="storage retry", daemon=True).start()

    def close(self) -> None:
        """Stop the attempts."""
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
