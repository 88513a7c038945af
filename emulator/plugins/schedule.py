"""Has the work of a world's plugins done in lanes, so long as the world is not rolled back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from emulator import messages
from emulator.domain.events import Delivery
from emulator.domain.run import LogType
from emulator.domain.world import Actor, Transaction, World
from emulator.plugins.lanes import Job, Lanes

# Adds a line of the emulator's own to a run's log.
Note = Callable[[LogType, str], None]


class Started(Delivery):
    """A run or a build that an event started."""

    def __init__(self, note: Note | None = None) -> None:
        super().__init__()
        self._note = note

    def not_awaited(self, seconds: float) -> None:
        if self._note:
            self._note("warning", messages.RUN_STILL_GOING.format(seconds=seconds))


class Schedule:
    """The work to be done in one world.

    Args:
        after: called after each piece of work.
    """

    def __init__(self, world: World, after: Callable[[], None]) -> None:
        self.world = world
        self._after = after
        self._lanes = Lanes()
        self._system = Actor.system()

    @contextlib.contextmanager
    def change(self, epoch: int | None = None) -> Iterator[Transaction]:
        """Change the world, if it is still in that epoch.

        Raises:
            Undone: it is not.
        """
        with self.world.transaction(replace(self._system, epoch=epoch)) as tx:
            yield tx

    def start(self, queue: str, work: Callable[[], None], started: Started, lane: str = "") -> None:
        """Have something done when the queue's turn comes, unless the world is rolled back.

        Args:
            lane: what is of one lane stays in order also when it is moved to another queue.
        """
        epoch = self.world.epoch

        def work_if_not_undone() -> None:
            try:
                self.world.check_epoch(epoch)
                work()
            except Exception:
                if self.world.epoch == epoch:
                    raise
            finally:
                self._after()

        self._lanes.add(f"{epoch} {queue}", Job(work_if_not_undone, started, f"{epoch} {lane}"))

    def bring_forward(self, lane: str, queue: str) -> bool:
        """Move what a lane still has to do into a queue; whether none of it is at work."""
        epoch = self.world.epoch
        return self._lanes.bring_forward(f"{epoch} {lane}", f"{epoch} {queue}")

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is left to do; whether that came about in time."""
        return self._lanes.wait_idle(seconds)

    def close(self) -> None:
        """Start nothing further."""
        self._lanes.close()
