"""The runs of one world: each run is recorded, waits in a lane, and calls a handler."""

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
from kili_emulator.domain.event_bus import Delivery, Event, wait_for_deliveries
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.run_call import add_calls
from kili_emulator.domain.trigger import Trigger, trigger_by_hand
from kili_emulator.domain.world import Actor, EpochOverError
from kili_emulator.errors import StorageError
from kili_emulator.instruments import Durations
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.versions import Versions
from kili_emulator.plugins.calls import Call, LoadedVersion, Result
from kili_emulator.plugins.dispatch.causal_tree import CausalTree
from kili_emulator.plugins.dispatch.failure_reports import report_run
from kili_emulator.plugins.dispatch.run_waiters import RunWaiters
from kili_emulator.plugins.logs import Line, RunLog
from kili_emulator.plugins.scheduling.schedule import QueuedWork, Schedule, Timing

logger = logging.getLogger(__name__)

# How many log lines one transaction stores; other writers get their turn in between.
_BATCH = 1000

# How many runs may cause one another before a further run is refused.
MAX_DEPTH = 10


class StartedRun(NamedTuple):
    """A run that was recorded.

    Attributes:
        awaited_delivery: the delivery of the run, if its cause waits for it.
    """

    run_id: str
    awaited_delivery: Delivery | None

    def wait(self, seconds: float) -> None:
        """Wait for the run and all that it causes, if its cause waits for it."""
        if self.awaited_delivery:
            wait_for_deliveries([self.awaited_delivery], seconds)


class RunRecord(NamedTuple):
    """The records of a running handler: its log lines and its API calls."""

    log: RunLog
    calls: CallBuffer


class Runs:
    """The runs of one world: starts and executes them.

    Args:
        timing: the delays and limits of plugins.
        durations: counts the durations of handler calls by the outcome of the run.
        records_print: whether printed lines are recorded in the logs of runs.
    """

    def __init__(
        self,
        schedule: Schedule,
        versions: Versions,
        timing: Timing,
        durations: Durations,
        *,
        records_print: bool = True,
    ) -> None:
        self._durations = durations
        self._records_print = records_print
        self._schedule = schedule
        self._world = schedule.world
        self._versions = versions
        self._timing = timing
        self.waiters = RunWaiters()
        self.causal_tree = CausalTree()

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
            redelivery_of: the id of the run that is repeated.
            by_hand: whether a user triggered the run, without an event.
        """
        epoch = self._world.epoch  # it does not change while events are delivered
        cause = self._world.view.runs.get(event["runId"] or "")
        causes: list[str] = cause["lanes"] if cause else []
        lane = f"{trigger.plugin['id']} {event['projectId']}"
        refusal = _refusal(trigger.plugin, event, cause)
        may_wait = self._timing.waits_for_runs and not refusal and lane not in causes
        waits = may_wait and self._can_wait(lane, cause)
        # Deferrable, as the event is already committed.
        with self._schedule.change(deferrable=True) as tx:
            run = runs_of.record_run(
                tx,
                trigger,
                event,
                lanes=[*causes, lane],
                refusal=refusal,
                redelivery_of=redelivery_of,
                by_hand=by_hand,
            )
            if self._timing.waits_for_runs and not refusal and not waits:
                content = messages.RUN_QUEUED.format(event=event["event"])
                runs_of.add_lines(tx, run["id"], [("info", content, tx.now)])
        if refusal:
            self.waiters.notify()
            return StartedRun(run["id"], None)
        delivery = self._queue_run(run, epoch, self._queue(lane, cause if waits else None), lane)
        self.causal_tree.add(event["runId"], delivery)
        return StartedRun(run["id"], delivery if waits else None)

    def _queue_run(self, run: RunDoc, epoch: int, queue: str, lane: str) -> QueuedWork:
        """Queue a recorded run; it begins after the latency of plugins at the earliest."""
        due = clock.monotonic() + self._timing.latency
        delivery = QueuedWork(lambda kind, text: self._add_log_line(run["id"], epoch, kind, text))
        self.causal_tree.begin(run["id"], delivery)
        self._schedule.start(queue, lambda: self._run(run, epoch, due), delivery, lane)
        return delivery

    def trigger(
        self, plugin: PluginDoc, project: ProjectDoc, event: str, payload: dict[str, Any]
    ) -> StartedRun:
        """Call a plugin for a hypothetical event, whose user is the plugin's creator.

        Raises:
            KiliError: the plugin is not called for such an event, or not with this payload.
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
        """Send the payload of a run to its webhook again; the webhook's present address counts."""
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

    def _can_wait(self, lane: str, cause: RunDoc | None) -> bool:
        """Return whether the cause can wait for a new run in a lane without a deadlock.

        It can if the lane has no unfinished run of another cause, as that might in turn wait for
        this cause. In a world with a seed, the waiting runs of the lane are first moved into the
        queue of the new run; the cause can wait unless a run of the lane is running.
        """
        if cause is None:
            return True
        if self._world.ids.repeatable:
            return self._schedule.move_waiting_jobs(lane, self._queue(lane, cause))
        return not any(
            run["lanes"][-1] == lane and run["causedBy"] != cause["id"]
            for run in self._world.view.runs.find("running", True)
        )

    def _queue(self, lane: str, waiting_run: RunDoc | None) -> str:
        """Return the queue in which a run waits.

        In a world with a seed, runs must repeat exactly. Therefore they run one after another, in
        one queue for all lanes. Runs that another run is waiting for have a queue of their own and
        start at once, one by one, while that run is blocked. :meth:`_can_wait` moves the waiting
        runs of their lanes into the same queue, so that each lane keeps its order.

        Args:
            waiting_run: the run that waits for this one, if any.
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
        """Execute a run.

        Args:
            due: the earliest time of its begin, on the clock of :func:`clock.monotonic`.
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
        self._durations.add(result.duration_ms / 1000, result.outcome)
        report_run(self._world, run["id"])
        self.waiters.notify()

    def _complete(self, run_id: str, result: Result, log: RunLog, epoch: int) -> None:
        """Store the result of a run; if the disk refuses it, the run is stored as failed."""
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
        """Call the handler; a failed build or an error of the emulator is a failed result, too."""
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
        """Call the handler, with an API key that is valid during the call."""
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
            time.sleep(0.001)  # otherwise this thread gets the lock again before any other

    def _store_calls(self, run_id: str, calls: CallBuffer, epoch: int) -> None:
        count = calls.count
        new_calls = calls.take()
        if new_calls or count > MAX_CALLS:
            with self._schedule.change(epoch, deferrable=True) as tx:
                add_calls(tx, run_id, new_calls, calls.count)


def _refusal(
    plugin: PluginDoc, event: EventReference, cause: RunDoc | None
) -> runs_of.Refusal | None:
    """Return the reason why a plugin is not called for an event; ``None`` if it is called."""
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
