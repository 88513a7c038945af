"""The deployments of one world: the builds of versions, with their delays, faults and ends."""

from __future__ import annotations

import logging
from concurrent.futures import wait
from functools import partial

from kili_emulator import clock, errors, messages
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.event_bus import Delivery
from kili_emulator.observe.fault_rule import DEPLOY, FaultOptions
from kili_emulator.observe.faults import Occasion
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.versions import Versions
from kili_emulator.plugins.dispatch.failure_reports import report_build
from kili_emulator.plugins.links.linked_folders import Links
from kili_emulator.plugins.scheduling.schedule import QueuedWork, Schedule

logger = logging.getLogger(__name__)


class Deployments:
    """The deployments of one world: starts, executes and reports the builds of its versions.

    Args:
        delay: seconds of the world's clock until uploaded code is built.
    """

    def __init__(self, schedule: Schedule, versions: Versions, links: Links, delay: float) -> None:
        self._schedule = schedule
        self._world = schedule.world
        self._versions = versions
        self._links = links
        self._delay = delay
        self._linked_builds: dict[Delivery, float] = {}  # of linked plugins, with their start times

    def start(self, version_id: str) -> list[Delivery]:
        """Build a version, at once or with the delay of the platform.

        Returns:
            the build, if a request can wait for it.
        """
        version = self._world.view.plugin_versions.require(version_id)
        if version["status"] != "DEPLOYING":  # its build is already known to fail
            return []
        is_linked = version["origin"] is not None
        fault = self._find_fault(version["pluginId"])
        delay = 0.0 if version["webhook"] is not None or is_linked else self._delay
        if delay := fault.get("delay", delay):
            start = partial(self._start_build, version_id, fault.get("error"))
            self._schedule.start_later(delay, start)
            return []
        build = self._start_build(version_id, fault.get("error"))
        if is_linked:
            self._linked_builds[build] = clock.monotonic()
            build.add_done_callback(lambda _: self._linked_builds.pop(build, None))
        return [build]

    def wait_for_linked(self, seconds: float) -> None:
        """Wait for the builds of all linked plugins.

        Args:
            seconds: the time limit, from the start of each build on.
        """
        for build, start_time in list(self._linked_builds.items()):
            wait([build], max(0.0, start_time + seconds - clock.monotonic()))

    def report_failure(self, version_id: str) -> None:
        """Report a failed build, unless the plugin is linked: then the link reports it."""
        version = self._world.view.plugin_versions.get(version_id)
        if version and version["origin"] is None:
            report_build(self._world, version_id)

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
        self._schedule.start(
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
        with self._schedule.change(epoch, deferrable=True) as tx:
            plugin_domain.finish_deployment(tx, version_id, problems, warnings)
        version = self._world.view.plugin_versions.get(version_id)
        if version and version["origin"]:
            self._links.log_link_result(version["pluginId"])
