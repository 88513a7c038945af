"""The plugin host: builds versions of plugins, and calls their handlers for events."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from dataclasses import replace
from functools import partial
from typing import Any

from kili_emulator import clock, errors, messages
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain import run as runs_of
from kili_emulator.domain.decision import record_decisions
from kili_emulator.domain.documents import PluginDoc, ProjectDoc
from kili_emulator.domain.event_bus import Delivery, Event
from kili_emulator.domain.plugin_link import LinkSpec
from kili_emulator.domain.trigger import Trigger, decide_calls
from kili_emulator.domain.world import Actor, World
from kili_emulator.instruments import Durations
from kili_emulator.observe.fault_rule import DEPLOY, FaultOptions
from kili_emulator.observe.faults import Occasion
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.package_settings import PackageSettings
from kili_emulator.plugins.build.versions import Versions
from kili_emulator.plugins.calls import Isolation
from kili_emulator.plugins.dispatch.failure_reports import report_build, report_run
from kili_emulator.plugins.dispatch.runs import Runs
from kili_emulator.plugins.links.linked_folders import Links
from kili_emulator.plugins.scheduling.lanes import JobCounts
from kili_emulator.plugins.scheduling.schedule import QueuedWork, Schedule, Timing
from kili_emulator.rules import handlers
from kili_emulator.rules.plugin_policy import records_print

logger = logging.getLogger(__name__)


class PluginHost:
    """The plugin host of a process: runs the plugins of all its worlds.

    Args:
        isolation: runs the code of plugins.
        timing: the delays and limits of plugins.
        package_settings: the packages that plugins may use.
        run_durations: counts the durations of handler calls by the outcome of the run.
    """

    def __init__(
        self,
        isolation: Isolation,
        timing: Timing,
        package_settings: PackageSettings,
        run_durations: Durations,
    ) -> None:
        self._isolation = isolation
        self._run_durations = run_durations
        self._timing = timing
        self._package_settings = package_settings
        self._hosts: dict[World, WorldHost] = {}

    def attach(self, world: World) -> None:
        """Listen to a world, after finishing the work that an earlier process left undone in it."""
        self._hosts[world] = WorldHost(
            world, self._isolation, self._timing, self._package_settings, self._run_durations
        )

    def attach_copy(self, world: World) -> None:
        """Listen to a copy of a world, which is not to resume the work of the world."""
        self._hosts[world] = WorldHost(
            world,
            self._isolation,
            self._timing,
            self._package_settings,
            self._run_durations,
            is_copy=True,
        )

    def repeat(self, world: World, run_id: str, waiting: Sequence[str]) -> None:
        """Call the handler of a run in a copy of its world, and wait until the run has ended.

        Args:
            waiting: the ids of the runs that wait in the world.
        """
        runs = world.view.runs
        delivery = self._hosts[world].runs.repeat(
            runs.require(run_id), [runs.require(each) for each in waiting]
        )
        wait([delivery])

    def detach(self, world: World) -> None:
        """Start nothing further in a world; running handlers are not stopped."""
        self._hosts.pop(world).close()

    def wait_idle(self, world: World, seconds: float) -> bool:
        """Wait until no plugin of the world is running; return whether that came about in time."""
        return self._hosts[world].schedule.wait_idle(seconds)

    def count_jobs(self) -> JobCounts:
        """Count the runs and builds of all worlds that wait in queues or are running."""
        counts = [each.schedule.count_jobs() for each in list(self._hosts.values())]
        return JobCounts(sum(each.waiting for each in counts), sum(each.running for each in counts))

    def wait_for_due(self, world: World, seconds: float) -> None:
        """Wait for the runs and builds that are due by a world's clock, if requests wait for runs.

        Args:
            seconds: the longest wait.
        """
        if self._timing.waits_for_runs:
            self._hosts[world].schedule.wait_for_due(seconds)

    def wait_until(self, world: World, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until a condition holds that a run or a request changes, or the time is over."""
        self._hosts[world].runs.waiters.wait_for(condition, seconds)

    def redeliver(self, world: World, run_id: str, seconds: float) -> str:
        """Send the payload of a run to its webhook again; return the id of the new run.

        Args:
            seconds: how long to wait for the end of the new run and of all that it causes.

        Raises:
            KiliError: there is no such run, or its plugin is not a webhook.
        """
        run = world.view.runs.get(run_id)
        if run is None:
            raise errors.run_not_found(run_id)
        if not plugin_domain.is_webhook(world.view, world.view.plugins.require(run["pluginId"])):
            raise errors.run_not_of_webhook(run_id)
        started_run = self._hosts[world].runs.redeliver(run)
        started_run.wait(seconds)
        return started_run.run_id

    def trigger(
        self,
        world: World,
        plugin: PluginDoc,
        project: ProjectDoc,
        event: str,
        payload: dict[str, Any],
        seconds: float,
    ) -> str:
        """Call one plugin without an event; return the id of the run.

        Args:
            event: the subject of an event, or the name of a handler (``onSubmit`` or
                ``on_submit``).
            payload: the payload of the event, or the handler's arguments by name.
            seconds: how long to wait for the end of the run and of all that it causes.

        Raises:
            KiliError: the plugin is not active on the project, or not called for this event.
        """
        if project["id"] not in plugin["projectIds"]:
            raise errors.trigger_plugin_inactive(plugin["name"], project["title"])
        handler = handlers.BY_METHOD.get(event)
        subject = handler.type if handler and handler.events else event
        started_run = self._hosts[world].runs.trigger(plugin, project, subject, payload)
        started_run.wait(seconds)
        return started_run.run_id

    def deploy_saved(self, world: World, seconds: float) -> float:
        """Deploy linked plugins whose files were changed on disk.

        Args:
            seconds: how long to wait, at most, for the builds.

        Returns:
            the seconds that remain.
        """
        start_time = clock.monotonic()
        host = self._hosts.get(world)
        if host:
            host.deploy_saved(seconds)
        return max(0.0, seconds - (clock.monotonic() - start_time))

    def link(self, world: World, actor: Actor, requested_link: LinkSpec, seconds: float) -> str:
        """Link a plugin to a folder or file; return the plugin's id.

        Args:
            actor: the user who links the plugin, and creates it if there is none.
            seconds: how long to wait, at most, for the build.

        Raises:
            KiliError: there is no plugin on disk, or it cannot be linked.
        """
        host = self._hosts[world]
        plugin_id = host.links.link(actor, requested_link)
        host.deploy_saved(seconds)
        return plugin_id

    def begin_nothing(self) -> None:
        """Begin no further run or build in any world; running handlers go on.

        Requests that wait for runs are answered when the running ones have ended.
        """
        for each in list(self._hosts.values()):
            each.begin_nothing()

    def running_plugins(self) -> Counter[str]:
        """Return the number of running handlers by the name of their plugin."""
        names: Counter[str] = Counter()
        for world in list(self._hosts):
            view = world.view
            for run in view.runs.find("running", True):
                plugin = view.plugins.get(run["pluginId"])
                if plugin and run["startedAt"] is not None:
                    names[plugin["name"]] += 1
        return names

    def close(self) -> None:
        """Detach every world."""
        for world in list(self._hosts):
            self.detach(world)


