"""What an emulator tells of its plugins, as methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from emulator.domain import run_record
from emulator.domain.run_record import Wanted
from emulator.domain.why.question import Question
from emulator.domain.world import Mark
from emulator.played import Stage
from emulator.plugins import sources
from emulator.plugins.why import explain


class Inspected(ABC):
    """Something with a world whose plugins can be looked at."""

    @abstractmethod
    def played(self) -> Stage:
        """Where that is."""

    def runs(
        self, *, plugin: str | None = None, project: str | None = None, failed: bool = False
    ) -> list[dict[str, Any]]:
        """The runs of plugins, in the order in which they were caused.

        Args:
            plugin: only those of the plugin with this name or id.
            project: only those on the project with this id or title.
            failed: only those that failed.

        Returns:
            each as :func:`emulator.domain.run_record.summary` tells it.

        Raises:
            KiliError: plugin or project is unknown.
        """
        wanted = Wanted(plugin=plugin, project=project, failed=failed)
        return run_record.find_runs(self.played().world.view, wanted).runs

    def run(self, run_id: str) -> dict[str, Any]:
        """All that is known of a run: see :func:`emulator.domain.run_record.details`.

        Raises:
            KiliError: there is no such run.
        """
        return run_record.details(self.played().world.view, run_id)

    def mark_of(self, run_id: str) -> Mark:
        """The moment at which a run's handler was called; ``reset`` brings the world back to it.

        Raises:
            KiliError: there is no such run.
            ValueError: its handler was not called.
        """
        mark = self.run(run_id)["mark"]
        if mark is None:
            raise ValueError(f"the handler of run {run_id} was not called: see its outcome")
        return Mark(**mark)

    def why(
        self,
        *,
        label: str | None = None,
        asset: str | None = None,
        project: str | None = None,
        event: str | None = None,
        plugin: str | None = None,
    ) -> dict[str, Any]:
        """Why a plugin was called for something, or was not.

        Args:
            label: the id of a label.
            asset: the id of an asset, or with ``project`` its external id.
            project: the project's id or title.
            event: the id of an event of the audit trail.
            plugin: the name or id of the plugin; all of the organization, if ``None``.

        Returns:
            see :func:`emulator.domain.why.question.explain`.

        Raises:
            KiliError: something is unknown, or it is not one of label, asset and event.
        """
        return explain(self.played().world, Question(label, asset, project, event, plugin))

    def plugins(self) -> list[dict[str, Any]]:
        """The plugins and webhooks: see :func:`emulator.plugins.sources.told_plugin`."""
        view = self.played().world.view
        return [sources.told_plugin(view, each) for each in view.plugins.all()]

    def plugin_versions(self, plugin: str) -> list[dict[str, Any]]:
        """A plugin's versions: see :func:`emulator.plugins.sources.told_versions`.

        Raises:
            KiliError: there is no such plugin.
        """
        return sources.told_versions(self.played().world.view, plugin)

    def plugin_files(self, plugin: str, version: int | None = None) -> dict[str, str]:
        """The source of a version by path; of the newest, unless its number is given.

        Raises:
            KiliError: there is no such plugin or version, or it has no source.
        """
        return sources.files_of(self.played().world, plugin, version)

    def plugin_diff(self, plugin: str, old: int, new: int) -> str:
        """What changed from one version to another, as a unified diff.

        Raises:
            KiliError: there is no such plugin or version, or it has no source.
        """
        return sources.difference(self.played().world, plugin, old, new)
