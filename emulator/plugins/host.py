"""The plugin host: builds versions, and calls handlers for what happens in a world."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from emulator import errors, ids
from emulator.domain import payloads
from emulator.domain import plugin as plugins_of
from emulator.domain import run as runs_of
from emulator.domain.events import Delivery, Event
from emulator.domain.user import RUN_KEY_PREFIX
from emulator.domain.world import Actor, Transaction, World
from emulator.plugins import builder, runner
from emulator.plugins.lanes import Job, Lanes
from emulator.plugins.logs import RunLog
from emulator.plugins.versions import Versions
from emulator.storage.snapshot import Document

MakeClient = Callable[[str], Any]


class Started(Delivery):
    """A run or a build that an event started."""

    def __init__(self, host: WorldHost, run_id: str | None = None) -> None:
        super().__init__()
        self._host = host
        self._run_id = run_id

    def not_awaited(self, seconds: float) -> None:
        if self._run_id:
            content = errors.RUN_STILL_GOING.format(seconds=seconds)
            self._host.note(self._run_id, "warning", content)


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
        self._recover()

    def close(self) -> None:
        self.lanes.close()
        self._versions.close()

    def note(self, run_id: str, log_type: runs_of.LogType, content: str) -> None:
        """Add a line of the emulator's own to a run's log."""
        with self._change() as tx:
            runs_of.add_lines(tx, run_id, [(log_type, content, tx.now)])

    def _recover(self) -> None:
        with self._change() as tx:
            runs_of.interrupt_running(tx)
            for version in tx.plugin_versions.all():
                if version["status"] == "DEPLOYING":
                    plugins_of.request_deployment(tx, version)

    @contextlib.contextmanager
    def _change(self) -> Iterator[Transaction]:
        with self._world.transaction(self._system) as tx:
            yield tx

    # Events

    def _dispatch(self, events: list[Event]) -> list[Delivery]:
        started: list[Delivery] = []
        for event in events:
            if event["event"] == plugins_of.DEPLOYMENT_REQUESTED:
                started.append(self._start_build(event["payload"]["versionId"]))
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
            if event["projectId"] in each["projectIds"] and handler in each["handlerTypes"]
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
        cause = self._world.view.runs.get(event["runId"] or "")
        causes: list[str] = cause["lanes"] if cause else []
        lane = f"{plugin['id']} {event['projectId']}"
        refusal = _refusal(plugin, event, cause)
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
        if refusal:
            return None
        waits = lane not in causes and not (cause and self.lanes.is_busy(lane))
        started = Started(self, run["id"])
        if not waits:
            self.note(run["id"], "info", errors.RUN_QUEUED.format(event=event["event"]))
        self.lanes.add(lane, Job(lambda: self._run(run), started))
        return started if waits else None

    # Runs

    def _run(self, run: Document) -> None:
        plugin = self._world.view.plugins.get(run["pluginId"])
        if plugin is None:
            return
        log = RunLog(self._world.clock)
        try:
            result = self._call(run, plugin, log)
        except builder.BuildError as error:
            log.entry("error", str(error))
            result = runner.Result("FAILED", str(error), 0.0)
        self._complete(run["id"], log, result)

    def _call(self, run: Document, plugin: Document, log: RunLog) -> runner.Result:
        """Call the handler, with an API key that is good for so long."""
        call = runner.Call(
            handler=self._versions.handler(run["versionId"]),
            plugin_name=plugin["name"],
            method=runner.METHODS[run["handler"]],
            payload=run["payload"],
            project_id=run["projectId"],
            seed=run["seed"],
            seconds=self._host.timeout,
        )
        key = RUN_KEY_PREFIX + ids.secret()
        service_user = self._world.view.users.the(plugin["userId"])
        self._world.run_keys[key] = Actor(service_user, run["id"])
        try:
            return runner.run(
                call,
                log,
                lambda: self._host.make_client(key),
                lambda: self._store_lines(run["id"], log.take()),
            )
        finally:
            self._world.run_keys.pop(key, None)

    def _complete(self, run_id: str, log: RunLog, result: runner.Result) -> None:
        with self._change() as tx:
            runs_of.add_lines(tx, run_id, log.close())
            runs_of.complete_run(
                tx, run_id, result.outcome, error=result.error, duration_ms=result.duration_ms
            )

    def _store_lines(self, run_id: str, lines: list[Any]) -> None:
        if lines:
            with self._change() as tx:
                runs_of.add_lines(tx, run_id, lines)

    # Versions

    def _start_build(self, version_id: str) -> Delivery:
        started = Started(self)
        self.lanes.add(f"build {version_id}", Job(lambda: self._build(version_id), started))
        return started

    def _build(self, version_id: str) -> None:
        problems: list[str] = []
        try:
            self._versions.handler(version_id)
        except builder.BuildError as error:
            problems = error.problems
        with self._change() as tx:
            plugins_of.finish_deployment(tx, version_id, problems)


def _refusal(plugin: Document, event: Event, cause: Document | None) -> str | None:
    """Why a plugin is not called for an event, if it is not."""
    if cause and cause["pluginId"] == plugin["id"]:
        return errors.RUN_SUPPRESSED.format(event=event["event"])
    if plugin["activeVersionId"] is None:
        return errors.RUN_NOT_DEPLOYED.format(status=plugin["status"], event=event["event"])
    return None