class WorldHost:
    """The plugin host of one world: runs its plugins.

    Args:
        is_copy: the world is a copy: unfinished work is not resumed, webhooks are not sent, and
            failures are not reported.
    """

    def __init__(
        self,
        world: World,
        isolation: Isolation,
        timing: Timing,
        package_settings: PackageSettings,
        run_durations: Durations,
        *,
        is_copy: bool = False,
    ) -> None:
        self._world = world
        self._waits_for_runs = timing.waits_for_runs
        self._deployment = timing.deployment
        self._versions = Versions(
            world, isolation, timing.timeout, package_settings, sends_webhooks=not is_copy
        )
        self.schedule = Schedule(world, after=self._versions.prune)
        self.runs = Runs(
            self.schedule,
            self._versions,
            timing,
            run_durations,
            records_print=records_print(package_settings.policy),
            reports_failures=not is_copy,
        )
        self.links = Links(self.schedule, package_settings.environment.sdk_version)
        self._saved_builds: dict[Delivery, float] = {}  # of linked plugins, with their start times
        world.bus.subscribe(self._dispatch)
        world.requests.after_end = self.runs.waiters.notify
        world.after_roll_back += [self.schedule.interrupt, self._resume]
        if not is_copy:
            self._resume()

    def deploy_saved(self, seconds: float) -> None:
        """Deploy linked plugins that changed on disk; wait for the builds of all linked plugins.

        Args:
            seconds: the time limit, from the start of each build on: a build that hangs delays the
                requests of this period only.
        """
        self.links.deploy_saved()
        for build, start_time in list(self._saved_builds.items()):
            wait([build], max(0.0, start_time + seconds - clock.monotonic()))

    def begin_nothing(self) -> None:
        """Begin no further run or build."""
        self.links.close()
        self.schedule.begin_nothing()
        self.runs.waiters.close()

    def close(self) -> None:
        self.links.close()
        self.schedule.close()
        self.runs.waiters.close()
        self._versions.close()

    def _resume(self) -> None:
        """Interrupt the runs and restart the builds that the world lists as unfinished.

        They belong to an earlier process, or to the time before a rollback.
        """
        self._versions.prune()
        running = [run["id"] for run in self._world.view.runs.find("running", True)]
        with self.schedule.change(deferrable=True) as tx:
            runs_of.interrupt_unfinished_runs(tx)
            for version in tx.plugin_versions.all():
                if version["status"] == "DEPLOYING":
                    plugin_domain.request_deployment(tx, version)
        self.runs.replayable.load()
        for run_id in running:
            report_run(self._world, run_id)
        self.runs.waiters.notify()
        self.links.watch()

    def _dispatch(self, events: list[Event]) -> list[Delivery]:
        """Start the runs and builds for the events of a transaction.

        In a world with a seed, the first of them begins when all are recorded.

        Returns:
            the deliveries that the request of the events waits for.
        """
        if not self._world.ids.repeatable:
            return self._start_work(events)
        with self.schedule.hold():
            return self._start_work(events)

    def _start_work(self, events: list[Event]) -> list[Delivery]:
        decided = decide_calls(self._world.view, events)
        if decided.not_called:  # before any run, so that each run's mark includes the decisions
            with self.schedule.change(deferrable=True) as tx:
                record_decisions(tx, events[0]["transactionId"], decided.not_called)
        deliveries: list[Delivery] = []
        for event in events:
            if event["event"] == plugin_domain.DEPLOYMENT_REQUESTED:
                builds = self._deploy(event["payload"]["versionId"])
                self.runs.causal_tree.add(event["runId"], *builds)
                deliveries.extend(builds)
            elif event["event"] == plugin_domain.BUILD_FAILED:
                self._report(event["payload"]["versionId"])
            elif event["event"] == plugin_domain.DELETED:
                self._versions.prune()
            elif triggers := decided.called.get(event["id"]):
                deliveries.extend(self._call(event, triggers))
        return deliveries if self._waits_for_runs else []

    def _call(self, event: Event, triggers: list[Trigger]) -> Iterator[Delivery]:
        """Start the runs for an event, except those of plugins deleted meanwhile."""
        for trigger in triggers:
            plugin = self._world.view.plugins.get(trigger.plugin["id"])
            if plugin:
                delivery = self.runs.start(replace(trigger, plugin=plugin), event).awaited_delivery
                if delivery:
                    yield delivery

    def _report(self, version_id: str) -> None:
        """Report a failed build, unless the plugin is linked: then the link reports it."""
        version = self._world.view.plugin_versions.get(version_id)
        if version and version["origin"] is None:
            report_build(self._world, version_id)

    def _deploy(self, version_id: str) -> list[Delivery]:
        """Build a version, at once or with the delay of the platform.

        Returns:
            the build, if a request can wait for it.
        """
        version = self._world.view.plugin_versions.require(version_id)
        if version["status"] != "DEPLOYING":  # its build is already known to fail
            return []
        is_linked = version["origin"] is not None
        fault = self._find_fault(version["pluginId"])
        delay = 0.0 if version["webhook"] is not None or is_linked else self._deployment
        if delay := fault.get("delay", delay):
            start = partial(self._start_build, version_id, fault.get("error"))
            self.schedule.start_later(delay, start)
            return []
        build = self._start_build(version_id, fault.get("error"))
        if is_linked:
            self._saved_builds[build] = clock.monotonic()
            build.add_done_callback(lambda _: self._saved_builds.pop(build, None))
        return [build]

    def _find_fault(self, plugin_id: str) -> FaultOptions:
        """Return the effect of the fault that a deployment of a plugin meets; empty for none."""
        faults = self._world.faults
        if not faults.is_set:
            return {}
        name = self._world.view.plugins.require(plugin_id)["name"]
        fault = faults.meet(Occasion(frozenset({DEPLOY}), plugin=name))
        return fault.options if fault else {}

    def _start_build(self, version_id: str, failure: str | None) -> Delivery:
        """Queue the build of a version.

        Args:
            failure: the reason for which a fault lets the build fail.
        """
        build, epoch = QueuedWork(), self._world.epoch
        self.schedule.start(
            f"build {version_id}", lambda: self._build(version_id, epoch, failure), build
        )
        return build

    def _build_files(self, version_id: str, failure: str | None) -> list[str]:
        """Build a version, and return the warnings.

        Raises:
            BuildError: the build fails, by itself or by a fault.
        """
        if failure is not None:
            raise BuildError(failure)
        return self._versions.build(version_id)

    def _build(self, version_id: str, epoch: int, failure: str | None) -> None:
        problems: list[str] = []
        warnings: list[str] = []
        if self._world.epoch != epoch or self._world.view.plugin_versions.get(version_id) is None:
            return
        try:
            warnings = self._build_files(version_id, failure)
        except BuildError as error:
            problems = error.problems
        except errors.StorageError as error:  # its uploaded code is missing or damaged
            problems = [error.message]
        except Exception as error:
            if self._world.epoch != epoch:
                raise
            problems = [messages.RUN_HOST_FAILED.format(error=repr(error))]
            logger.exception(problems[0])
        with self.schedule.change(epoch, deferrable=True) as tx:
            plugin_domain.finish_deployment(tx, version_id, problems, warnings)
        version = self._world.view.plugin_versions.get(version_id)
        if version and version["origin"]:
            self.links.log_link_result(version["pluginId"])
