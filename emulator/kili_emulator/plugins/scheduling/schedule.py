"""The schedule of a world: runs the work of its plugins in lanes; drops it after a rollback."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from kili_emulator import clock, messages
from kili_emulator.domain.documents import LogType
from kili_emulator.domain.event_bus import Delivery, wait_for_deliveries
from kili_emulator.domain.world import Actor, EpochOverError, Transaction, World
from kili_emulator.domain.world_clock import reach
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
        latency: seconds of the world's clock between an event and the runs that it causes.
        waits_for_runs: whether a request waits for the runs and builds that it causes.
        replayable_runs: how many runs of a world can be replayed.
        deployment: seconds of the world's clock until the code of a plugin is built; if not 0, no
            request waits for the build.
    """

    timeout: float
    latency: float = 0.0
    waits_for_runs: bool = True
    deployment: float = 0.0
    replayable_runs: int = 1000


class _HeldWork(NamedTuple):
    """Work that is queued when the dispatch of events has ended."""

    lane: str
    job: LaneJob


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
        self._pauses: list[datetime] = []  # of the work in lanes that waits for the clock
        self._later: dict[Future[None], datetime] = {}  # delays of work in no lane
        self._due_times: dict[Delivery, datetime] = {}  # of unfinished work that was delayed
        self._held: list[_HeldWork] | None = None
        self._hold_lock = threading.Lock()  # other threads start work during a dispatch, too
        world.after_clock_change.append(self._lanes.look_again)

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
        self,
        queue: str,
        work: Callable[[], None],
        delivery: QueuedWork,
        lane: str = "",
        *,
        due: datetime | None = None,
    ) -> None:
        """Queue a piece of work, which is dropped if the world is rolled back before.

        Args:
            queue: the lane of :class:`Lanes` that it waits in.
            delivery: completed when the work is done or dropped.
            lane: work of one lane keeps its order when it is moved to another queue.
            due: the earliest time of its begin, by the world's clock.
        """
        epoch = self.world.epoch
        if due:
            self._note_due_time(delivery, due)

        def work_if_not_undone() -> None:
            try:
                self.world.check_epoch(epoch)
                if due:
                    self._pause(due, epoch)
                work()
            except EpochOverError:
                if self.world.epoch == epoch and not self._begins_nothing:
                    raise
            except Exception:
                if self.world.epoch == epoch:
                    raise
            finally:
                self._after()

        job = LaneJob(work_if_not_undone, delivery, f"{epoch} {lane}")
        self._queue(f"{epoch} {queue}", job)

    def _queue(self, lane: str, job: LaneJob) -> None:
        """Queue a piece of work now, or at the end of a block of :meth:`hold`."""
        with self._hold_lock:
            if self._held is not None:
                self._held.append(_HeldWork(lane, job))
                return
        self._lanes.add(lane, job)

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Begin no work that is queued in a block before the end of the block.

        So work that begins does not compete with the rest of the block for the next ids. Only one
        thread at a time enters such a block, as events are delivered one after another.
        """
        held: list[_HeldWork] = []
        self._held = held
        try:
            yield
        finally:
            with self._hold_lock:
                self._held = None
            for each in held:
                self._lanes.add(each.lane, each.job)

    def due_after(self, seconds: float) -> datetime:
        """Return the time of the world's clock in that many seconds."""
        return self.world.clock.now() + timedelta(seconds=seconds)

    def start_later(self, seconds: float, start: Callable[[], Delivery]) -> None:
        """Start a piece of work after a delay, unless the world is rolled back before.

        :meth:`wait_idle` does not count the work during its delay.

        Args:
            seconds: the delay, by the world's clock.
        """
        interruption, epoch = self._interruption, self.world.epoch
        due, begun = self.due_after(seconds), Future[None]()
        self._later[begun] = due

        def wait_and_work() -> None:
            try:
                if self.world.clock.wait_until(due, interruption.is_set):
                    reach(self.world, due, epoch)
                    self._note_due_time(start(), due)
            except EpochOverError:
                pass
            finally:
                self._later.pop(begun)
                begun.set_result(None)

        threading.Thread(target=wait_and_work, name="later", daemon=True).start()

    def _note_due_time(self, delivery: Delivery, due: datetime) -> None:
        """Note the time at which work is due, until it is done or dropped."""
        self._due_times[delivery] = due
        delivery.add_done_callback(lambda _: self._due_times.pop(delivery, None))

    def wait_for_due(self, seconds: float) -> None:
        """Wait for the delayed work that is due by the clock, and for all that it causes."""
        end, now = clock.monotonic() + seconds, self.world.clock.now()
        wait([begun for begun, due in self._later.copy().items() if due <= now], seconds)
        pending = [each for each, due in self._due_times.copy().items() if due <= now]
        wait_for_deliveries(pending, max(0.0, end - clock.monotonic()))

    def move_waiting_jobs(self, lane: str, queue: str) -> bool:
        """Move the waiting work of a lane into a queue, unless work of the lane is running.

        Returns:
            whether no work of the lane is running.
        """
        epoch = self.world.epoch
        return self._lanes.move_waiting_jobs(f"{epoch} {lane}", f"{epoch} {queue}")

    def _pause(self, due: datetime, epoch: int) -> None:
        """Wait until the world's clock shows a time, in the thread of a piece of work.

        Raises:
            EpochOverError: the world is in another epoch, or the schedule was closed.
        """
        interruption = self._interruption
        self.world.check_epoch(epoch)  # after the line above: a rollback first begins an epoch
        if self.world.clock.now() >= due:
            return
        self._pauses.append(due)
        self._lanes.look_again()
        try:
            if not self.world.clock.wait_until(due, interruption.is_set):
                raise EpochOverError
            reach(self.world, due, epoch)
        finally:
            self._pauses.remove(due)

    def _count_stopped(self) -> int:
        """Return how many pieces of work wait for a clock that stands still."""
        if self.world.clock.state.mode != "frozen":
            return 0
        now = self.world.clock.now()
        return sum(due > now for due in self._pauses)

    def interrupt(self) -> None:
        """End all pauses and delays, as the world was rolled back."""
        interruption, self._interruption = self._interruption, threading.Event()
        self._interrupt(interruption)

    def _interrupt(self, interruption: threading.Event) -> None:
        interruption.set()
        self.world.clock.wake()

    def is_idle(self, queue: str) -> bool:
        """Return whether a queue has neither waiting nor running work."""
        lane = f"{self.world.epoch} {queue}"
        return self._lanes.is_idle(lane) and all(each.lane != lane for each in self._held or [])

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no work is left, except work that waits for a clock that stands still.

        Returns:
            whether that came about in time.
        """
        return self._lanes.wait_idle(seconds, self._count_stopped)

    def count_jobs(self) -> JobCounts:
        """Count the work that waits or is in progress."""
        return self._lanes.count()

    def begin_nothing(self) -> None:
        """Drop the work that waits, even in a pause; work in progress goes on."""
        self._begins_nothing = True
        self._interrupt(self._interruption)
        self._lanes.begin_nothing()

    def close(self) -> None:
        """Start no further work, and end all pauses."""
        self._interrupt(self._interruption)
        self._lanes.close()
