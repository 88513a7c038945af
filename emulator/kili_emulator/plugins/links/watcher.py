"""Notices in the background that something was saved.

This looks again and again, instead of having the system tell: that works on network file systems
and folders mounted into containers, with editors that replace a file and folders that are replaced
as a whole, and needs no package. Nothing relies on it to be quick: whoever must not miss a save
looks for himself, see :mod:`kili_emulator.plugins.links.linked_folders`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kili_emulator import clock

logger = logging.getLogger(__name__)

_SECONDS = 0.3
_REST_FACTOR = 10
_END_SECONDS = 5.0


class Debouncer:
    """Tells when a change has come to rest: saving several files, or one in several steps, is one.

    It has when two looks in succession see the same.
    """

    def __init__(self) -> None:
        self._last_state: object = None
        self._reported_state: object = None

    def is_due(self, state: object) -> bool:
        """Whether what is seen now is at rest, and new; so it is once."""
        at_rest, self._last_state = state == self._last_state, state
        if not at_rest or state == self._reported_state:
            return False
        self._reported_state = state
        return True


def pause_after(duration: float, at_least: float) -> float:
    """How long to rest after a look, all in seconds: looking takes a tenth of the time, at most."""
    return max(at_least, duration * (_REST_FACTOR - 1))


class Watcher:
    """A thread that is there for as long as there is something to see.

    Args:
        name: the thread's.
        is_wanted: whether there is something to see at all.
        observe: what there is now, to be compared.
        on_change: called when that has become something else, and is at rest.
        seconds: between two looks; more, where a look takes so long that it would be a burden.
    """

    def __init__(
        self,
        name: str,
        is_wanted: Callable[[], bool],
        observe: Callable[[], object],
        on_change: Callable[[], None],
        seconds: float = _SECONDS,
    ) -> None:
        self._name = name
        self._is_wanted = is_wanted
        self._observe = observe
        self._on_change = on_change
        self._seconds = seconds
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def wake(self) -> None:
        """There may be something to see from now on."""
        with self._lock:
            if self._thread is None and not self._closed.is_set() and self._is_wanted():
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()
        thread = self._thread
        if thread and thread is not threading.current_thread():
            thread.join(_END_SECONDS)

    def _work(self) -> None:
        settling, pause = Debouncer(), self._seconds
        while not self._closed.wait(pause):
            start_time = clock.monotonic()
            try:
                state = self._observe()
                pause = pause_after(clock.monotonic() - start_time, self._seconds)
                if settling.is_due(state):
                    self._on_change()
            except Exception:
                if not self._closed.is_set():
                    logger.exception("the thread %r failed", self._name)
            with self._lock:
                if not self._is_wanted():
                    self._thread = None  # who wakes it begins another
                    return
