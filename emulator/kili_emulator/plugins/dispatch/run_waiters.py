"""Let threads wait for the end of runs, for their log lines, and for the ends of requests."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RunWaiters:
    """The threads that wait for runs and requests of a world; each change of these wakes them."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._closed = False
        self._count = 0

    def notify(self) -> None:
        """Wake the waiting threads: the end or the log lines of a run were committed.

        Called after each request. A thread that is not counted yet has not read the state yet.
        """
        if not self._count:
            return
        with self._condition:
            self._condition.notify_all()

    def close(self) -> None:
        """Release all waiting threads, as no further run will end."""
        self._closed = True
        self.notify()

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until a condition holds that only a run or a request can change.

        Args:
            seconds: the time limit, after which this returns in any case.
        """
        with self._condition:
            self._count += 1
            try:
                self._condition.wait_for(lambda: self._closed or condition(), seconds)
            finally:
                self._count -= 1
