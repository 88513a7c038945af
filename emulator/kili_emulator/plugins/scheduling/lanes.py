"""The lanes of a world: jobs run in order within a lane, and lanes run in parallel.

A lane is for one plugin on one project, or for several of these that take turns. A lane has a
thread only while it has jobs.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

logger = logging.getLogger(__name__)


class LaneJob(NamedTuple):
    """A job of a lane.

    Attributes:
        work: does the job.
        completion: set when the job is done or dropped.
        group: jobs of one group keep their order when they are moved to another lane.
    """

    work: Callable[[], None]
    completion: Future[None]
    group: str = ""


class JobCounts(NamedTuple):
    """The number of jobs that wait, and that are running."""

    waiting: int
    running: int


class Lanes:
    """All lanes of a world."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[LaneJob]] = {}
        self._running: list[LaneJob] = []
        self._condition = threading.Condition()
        self._closed = False
        self._begins_nothing = False

    def add(self, lane: str, job: LaneJob) -> None:
        """Queue a job at the end of a lane."""
        with self._condition:
            if self._begins_nothing:
                job.completion.set_result(None)
                return
            if lane in self._waiting:
                self._waiting[lane].append(job)
                return
            self._waiting[lane] = deque([job])
        threading.Thread(target=self._work, args=(lane,), name=f"lane {lane}", daemon=True).start()

    def move_waiting_jobs(self, group: str, lane: str) -> bool:
        """Move the waiting jobs of a group into a lane, unless a job of the group is running.

        Returns:
            whether no job of the group is running.
        """
        with self._condition:
            if any(each.group == group for each in self._running):
                return False
            moved: list[LaneJob] = []
            for jobs in self._waiting.values():
                group_jobs = [job for job in jobs if job.group == group]
                for job in group_jobs:
                    jobs.remove(job)
                moved += group_jobs
        for job in moved:
            self.add(lane, job)
        return True

    def is_idle(self, lane: str) -> bool:
        """Return whether a lane has neither waiting nor running jobs."""
        return lane not in self._waiting

    def wait_idle(self, seconds: float, count_stopped: Callable[[], int] = lambda: 0) -> bool:
        """Wait until no lane has a job that can go on; return whether that came about in time.

        Args:
            count_stopped: returns the number of lanes whose job waits for a clock that stands
                still; :meth:`look_again` follows each change of it.
        """
        with self._condition:
            return self._condition.wait_for(lambda: len(self._waiting) <= count_stopped(), seconds)

    def look_again(self) -> None:
        """Let :meth:`wait_idle` count again."""
        with self._condition:
            self._condition.notify_all()

    def count(self) -> JobCounts:
        """Count the jobs of all lanes."""
        with self._condition:
            return JobCounts(sum(map(len, self._waiting.values())), len(self._running))

    def begin_nothing(self) -> None:
        """Drop all waiting jobs, and complete them for their waiters; running jobs go on."""
        with self._condition:
            self._begins_nothing = True
            dropped = [job for jobs in self._waiting.values() for job in jobs]
            for jobs in self._waiting.values():
                jobs.clear()
        for job in dropped:
            job.completion.set_result(None)

    def close(self) -> None:
        """Drop all waiting jobs, and complete every job for its waiters, even a running one."""
        self.begin_nothing()
        with self._condition:
            if self._closed:
                return
            self._closed = True
            running = list(self._running)
        for job in running:
            job.completion.set_result(None)

    def _work(self, lane: str) -> None:
        while True:
            with self._condition:
                jobs = self._waiting.get(lane)
                if not jobs:  # they were moved or dropped meanwhile
                    self._waiting.pop(lane, None)
                    self._condition.notify_all()
                    return
                job = jobs.popleft()
                self._running.append(job)
            if self._run_job(lane, job):
                return

    def _run_job(self, lane: str, job: LaneJob) -> bool:
        """Do a job, and complete it; return whether it was the last one of its lane.

        Whoever waits for the last job finds its lane idle afterwards, so that it does not depend on
        threads whether the next run begins at once.
        """
        try:
            job.work()
        except Exception:
            if not self._closed:
                logger.exception("a job failed")
        finally:
            with self._condition:
                self._running.remove(job)
                is_open = not self._closed
                is_last = not self._waiting[lane]
                if is_last:
                    del self._waiting[lane]
                    self._condition.notify_all()
            if is_open:
                job.completion.set_result(None)
        return is_last
