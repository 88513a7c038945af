"""Store the start, the log lines, the API calls and the end of the runs of a world."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import replace
from typing import NamedTuple

from kili_emulator import messages
from kili_emulator.domain import run as runs_of
from kili_emulator.domain.call_buffer import MAX_CALLS, CallBuffer, RecordedCall
from kili_emulator.domain.documents import LogType, RunDoc
from kili_emulator.domain.run_call import add_calls
from kili_emulator.domain.world import EpochOverError
from kili_emulator.errors import StorageError
from kili_emulator.plugins.calls import Result
from kili_emulator.plugins.dispatch.run_waiters import RunWaiters
from kili_emulator.plugins.logs import Line, RunLog
from kili_emulator.plugins.scheduling.schedule import Schedule

logger = logging.getLogger(__name__)

# How many log lines one transaction stores; other writers get their turn in between.
_BATCH = 1000


class RunRecord(NamedTuple):
    """The records of a running handler: its log lines and its API calls."""

    log: RunLog
    calls: CallBuffer


class _RunEnd(NamedTuple):
    """The result of a run, and its lines and calls that are not stored yet."""

    result: Result
    lines: list[Line]
    calls: list[RecordedCall]


class RunStorage:
    """The storage of the runs of one world.

    Args:
        waiters: the threads that wait for stored lines.
    """

    def __init__(self, schedule: Schedule, waiters: RunWaiters) -> None:
        self._schedule = schedule
        self._world = schedule.world
        self._waiters = waiters

    def begin(self, run: RunDoc, epoch: int) -> None:
        """Record the start of a run, unless the last commit has recorded it.

        Raises:
            StorageError: the data folder cannot be written; the handler must not be called.
        """
        documents, mark = self._world.documents, run["mark"]
        try:
            if mark and mark["sequence"] == documents.sequence:
                documents.save()  # the record of a run is deferrable, its start is not
                return
            with self._schedule.change(epoch) as tx:
                runs_of.begin_run(tx, run["id"])
        except StorageError:
            with self._schedule.change(epoch, deferrable=True) as tx:
                runs_of.withdraw_begin(tx, run["id"])
            raise

    def store_progress(self, run_id: str, record: RunRecord, epoch: int) -> None:
        """Store the new lines and calls of a handler that is running.

        Raises:
            EpochOverError: the world is in another epoch.
        """
        self._world.check_epoch(epoch)
        if rest := self._store_full_batches(run_id, record.log.take(), epoch):
            self._store_batch(run_id, rest, epoch)
        count = record.calls.count
        calls = record.calls.take()
        if calls or count > MAX_CALLS:
            with self._schedule.change(epoch, deferrable=True) as tx:
                add_calls(tx, run_id, calls, record.calls.count)

    def store_end(self, run_id: str, result: Result, record: RunRecord, epoch: int) -> None:
        """Store the result of a run with its last lines and calls.

        If the disk refuses them, the run is stored as failed.

        Raises:
            EpochOverError: the world is in another epoch.
        """
        lines = self._store_full_batches(run_id, record.log.close(), epoch)
        end = _RunEnd(result, lines, record.calls.take())
        try:
            self._store(run_id, end, record, epoch)
        except StorageError as error:
            text = messages.RUN_NOT_STORED.format(outcome=result.outcome, error=error)
            logger.warning(text)
            if result.outcome == "SUCCEEDED":
                end = end._replace(result=replace(result, outcome="FAILED", error=text))
            record.log.add_emulator_line("error", text)
            end = end._replace(lines=[*lines, *record.log.take()])
            self._store(run_id, end, record, epoch, deferrable=True)

    def _store(
        self, run_id: str, end: _RunEnd, record: RunRecord, epoch: int, *, deferrable: bool = False
    ) -> None:
        with self._schedule.change(epoch, deferrable=deferrable) as tx:
            runs_of.add_lines(tx, run_id, end.lines)
            add_calls(tx, run_id, end.calls, record.calls.count)
            runs_of.complete_run(
                tx,
                run_id,
                outcome=end.result.outcome,
                error=end.result.error,
                headline=end.result.headline,
                durationMs=end.result.duration_ms,
                delivery=end.result.delivery,
                droppedPrints=record.log.dropped,
                memoryMb=end.result.memory_mb,
            )

    def _store_full_batches(self, run_id: str, lines: list[Line], epoch: int) -> list[Line]:
        """Store lines while there are more than one transaction takes; return the others."""
        while len(lines) > _BATCH:
            self._store_batch(run_id, lines[:_BATCH], epoch)
            lines = lines[_BATCH:]
            time.sleep(0.001)  # otherwise this thread gets the lock again before any other
        return lines

    def _store_batch(self, run_id: str, lines: list[Line], epoch: int) -> None:
        with self._schedule.change(epoch, deferrable=True) as tx:
            runs_of.add_lines(tx, run_id, lines)
        self._waiters.notify()

    def add_line(self, run_id: str, epoch: int, log_type: LogType, content: str) -> None:
        """Add a line of the emulator to the log of a run, unless the world was rolled back."""
        with (
            contextlib.suppress(EpochOverError),
            self._schedule.change(epoch, deferrable=True) as tx,
        ):
            runs_of.add_lines(tx, run_id, [(log_type, content, tx.now)])
        self._waiters.notify()
