"""Lets others wait for the end of runs, and for their log lines."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RunWaiters:
    """Wakes those who wait each time that a run of a world has ended, or logged something."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._closed = False

    def notify(self) -> None:
        """A run has ended or logged something, and that is committed."""
        with self._condition:
            self._condition.notify_all()

    def close(self) -> None:
        """No further run will end here: let everybody go."""
        self._closed = True
        self.notify()

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until something is so, which only a run can bring about; or give up."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or condition(), seconds)
