"""Let threads wait for the end of runs, and for their log lines."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RunWaiters:
    """The threads that wait for runs of a world; each end and each log line of a run wakes them."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._closed = False

    def notify(self) -> None:
        """Wake the waiting threads: the end or the log lines of a run were committed."""
        with self._condition:
            self._condition.notify_all()

    def close(self) -> None:
        """Release all waiting threads, as no further run will end."""
        self._closed = True
        self.notify()

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until a condition holds that only a run can change.

        Args:
            seconds: the time limit, after which this returns in any case.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._closed or condition(), seconds)
