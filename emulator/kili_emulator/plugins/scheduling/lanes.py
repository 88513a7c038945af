"""Runs jobs in order within a lane, and lanes beside one another.

A lane is one plugin on one project, or several of these that take turns. A lane that has nothing to
do has no thread.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

logger = logging.getLogger(__name__)


class Job(NamedTuple):
    """Something to do, and the future that is set when it is over, done or dropped.

    Attributes:
        group: jobs of one group stay in order also when they are moved to another lane.
    """

    work: Callable[[], None]
    over: Future[None]
    group: str = ""


class Lanes:
    """All lanes of a world."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Job]] = {}
        self._at_work: list[Job] = []
        self._condition = threading.Condition()
        self._closed = False

    def add(self, lane: str, job: Job) -> None:
        """Have a job done after those that the lane already has."""
        with self._condition:
            if self._closed:
                job.over.set_result(None)
                return
            if lane in self._waiting:
                self._waiting[lane].append(job)
                return
            self._waiting[lane] = deque([job])
        threading.Thread(target=self._work, args=(lane,), name=f"lane {lane}", daemon=True).start()

    def bring_forward(self, group: str, lane: str) -> bool:
        """Move the waiting jobs of a group into a lane; whether none of the group is at work."""
        with self._condition:
            if any(each.group == group for each in self._at_work):
                return False
            moved: list[Job] = []
            for jobs in self._waiting.values():
                chosen = [job for job in jobs if job.group == group]
                for job in chosen:
                    jobs.remove(job)
                moved += chosen
        for job in moved:
            self.add(lane, job)
        return True

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no lane has anything to do; whether that came about in time."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._waiting, seconds)

    def close(self) -> None:
        """Start no further job, and let nobody wait for any, not even for those at work."""
        with self._condition:
            if self._closed:
                return
            self._closed = True
            pending = [job for jobs in self._waiting.values() for job in jobs] + self._at_work
            for jobs in self._waiting.values():
                jobs.clear()
        for job in pending:
            job.over.set_result(None)

    def _work(self, lane: str) -> None:
        while True:
            with self._condition:
                jobs = self._waiting[lane]
                if not jobs:
                    del self._waiting[lane]
                    self._condition.notify_all()
                    return
                job = jobs.popleft()
                self._at_work.append(job)
            self._do(job)

    def _do(self, job: Job) -> None:
        try:
            job.work()
        except Exception:
            if not self._closed:
                logger.exception("a job failed")
        finally:
            with self._condition:
                self._at_work.remove(job)
                is_awaited = not self._closed
            if is_awaited:
                job.over.set_result(None)
