"""The plugin host: builds versions, and calls handlers for what happens in a world."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from emulator import ids, messages
from emulator.domain import payloads
from emulator.domain import plugin as plugins_of
from emulator.domain import run as runs_of
from emulator.domain.api_key import RUN_KEY_PREFIX
from emulator.domain.events import Delivery, Event
from emulator.domain.world import Actor, Transaction, Undone, World
from emulator.plugins import builder, runner
from emulator.plugins.lanes import Job, Lanes
from emulator.plugins.logs import Line, RunLog
from emulator.plugins.versions import Versions
from emulator.storage.snapshot import Document

MakeClient = Callable[[str], Any]
# Adds a line of the emulator's own to a run's log.
Note = Callable[[runs_of.LogType, str], None]

# So many lines are stored in one go; other writers get their turn in between.
_BATCH = 1000


class Started(Delivery):
    """A run or a build that an event started."""

    def __init__(self, note: Note | None = None) -> None:
        super().__init__()
        self._note = note

    def not_awaited(self, seconds: float) -> None:
        if self._note:
            self._note("warning", messages.RUN_STILL_GOING.format(seconds=seconds))


class PluginHost:
    """Runs the plugins of all worlds of a process.

    Args:
        timeout: seconds after which a handler, or the import of a plugin, is stopped.
        make_client: makes an SDK client from a run's key.
    """

    def __init__(self, timeout: float, make_client: MakeClient) -> None:
        self.timeout = timeout
        self.make_client = make_client
        self._hosts: dict[World, WorldHost] = {}

    def attach(self, world: World) -> None:
        """Listen to a world, after finishing what an earlier process left undone in it."""
        self._hosts[world] = WorldHost(self, world)

    def detach(self, world: World) -> None:
        """Start nothing further in a world; runs under way are left to themselves."""
        self._hosts.pop(world).close()

    def wait_idle(self, world: World, seconds: float) -> bool:
        """Wait until no plugin of the world is at work; whether that came about in time."""
        return self._hosts[world].lanes.wait_idle(seconds)

    def close(self) -> None:
        """Detach every world."""
        for world in list(self._hosts):
            self.detach(world)


class WorldHost:
    """Runs the plugins of one world."""

    def __init__(self, host: PluginHost, world: World) -> None:
        self._host = host
        self._world = world
        self._system = Actor.system()
        self._versions = Versions(world, host.timeout)
        self.lanes = Lanes()
        world.bus.subscribe(self._dispatch)
        world.after_roll_back.append(self._resume)
        self._resume()

    def close(self) -> None:
        self.lanes.close()
        self._versions.close()

    def _resume(self) -> None:
        """Finish what the world's content says is going on, and which nobody is at any more."""
        self._versions.prune()
        with self._change() as tx:
            runs_of.interrupt_running(tx)
            for version in tx.plugin_versions.all():
                if version["status"] == "DEPLOYING":
                    plugins_of.request_deployment(tx, version)

    @contextlib.contextmanager
    def _change(self, epoch: int | None = None) -> Iterator[Transaction]:
        """Change the world, if it is still in that epoch.

        Raises:
            Undone: it is not.
        """
        with self._world.transaction(replace(self._system, epoch=epoch)) as tx:
            yield tx

    def _start(
        self, queue: str, work: Callable[[], None], started: Started, lane: str = ""
    ) -> None:
        """Have something done when the queue's turn comes, unless the world is rolled back."""
        epoch = self._world.epoch

        def work_if_not_undone() -> None:
            try:
                self._world.check_epoch(epoch)
                work()
            except Exception:
                if self._world.epoch == epoch:
                    raise
            finally:
                self._versions.prune()

        job = Job(work_if_not_undone, started, f"{epoch} {lane}")
        self.lanes.add(f"{epoch} {queue}", job)

    # Events

    def _dispatch(self, events: list[Event]) -> list[Delivery]:
        started: list[Delivery] = []
        for event in events:
            if event["event"] == plugins_of.DEPLOYMENT_REQUESTED:
                started.append(self._start_build(event["payload"]["versionId"]))
            elif event["event"] == plugins_of.DELETED:
                self._versions.prune()
            elif event["event"] in payloads.HANDLER_TYPES:
                started.extend(self._start_runs(event))
        return started

    def _start_runs(self, event: Event) -> list[Delivery]:
        view = self._world.view
        handler = payloads.HANDLER_TYPES[event["event"]]
        label = view.labels.get(event["payload"]["labelId"])
        plugins = [
            each
            for each in view.plugins.all()
            if event["projectId"] in each["projectIds"]
            and handler in plugins_of.handler_types(view, each)
        ]
        if label is None or not plugins:
            return []
        payload = payloads.handler_payload(view, event)
        return [
            started
            for plugin in plugins
            if (started := self._start_run(plugin, event, handler, payload))
        ]

    def _start_run(
        self, plugin: Document, event: Event, handler: str, payload: dict[str, Any]
    ) -> Delivery | None:
        """Record a run and queue it; ``None`` when the event's cause must not wait for it."""
        epoch = self._world.epoch  # which stays, while events are being delivered
        cause = self._world.view.runs.get(event["runId"] or "")
        causes: list[str] = cause["lanes"] if cause else []
        lane = f"{plugin['id']} {event['projectId']}"
        refusal = _refusal(plugin, event, cause)
        waits = not refusal and lane not in causes and self._is_free(lane, cause)
        with self._change() as tx:
            run = runs_of.record_run(
                tx,
                plugin,
                event,
                handler,
                payload,
                lanes=[*causes, lane],
                outcome="NOT_RUN" if refusal else "RUNNING",
            )
            if refusal:
                runs_of.add_lines(tx, run["id"], [("warning", refusal, tx.now)])
            elif not waits:
                content = messages.RUN_QUEUED.format(event=event["event"])
                runs_of.add_lines(tx, run["id"], [("info", content, tx.now)])
        if refusal:
            return None
        started = Started(lambda kind, text: self._note(run["id"], epoch, kind, text))
        queue = self._queue(lane, cause if waits else None)
        self._start(queue, lambda: self._run(run, epoch), started, lane)
        return started if waits else None

    def _is_free(self, lane: str, cause: Document | None) -> bool:
        """Whether a run's call can wait for a run in a lane: no run that waits for it is there."""
        if cause is None:
            return True
        if self._world.ids.repeatable:
            epoch = self._world.epoch
            return self.lanes.bring_forward(
                f"{epoch} {lane}", f"{epoch} {self._queue(lane, cause)}"
            )
        return not any(
            run["lanes"][-1] == lane and run["causedBy"] != cause["id"]
            for run in self._world.view.runs.find("running", True)
        )

    def _queue(self, lane: str, awaiting: Document | None) -> str:
        """Where a run waits for its turn.

        In a world with a seed, runs repeat, and therefore follow one another, whatever their lane.
        Those that a run is itself waiting for come at once, one by one: that run stands still.
        What their lanes still have to do is brought forward, so that each lane keeps its order.
        """
        if not self._world.ids.repeatable:
            return lane
        return f"within {awaiting['id']}" if awaiting else "seeded"

    def _note(self, run_id: str, epoch: int, log_type: runs_of.LogType, content: str) -> None:
        with contextlib.suppress(Undone), self._change(epoch) as tx:
            runs_of.add_lines(tx, run_id, [(log_type, content, tx.now)])

    # Runs

    def _run(self, run: Document, epoch: int) -> None:
        plugin = self._world.view.plugins.get(run["pluginId"])
        if plugin is None:
            return
        log = RunLog(self._world.clock)
        try:
            with self._versions.handler(run["versionId"]) as handler:
                result = self._call(handler, run, plugin, log, epoch)
        except builder.BuildError as error:
            log.verdict("error", str(error))
            result = runner.Result("FAILED", str(error), 0.0)
        self._store_lines(run["id"], log.close(), epoch)
        with self._change(epoch) as tx:
            runs_of.complete_run(
                tx, run["id"], result.outcome, error=result.error, duration_ms=result.duration_ms
            )

    def _call(
        self, handler: type, run: Document, plugin: Document, log: RunLog, epoch: int
    ) -> runner.Result:
        """Call the handler, with an API key that is good for so long."""
        call = runner.Call(
            handler=handler,
            plugin_name=plugin["name"],
            method=runner.METHODS[run["handler"]],
            payload=run["payload"],
            project_id=run["projectId"],
            seed=run["seed"],
            seconds=self._host.timeout,
        )
        key = RUN_KEY_PREFIX + ids.secret()
        with self._change(epoch) as tx:
            service_user = tx.users.the(plugin["userId"])
            self._world.run_keys[key] = Actor(service_user, run["id"], epoch)
        try:
            return runner.run(
                call,
                log,
                lambda: self._host.make_client(key),
                lambda: self._store_lines(run["id"], log.take(), epoch),
            )
        finally:
            self._world.run_keys.pop(key, None)

    def _store_lines(self, run_id: str, lines: list[Line], epoch: int) -> None:
        self._world.check_epoch(epoch)
        for start in range(0, len(lines), _BATCH):
            with self._change(epoch) as tx:
                runs_of.add_lines(tx, run_id, lines[start : start + _BATCH])
            time.sleep(0.001)  # or this thread would have the lock again before any other

    # Versions

    def _start_build(self, version_id: str) -> Delivery:
        started, epoch = Started(), self._world.epoch
        self._start(f"build {version_id}", lambda: self._build(version_id, epoch), started)
        return started

    def _build(self, version_id: str, epoch: int) -> None:
        problems: list[str] = []
        if self._world.view.plugin_versions.get(version_id) is None:
            return
        try:
            with self._versions.handler(version_id):
                pass
        except builder.BuildError as error:
            problems = error.problems
        with self._change(epoch) as tx:
            plugins_of.finish_deployment(tx, version_id, problems)


def _refusal(plugin: Document, event: Event, cause: Document | None) -> str | None:
    """Why a plugin is not called for an event, if it is not."""
    if cause and cause["pluginId"] == plugin["id"]:
        return messages.RUN_SUPPRESSED.format(event=event["event"])
    if plugin["activeVersionId"] is None:
        return messages.RUN_NOT_DEPLOYED.format(status=plugin["status"], event=event["event"])
    return None
