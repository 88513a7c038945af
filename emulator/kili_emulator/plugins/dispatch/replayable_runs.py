"""The runs of a world that can be replayed: the latest ones, so that the journal does not grow."""

from __future__ import annotations

import contextlib
from collections import deque

from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.world import World
from kili_emulator.errors import StorageError

# How many marks are forgotten at once.
_BATCH = 64


class ReplayableRuns:
    """The marks of the runs of a world, of which only the latest are kept.

    Args:
        limit: the number of runs that can be replayed at least.
    """

    def __init__(self, world: World, limit: int) -> None:
        self._world = world
        self._limit = limit
        self._marks: deque[int] = deque()

    def load(self) -> None:
        """Read the marks from the world, after a start or a rollback."""
        self._marks = deque(
            each["mark"]["sequence"] for each in self._world.view.runs.all() if each["mark"]
        )
        self._forget()

    def add(self, run: RunDoc | None) -> None:
        """Add the mark of a run that has ended, and forget those of old runs."""
        if run and run["mark"]:
            self._marks.append(run["mark"]["sequence"])
            self._forget()

    def _forget(self) -> None:
        count = len(self._marks) - self._limit
        if count < _BATCH:
            return
        forgotten = [self._marks.popleft() for _ in range(count)]
        with contextlib.suppress(StorageError):  # the next start tries again
            self._world.documents.forget(forgotten)
