"""Has the work of a world's plugins done in lanes, so long as the world is not rolled back."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kili_emulator import messages
from kili_emulator.domain.documents import LogType
from kili_emulator.domain.event_bus import Delivery
from kili_emulator.domain.world import Actor, EpochOverError, Transaction, World
from kili_emulator.plugins.scheduling.lanes import LaneJob, Lanes

# Adds a line of the emulator's own to a run's log.
AddLogLine = Callable[[LogType, str], None]


class QueuedWork(Delivery):
    """A run or a build that an event started."""

    def __init__(self, add_log_line: AddLogLine | None = None) -> None:
        super().__init__()
        self._add_log_line = add_log_line

    def on_wait_timeout(self, seconds: float) -> None:
        add_log_line, self._add_log_line = (
            self._add_log_line,
            None,
        )  # one line, also where several requests gave up
        if add_log_line:
            add_log_line("warning", messages.RUN_STILL_RUNNING.format(seconds=round(seconds, 1)))


@dataclass(frozen=True)
class Timing:
    """When plugins are called, and for how long.

    Attributes:
        timeout: seconds after which a handler, or the import of a plugin, is stopped.
        latency: seconds between an event and the runs it causes.
        waits_for_runs: whether whoever causes a run or a build waits for it.
        deployment: seconds until the code of a plugin is built; then nobody waits for the build.
    """

    timeout: float
    latency: float = 0.0
    waits_for_runs: bool = True
    deployment: float = 0.0


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
        self._interruption = threading.Event()

    @contextlib.contextmanager
    def change(
        self, epoch: int | None = None, *, deferrable: bool = False
    ) -> Iterator[Transaction]:
        """Change the world, if it is still in that epoch.

        Args:
            deferrable: as of :meth:`World.transaction`.

        Raises:
            EpochOverError: it is not.
            StorageError: the data folder cannot be written.
        """
        with self.world.transaction(
            replace(self._system, epoch=epoch), deferrable=deferrable
        ) as tx:
            yield tx

    def start(
        self, queue: str, work: Callable[[], None], started: QueuedWork, lane: str = ""
    ) -> None:
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

        self._lanes.add(f"{epoch} {queue}", LaneJob(work_if_not_undone, started, f"{epoch} {lane}"))

    def start_later(self, seconds: float, work: Callable[[], object]) -> None:
        """Have something done in some time, unless the world is rolled back before that.

        Nobody can wait for it: until then, nothing is at work.
        """
        interruption, epoch = self._interruption, self.world.epoch

        def wait_and_work() -> None:
            if not interruption.wait(seconds) and self.world.epoch == epoch:
                work()

        threading.Thread(target=wait_and_work, name="later", daemon=True).start()

    def move_waiting_jobs(self, lane: str, queue: str) -> bool:
        """Move what a lane still has to do into a queue; whether none of it is at work."""
        epoch = self.world.epoch
        return self._lanes.move_waiting_jobs(f"{epoch} {lane}", f"{epoch} {queue}")

    def pause(self, seconds: float, epoch: int) -> None:
        """Let time pass, in the thread of a piece of work.

        Raises:
            EpochOverError: the world is no longer in that epoch, or nothing further is to be done in it.
        """
        self.world.check_epoch(epoch)
        if seconds > 0 and self._interruption.wait(seconds):
            raise EpochOverError

    def interrupt(self) -> None:
        """End all pauses: the world was rolled back."""
        self._interruption.set()
        self._interruption = threading.Event()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is left to do; whether that came about in time."""
        return self._lanes.wait_idle(seconds)

    def close(self) -> None:
        """Start nothing further, and end all pauses."""
        self._interruption.set()
        self._lanes.close()
