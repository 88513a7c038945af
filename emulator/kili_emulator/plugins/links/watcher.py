"""Detect changes on disk in the background.

The watcher polls instead of asking the system for notifications. Polling works on network file
systems and folders that are mounted into containers, with editors that replace a file and with
folders that are replaced as a whole, and needs no package. Nothing relies on a quick detection:
requests check the folders themselves, see :mod:`kili_emulator.plugins.links.linked_folders`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kili_emulator import clock

logger = logging.getLogger(__name__)

# Seconds between two polls.
_SECONDS = 0.3
_REST_FACTOR = 10
_END_SECONDS = 5.0


class Debouncer:
    """A filter that reports a change once the state is the same in two polls in a row.

    So several files that are saved together, or one that is saved in several steps, are one change.
    """

    def __init__(self) -> None:
        self._last_state: object = None
        self._reported_state: object = None

    def is_due(self, state: object) -> bool:
        """Record a state; return whether it is stable and was not reported before."""
        at_rest, self._last_state = state == self._last_state, state
        if not at_rest or state == self._reported_state:
            return False
        self._reported_state = state
        return True


def pause_after(duration: float, at_least: float) -> float:
    """Return the pause after a poll, in seconds: polling takes at most a tenth of the time.

    Args:
        duration: the duration of the poll.
        at_least: the minimum of the pause.
    """
    return max(at_least, duration * (_REST_FACTOR - 1))


class Watcher:
    """A thread that polls a state and reports its changes, while there is anything to watch.

    Args:
        name: the name of the thread.
        is_wanted: returns whether there is anything to watch.
        observe: returns the present state, which is compared with the last one.
        on_change: called when the state has changed and is stable.
        seconds: the pause between two polls; it is longer if a poll takes long, see
            :func:`pause_after`.
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
        """Start the thread, if there is anything to watch and it is not running."""
        with self._lock:
            if self._thread is None and not self._closed.is_set() and self._is_wanted():
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop the thread."""
        self._closed.set()
        thread = self._thread
        if thread and thread is not threading.current_thread():
            thread.join(_END_SECONDS)

    def _work(self) -> None:
        debouncer, pause = Debouncer(), self._seconds
        while not self._closed.wait(pause):
            start_time = clock.monotonic()
            try:
                state = self._observe()
                pause = pause_after(clock.monotonic() - start_time, self._seconds)
                if debouncer.is_due(state):
                    self._on_change()
            except Exception:
                if not self._closed.is_set():
                    logger.exception("the thread %r failed", self._name)
            with self._lock:
                if not self._is_wanted():
                    self._thread = None  # so that wake() starts another thread
                    return
