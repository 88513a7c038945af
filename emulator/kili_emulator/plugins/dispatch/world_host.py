"""The plugin host of one world: turns events into runs and deployments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain import run as runs_of
from kili_emulator.domain.decision import record_decisions
from kili_emulator.domain.event_bus import Delivery, Event
from kili_emulator.domain.trigger import Trigger, decide_calls
from kili_emulator.domain.world import World
from kili_emulator.instruments import Durations
from kili_emulator.plugins.build.package_settings import PackageSettings
from kili_emulator.plugins.build.versions import Versions
from kili_emulator.plugins.calls import Isolation
from kili_emulator.plugins.dispatch.deployments import Deployments
from kili_emulator.plugins.dispatch.failure_reports import report_run
from kili_emulator.plugins.dispatch.runs import Runs
from kili_emulator.plugins.links.linked_folders import Links
from kili_emulator.plugins.scheduling.schedule import Schedule, Timing
from kili_emulator.rules.plugin_policy import records_print


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
        self._deployments = Deployments(
            self.schedule, self._versions, self.links, timing.deployment
        )
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
        self._deployments.wait_for_linked(seconds)

    def reload(self) -> None:
        """End all waits, and resume the work that the new documents list as unfinished."""
        self.schedule.interrupt()
        self._resume()

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
                builds = self._deployments.start(event["payload"]["versionId"])
                self.runs.causal_tree.add(event["runId"], *builds)
                deliveries.extend(builds)
            elif event["event"] == plugin_domain.BUILD_FAILED:
                self._deployments.report_failure(event["payload"]["versionId"])
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
