"""The runs of one world: each run is recorded, waits in a lane, and calls a handler."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from kili_emulator import ids, messages
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain import run as runs_of
from kili_emulator.domain.call_buffer import CallBuffer
from kili_emulator.domain.documents import EventReference, PluginDoc, ProjectDoc, RunDoc
from kili_emulator.domain.event_bus import Delivery, Event, wait_for_deliveries
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.trigger import Trigger, trigger_by_hand
from kili_emulator.domain.world import Actor, Transaction
from kili_emulator.errors import StorageError
from kili_emulator.instruments import Durations
from kili_emulator.observe.fault_rule import RUN, WEBHOOK
from kili_emulator.observe.faults import MetFault, Occasion
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.versions import Versions
from kili_emulator.plugins.calls import Call, LoadedVersion, Result
from kili_emulator.plugins.dispatch.causal_tree import CausalTree
from kili_emulator.plugins.dispatch.failure_reports import report_run
from kili_emulator.plugins.dispatch.replayable_runs import ReplayableRuns
from kili_emulator.plugins.dispatch.run_storage import RunRecord, RunStorage
from kili_emulator.plugins.dispatch.run_waiters import RunWaiters
from kili_emulator.plugins.logs import RunLog
from kili_emulator.plugins.scheduling.schedule import QueuedWork, Schedule, Timing
from kili_emulator.rules.masking import RUN_KEY_PREFIX

logger = logging.getLogger(__name__)

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


class Runs:
    """The runs of one world: starts and executes them.

    Args:
        timing: the delays and limits of plugins.
        durations: counts the durations of handler calls by the outcome of the run.
        records_print: whether printed lines are recorded in the logs of runs.
        reports_failures: whether the emulator's log has a line for each failed run.
    """

    def __init__(
        self,
        schedule: Schedule,
        versions: Versions,
        timing: Timing,
        durations: Durations,
        *,
        records_print: bool = True,
        reports_failures: bool = True,
    ) -> None:
        self._reports_failures = reports_failures
        self._durations = durations
        self._records_print = records_print
        self._schedule = schedule
        self._world = schedule.world
        self._versions = versions
        self._timing = timing
        self.waiters = RunWaiters()
        self.replayable = ReplayableRuns(self._world, timing.replayable_runs)
        self._storage = RunStorage(schedule, self.waiters)
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
        waits = refusal is None and self._is_awaited(lane, cause)
        queue = self._queue(lane, cause if waits else None)
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
            if not refusal:
                run = self._note_start(tx, run, trigger.plugin, queue, waits=waits)
        if refusal:
            self.waiters.notify()
            return StartedRun(run["id"], None)
        delivery = self._queue_run(run, epoch, queue, lane)
        self.causal_tree.add(event["runId"], delivery)
        return StartedRun(run["id"], delivery if waits else None)

    def _is_awaited(self, lane: str, cause: RunDoc | None) -> bool:
        """Return whether the cause of a new run in a lane waits for it."""
        is_recursive = cause is not None and lane in cause["lanes"]
        may_wait = self._timing.waits_for_runs and not is_recursive and not self._is_stopped()
        return may_wait and self._can_wait(lane, cause)

    def _note_start(
        self, tx: Transaction, run: RunDoc, plugin: PluginDoc, queue: str, *, waits: bool
    ) -> RunDoc:
        """Note that a recorded run begins at once, or that its cause does not wait for it.

        Returns:
            the run, as it is stored now.
        """
        if self._begins_at_once(plugin, queue):
            run = runs_of.begin_at_once(tx, run)
        if self._timing.waits_for_runs and not waits:
            runs_of.note_queued(tx, run, self._reason_not_to_wait(run["event"]))
        return run

    def _is_stopped(self) -> bool:
        """Return whether new runs wait for a clock that stands still, until somebody sets it."""
        return self._timing.latency > 0 and self._world.clock.state.mode == "frozen"

    def _reason_not_to_wait(self, subject: str) -> str:
        """Return why the cause of a run does not wait for it, as a line for the log of the run."""
        if self._is_stopped():
            return messages.RUN_CLOCK_STOPPED.format(seconds=self._timing.latency)
        return messages.RUN_QUEUED.format(event=subject)

    def _begins_at_once(self, plugin: PluginDoc, queue: str) -> bool:
        """Return whether nothing delays a new run, so that one commit can record it and its start.

        If another commit follows before the handler is called, :meth:`RunStorage.begin` records the
        begin again.
        """
        return (
            not self._timing.latency
            and self._schedule.is_idle(queue)
            and self._versions.is_loaded(plugin["activeVersionId"] or "")
        )

    def _queue_run(self, run: RunDoc, epoch: int, queue: str, lane: str) -> QueuedWork:
        """Queue a recorded run; it begins after the latency of plugins at the earliest."""
        latency = self._timing.latency
        due = self._schedule.due_after(latency) if latency else None
        delivery = QueuedWork(
            lambda kind, text: self._storage.add_line(run["id"], epoch, kind, text)
        )
        self.causal_tree.begin(run["id"], delivery)
        self._schedule.start(queue, lambda: self._run(run, epoch), delivery, lane, due=due)
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

    def repeat(self, run: RunDoc, waiting: Sequence[RunDoc]) -> Delivery:
        """Call the handler of a recorded run, in a copy of its world before the call.

        Args:
            waiting: runs behind it in the same queue, which take place only while it waits.
        """
        epoch, lane = self._world.epoch, run["lanes"][-1]
        delivery = QueuedWork()
        self.causal_tree.begin(run["id"], delivery)
        self._schedule.start(self._queue(lane, None), lambda: self._run(run, epoch), delivery, lane)
        for each in waiting:
            self._queue_behind(delivery, each, epoch)
        return delivery

    def _queue_behind(self, delivery: Delivery, run: RunDoc, epoch: int) -> None:
        """Queue a run that does not take place once a delivery is done."""
        own_delivery, lane = QueuedWork(), run["lanes"][-1]

        def run_if_awaited() -> None:
            if not delivery.done():
                self._run(run, epoch)

        self.causal_tree.begin(run["id"], own_delivery)
        self._schedule.start(self._queue(lane, None), run_if_awaited, own_delivery, lane)

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

    def _run(self, run: RunDoc, epoch: int) -> None:
        """Execute a run."""
        plugin = self._world.view.plugins.get(run["pluginId"])
        if plugin is None:
            return
        log = RunLog(self._world.clock, records_print=self._records_print)
        calls = CallBuffer(lambda text: log.add_entry("warning", text))
        record = RunRecord(log, calls)
        result = self._result(run, plugin, record, epoch)
        if log.dropped and self._reports_failures:
            text = messages.PRINTS_DROPPED
            logger.warning(text.format(name=plugin["name"], run=run["id"], count=log.dropped))
        self._storage.store_end(run["id"], result, record, epoch)
        self._durations.add(result.duration_ms / 1000, result.outcome)
        if self._reports_failures:
            report_run(self._world, run["id"])
            self.replayable.add(self._world.view.runs.get(run["id"]))
        self.waiters.notify()

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
        fault = self._find_fault(plugin)
        seconds = fault.options.get("timeout") if fault else None
        call = Call(
            run_id=run["id"],
            plugin_name=plugin["name"],
            event=run["event"],
            handler=run["handler"],
            payload=run["payload"],
            project_id=run["projectId"],
            key=RUN_KEY_PREFIX + ids.new_secret(),
            seed=run["seed"],
            seconds=self._timing.timeout if seconds is None else seconds,
            fault=fault,
        )
        service_user = self._world.view.users.require(plugin["userId"])
        self._world.admit(call.key, Actor(service_user, run["id"], epoch, record.calls))
        try:
            self._storage.begin(run, epoch)
            return loaded.call(
                call,
                record.log,
                lambda: self._storage.store_progress(run["id"], record, epoch),
            )
        finally:
            self._world.revoke(call.key)

    def _find_fault(self, plugin: PluginDoc) -> MetFault | None:
        """Return the fault that a call of a handler, or a delivery to a webhook, meets."""
        faults = self._world.faults
        if not faults.is_set:
            return None
        target = WEBHOOK if plugin_domain.is_webhook(self._world.view, plugin) else RUN
        return faults.meet(Occasion(frozenset({target}), plugin=plugin["name"]))


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
