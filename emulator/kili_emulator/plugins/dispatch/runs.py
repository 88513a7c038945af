"""The runs of one world: each is recorded, waits for its turn, and calls a handler."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import replace
from typing import Any, NamedTuple

from kili_emulator import clock, ids, messages
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain import run as runs_of
from kili_emulator.domain.api_key import RUN_KEY_PREFIX
from kili_emulator.domain.call_buffer import MAX_CALLS, CallBuffer
from kili_emulator.domain.documents import EventReference, LogType, PluginDoc, ProjectDoc, RunDoc
from kili_emulator.domain.event_bus import Delivery, Event
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.run_call import add_calls
from kili_emulator.domain.trigger import Trigger, trigger_by_hand
from kili_emulator.domain.world import Actor, EpochOverError
from kili_emulator.errors import StorageError
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.versions import Versions
from kili_emulator.plugins.calls import Call, LoadedVersion, Result
from kili_emulator.plugins.dispatch.descent import CausalTree
from kili_emulator.plugins.dispatch.failure_reports import report_run
from kili_emulator.plugins.dispatch.run_waiters import RunWaiters
from kili_emulator.plugins.logs import Line, RunLog
from kili_emulator.plugins.scheduling.schedule import QueuedWork, Schedule, Timing

logger = logging.getLogger(__name__)

# So many lines are stored in one go; other writers get their turn in between.
_BATCH = 1000

# So many runs may have caused one another before a further one is refused.
MAX_DEPTH = 10


class StartedRun(NamedTuple):
    """A run that was recorded, and what its cause shall wait for, if anything."""

    run_id: str
    awaited: Delivery | None


class RunRecord(NamedTuple):
    """What is taken down while a handler is at work."""

    log: RunLog
    calls: CallBuffer


class Runs:
    """Starts and carries out the runs of a world.

    Args:
        timing: when handlers are called, and for how long.
        records_print: whether what they print is in their logs.
    """

    def __init__(
        self, schedule: Schedule, versions: Versions, timing: Timing, *, records_print: bool = True
    ) -> None:
        self._records_print = records_print
        self._schedule = schedule
        self._world = schedule.world
        self._versions = versions
        self._timing = timing
        self.waiters = RunWaiters()
        self.descent = CausalTree()

    def start(
        self,
        trigger: Trigger,
        event: EventReference,
        redelivery_of: str | None = None,
        *,
        by_hand: bool = False,
    ) -> StartedRun:
        """Record a run and queue it.

        Args:
            redelivery_of: the run that is made again.
            by_hand: the event has not happened: somebody only says so.
        """
        epoch = self._world.epoch  # which stays, while events are being delivered
        cause = self._world.view.runs.get(event["runId"] or "")
        causes: list[str] = cause["lanes"] if cause else []
        lane = f"{trigger.plugin['id']} {event['projectId']}"
        refusal = _refusal(trigger.plugin, event, cause)
        may_wait = self._timing.awaited and not refusal and lane not in causes
        waits = may_wait and self._is_free(lane, cause)
        with self._schedule.change(deferrable=True) as tx:  # what it is called for has happened
            run = runs_of.record_run(
                tx,
                trigger,
                event,
                lanes=[*causes, lane],
                refusal=refusal,
                redelivery_of=redelivery_of,
                by_hand=by_hand,
            )
            if self._timing.awaited and not refusal and not waits:
                content = messages.RUN_QUEUED.format(event=event["event"])
                runs_of.add_lines(tx, run["id"], [("info", content, tx.now)])
        if refusal:
            self.waiters.notify()
            return StartedRun(run["id"], None)
        due = clock.monotonic() + self._timing.latency
        started = QueuedWork(lambda kind, text: self._add_log_line(run["id"], epoch, kind, text))
        self.descent.begin(run["id"], started)
        self.descent.add(event["runId"], started)
        queue = self._queue(lane, cause if waits else None)
        self._schedule.start(queue, lambda: self._run(run, epoch, due), started, lane)
        return StartedRun(run["id"], started if waits else None)

    def trigger(
        self, plugin: PluginDoc, project: ProjectDoc, event: str, payload: dict[str, Any]
    ) -> StartedRun:
        """Call a plugin for something that has not happened, as if its creator had done it.

        Raises:
            KiliError: the plugin would not be called for it, or not with that.
        """
        with self._schedule.change() as tx:
            event_id, now = tx.new_id(), tx.now
        hypothetical_event: Event = {
            "id": event_id,
            "event": event,
            "createdAt": now,
            "organizationId": project["organizationId"],
            "projectId": project["id"],
            "userId": plugin["creatorId"],
            "payload": payload,
            "runId": None,
            "transactionId": event_id,
        }
        version = plugin_domain.called_version(self._world.view, plugin)
        subscription = version or PluginSubscription().call_conditions()
        return self.start(
            trigger_by_hand(plugin, subscription, hypothetical_event),
            hypothetical_event,
            by_hand=True,
        )

    def redeliver(self, run: RunDoc) -> StartedRun:
        """Tell a webhook, as it is now, once more what it was told in a run."""
        plugin = self._world.view.plugins.require(run["pluginId"])
        metadata = run["metadata"]
        trigger = Trigger(
            plugin, run["handler"], run["payload"], metadata["assetId"], metadata["labelId"]
        )
        event: EventReference = {
            "id": run["eventId"],
            "event": run["event"],
            "projectId": run["projectId"],
            "runId": None,
        }
        return self.start(trigger, event, redelivery_of=run["id"])

    def _is_free(self, lane: str, cause: RunDoc | None) -> bool:
        """Whether a run's call can wait for a run in a lane: no run that waits for it is there."""
        if cause is None:
            return True
        if self._world.ids.repeatable:
            return self._schedule.move_waiting_jobs(lane, self._queue(lane, cause))
        return not any(
            run["lanes"][-1] == lane and run["causedBy"] != cause["id"]
            for run in self._world.view.runs.find("running", True)
        )

    def _queue(self, lane: str, waiting_run: RunDoc | None) -> str:
        """Where a run waits for its turn.

        In a world with a seed, runs repeat, and therefore follow one another, whatever their lane.
        Those that a run is itself waiting for come at once, one by one: that run stands still.
        What their lanes still have to do is brought forward, so that each lane keeps its order.
        """
        if not self._world.ids.repeatable:
            return lane
        return f"within {waiting_run['id']}" if waiting_run else "seeded"

    def _add_log_line(self, run_id: str, epoch: int, log_type: LogType, content: str) -> None:
        with (
            contextlib.suppress(EpochOverError),
            self._schedule.change(epoch, deferrable=True) as tx,
        ):
            runs_of.add_lines(tx, run_id, [(log_type, content, tx.now)])
        self.waiters.notify()

    def _run(self, run: RunDoc, epoch: int, due: float) -> None:
        """Carry a run out.

        Args:
            due: the time, as of :func:`clock.monotonic`, before which it does not begin.
        """
        self._schedule.pause(due - clock.monotonic(), epoch)
        plugin = self._world.view.plugins.get(run["pluginId"])
        if plugin is None:
            return
        log = RunLog(self._world.clock, records_print=self._records_print)
        calls = CallBuffer(lambda text: log.add_entry("warning", text))
        result = self._result(run, plugin, RunRecord(log, calls), epoch)
        self._store_lines(run["id"], log.close(), epoch)
        self._store_calls(run["id"], calls, epoch)
        if log.dropped:
            text = messages.PRINTS_DROPPED
            logger.warning(text.format(name=plugin["name"], run=run["id"], count=log.dropped))
        self._complete(run["id"], result, log, epoch)
        report_run(self._world, run["id"])
        self.waiters.notify()

    def _complete(self, run_id: str, result: Result, log: RunLog, epoch: int) -> None:
        """Write down how a run ended; where the disk does not take that, the run has failed."""
        try:
            self._store_result(run_id, result, log, epoch)
        except StorageError as error:
            text = messages.RUN_NOT_STORED.format(outcome=result.outcome, error=error)
            logger.warning(text)
            failed = result
            if result.outcome == "SUCCEEDED":
                failed = replace(result, outcome="FAILED", error=text)
            log.add_emulator_line("error", text)
            self._store_lines(run_id, log.take(), epoch)
            self._store_result(run_id, failed, log, epoch, deferrable=True)

    def _store_result(
        self, run_id: str, result: Result, log: RunLog, epoch: int, *, deferrable: bool = False
    ) -> None:
        with self._schedule.change(epoch, deferrable=deferrable) as tx:
            runs_of.complete_run(
                tx,
                run_id,
                outcome=result.outcome,
                error=result.error,
                headline=result.headline,
                durationMs=result.duration_ms,
                delivery=result.delivery,
                droppedPrints=log.dropped,
                memoryMb=result.memory_mb,
            )

    def _result(self, run: RunDoc, plugin: PluginDoc, record: RunRecord, epoch: int) -> Result:
        """How the run goes, also where its version cannot be built, or the emulator fails at it."""
        headline = None
        try:
            with self._versions.loaded(run["versionId"] or "") as loaded:
                return self._call(loaded, run, plugin, record, epoch)
        except BuildError as error:
            text, headline = str(error), error.headline
        except StorageError as error:
            text, headline = str(error), None
        except Exception as error:
            if self._world.epoch != epoch:
                raise
            text = messages.RUN_HOST_FAILED.format(error=repr(error))
            logger.exception(text)
        record.log.add_emulator_line("error", text)
        return Result("FAILED", text, 0.0, headline=headline)

    def _call(
        self, loaded: LoadedVersion, run: RunDoc, plugin: PluginDoc, record: RunRecord, epoch: int
    ) -> Result:
        """Call the handler, with an API key that is good for so long."""
        call = Call(
            run_id=run["id"],
            plugin_name=plugin["name"],
            event=run["event"],
            handler=run["handler"],
            payload=run["payload"],
            project_id=run["projectId"],
            key=RUN_KEY_PREFIX + ids.new_secret(),
            seed=run["seed"],
            seconds=self._timing.timeout,
        )

        def store() -> None:
            self._store_lines(run["id"], record.log.take(), epoch)
            self._store_calls(run["id"], record.calls, epoch)

        try:
            with self._schedule.change(epoch) as tx:
                service_user = tx.users.require(plugin["userId"])
                self._world.run_keys[call.key] = Actor(service_user, run["id"], epoch, record.calls)
                runs_of.begin_run(tx, run["id"])
            return loaded.call(call, record.log, store)
        finally:
            self._world.revoke(call.key)

    def _store_lines(self, run_id: str, lines: list[Line], epoch: int) -> None:
        self._world.check_epoch(epoch)
        for start in range(0, len(lines), _BATCH):
            with self._schedule.change(epoch, deferrable=True) as tx:
                runs_of.add_lines(tx, run_id, lines[start : start + _BATCH])
            self.waiters.notify()
            time.sleep(0.001)  # or this thread would have the lock again before any other

    def _store_calls(self, run_id: str, calls: CallBuffer, epoch: int) -> None:
        count = calls.count
        new_calls = calls.take()
        if new_calls or count > MAX_CALLS:
            with self._schedule.change(epoch, deferrable=True) as tx:
                add_calls(tx, run_id, new_calls, calls.count)


def _refusal(
    plugin: PluginDoc, event: EventReference, cause: RunDoc | None
) -> runs_of.Refusal | None:
    """Why a plugin is not called for an event, if it is not."""
    if cause and cause["pluginId"] == plugin["id"]:
        text = messages.RUN_SUPPRESSED.format(event=event["event"])
        return runs_of.Refusal("SELF_TRIGGERED", text)
    if cause and len(cause["lanes"]) >= MAX_DEPTH:
        text = messages.RUN_TOO_DEEP.format(event=event["event"], depth=MAX_DEPTH)
        return runs_of.Refusal("TOO_DEEP", text)
    if plugin["activeVersionId"] is None:
        text = messages.RUN_NOT_DEPLOYED.format(status=plugin["status"], event=event["event"])
        return runs_of.Refusal("NOT_DEPLOYED", text)
    return None
