"""The schedule of a world: runs the work of its plugins in lanes; drops it after a rollback."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kili_emulator import messages
from kili_emulator.domain.documents import LogType
from kili_emulator.domain.event_bus import Delivery
from kili_emulator.domain.world import Actor, EpochOverError, Transaction, World
from kili_emulator.plugins.scheduling.lanes import JobCounts, LaneJob, Lanes

# Adds a line of the emulator to a run's log.
AddLogLine = Callable[[LogType, str], None]


class QueuedWork(Delivery):
    """A run or a build that an event started.

    Args:
        add_log_line: of a run: adds a line to its log.
    """

    def __init__(self, add_log_line: AddLogLine | None = None) -> None:
        super().__init__()
        self._add_log_line = add_log_line

    def on_wait_timeout(self, seconds: float) -> None:
        # Only the first request whose wait ends too early adds a line.
        add_log_line, self._add_log_line = self._add_log_line, None
        if add_log_line:
            add_log_line("warning", messages.RUN_STILL_RUNNING.format(seconds=round(seconds, 1)))


@dataclass(frozen=True)
class Timing:
    """The delays and limits of plugins.

    Attributes:
        timeout: seconds after which a handler, or the import of a plugin, is stopped.
        latency: seconds between an event and the runs that it causes.
        waits_for_runs: whether a request waits for the runs and builds that it causes.
        replayable_runs: how many runs of a world can be replayed.
        deployment: seconds until the code of a plugin is built; if not 0, no request waits for
            the build.
    """

    timeout: float
    latency: float = 0.0
    waits_for_runs: bool = True
    deployment: float = 0.0
    replayable_runs: int = 1000


class Schedule:
    """The work of the plugins of one world.

    Args:
        after: called after each piece of work.
    """

    def __init__(self, world: World, after: Callable[[], None]) -> None:
        self.world = world
        self._after = after
        self._lanes = Lanes()
        self._system = Actor.system()
        self._interruption = threading.Event()
        self._begins_nothing = False

    @contextlib.contextmanager
    def change(
        self, epoch: int | None = None, *, deferrable: bool = False
    ) -> Iterator[Transaction]:
        """Open a transaction of the emulator itself, if the world is still in an epoch.

        Args:
            epoch: the epoch; ``None`` for any.
            deferrable: as in :meth:`World.transaction`.

        Raises:
            EpochOverError: the world is in another epoch.
            StorageError: the data folder cannot be written.
        """
        with self.world.transaction(
            replace(self._system, epoch=epoch), deferrable=deferrable
        ) as tx:
            yield tx

    def start(
        self, queue: str, work: Callable[[], None], delivery: QueuedWork, lane: str = ""
    ) -> None:
        """Queue a piece of work, which is dropped if the world is rolled back before.

        Args:
            queue: the lane of :class:`Lanes` that it waits in.
            delivery: completed when the work is done or dropped.
            lane: work of one lane keeps its order when it is moved to another queue.
        """
        epoch = self.world.epoch

        def work_if_not_undone() -> None:
            try:
                self.world.check_epoch(epoch)
                work()
            except EpochOverError:
                if self.world.epoch == epoch and not self._begins_nothing:
                    raise
            except Exception:
                if self.world.epoch == epoch:
                    raise
            finally:
                self._after()

        self._lanes.add(
            f"{epoch} {queue}", LaneJob(work_if_not_undone, delivery, f"{epoch} {lane}")
        )

    def start_later(self, seconds: float, work: Callable[[], object]) -> None:
        """Do a piece of work after a delay, unless the world is rolled back before.

        Nothing can wait for the work: :meth:`wait_idle` does not count it.
        """
        interruption, epoch = self._interruption, self.world.epoch

        def wait_and_work() -> None:
            if not interruption.wait(seconds) and self.world.epoch == epoch:
                work()

        threading.Thread(target=wait_and_work, name="later", daemon=True).start()

    def move_waiting_jobs(self, lane: str, queue: str) -> bool:
        """Move the waiting work of a lane into a queue, unless work of the lane is running.

        Returns:
            whether no work of the lane is running.
        """
        epoch = self.world.epoch
        return self._lanes.move_waiting_jobs(f"{epoch} {lane}", f"{epoch} {queue}")

    def pause(self, seconds: float, epoch: int) -> None:
        """Wait, in the thread of a piece of work.

        Raises:
            EpochOverError: the world is in another epoch, or the schedule was closed.
        """
        self.world.check_epoch(epoch)
        if seconds > 0 and self._interruption.wait(seconds):
            raise EpochOverError

    def interrupt(self) -> None:
        """End all pauses and delays, as the world was rolled back."""
        self._interruption.set()
        self._interruption = threading.Event()

    def is_idle(self, queue: str) -> bool:
        """Return whether a queue has neither waiting nor running work."""
        return self._lanes.is_idle(f"{self.world.epoch} {queue}")

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no work is left; return whether that came about in time."""
        return self._lanes.wait_idle(seconds)

    def count_jobs(self) -> JobCounts:
        """Count the work that waits or is in progress."""
        return self._lanes.count()

    def begin_nothing(self) -> None:
        """Drop the work that waits, even in a pause; work in progress goes on."""
        self._begins_nothing = True
        self._interruption.set()
        self._lanes.begin_nothing()

    def close(self) -> None:
        """Start no further work, and end all pauses."""
        self._interruption.set()
        self._lanes.close()
