"""The links between plugins and folders, as methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from emulator.domain import people, plugin_link
from emulator.domain.plugin_link import Link
from emulator.domain.world import Actor
from emulator.played import Stage

_SECONDS = 60.0


class Linked(ABC):
    """Something with a world whose plugins can run from folders."""

    @abstractmethod
    def played(self) -> Stage:
        """Where that is."""

    def link_plugin(
        self,
        name: str,
        path: str | PathLike[str],
        *,
        projects: Sequence[str] = (),
        event_matcher: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Run a plugin straight from a folder or a .py file: saving there is deploying.

        A plugin that there is not yet is made. What is saved before a call is what the call meets.

        Args:
            path: seen from the current folder.
            projects: ids or titles of projects that it is to be active on, beside where it is.
            event_matcher: patterns of events, for a plugin with ``on_event``.

        Returns:
            the plugin, as :func:`emulator.plugins.sources.told_plugin` tells it, with the result of
            the build.

        Raises:
            KiliError: there is no plugin on disk, or it cannot be linked.
        """
        stage = self.played()
        view = stage.world.view
        ids = [people.find_project(view, each)["id"] for each in projects]
        wanted = Link(name, str(Path(path).absolute()), ids, event_matcher)
        actor = Actor(plugin_link.administrator(view))
        return stage.host.link(stage.world, actor, wanted, _SECONDS)

    def unlink_plugin(self, name: str) -> dict[str, Any]:
        """End a link; the last version stays.

        Raises:
            KiliError: there is no such plugin, or it is not linked.
        """
        stage = self.played()
        return stage.host.unlink(stage.world, name, stage.seconds)
