"""The plugin host: builds versions of plugins, and calls their handlers for events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import PluginDoc, ProjectDoc
from kili_emulator.domain.plugin_link import LinkSpec
from kili_emulator.domain.world import Actor, World
from kili_emulator.instruments import Durations
from kili_emulator.plugins.build.package_settings import PackageSettings
from kili_emulator.plugins.calls import Isolation
from kili_emulator.plugins.dispatch.world_host import WorldHost
from kili_emulator.plugins.scheduling.lanes import JobCounts
from kili_emulator.plugins.scheduling.schedule import Timing
from kili_emulator.rules import handlers


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

    def reload(self, world: World) -> None:
        """Begin anew with the plugins of a world whose documents were replaced."""
        self._hosts[world].reload()

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
