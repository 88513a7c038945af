"""The part ``emulator.plugins``: plugins and webhooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from kili_emulator.domain.plugin_view import PluginView, VersionView
from kili_emulator.domain.run_view import RunBrief
from kili_emulator.services import plugins
from kili_emulator.services.plugins import LinkRequest
from kili_emulator.services.session import WorldSession

PluginViews = list[PluginView]
VersionViews = list[VersionView]
_LINK_SECONDS = 60.0


class Plugins:
    """The plugins and webhooks of the world: ``emulator.plugins``; calling it lists them.

    Args:
        session: returns the context of a service call.
    """

    def __init__(self, session: Callable[[], WorldSession]) -> None:
        self._session = session

    def list(self) -> PluginViews:
        """Return all plugins and webhooks."""
        return plugins.list_plugins(self._session())

    __call__ = list  # noqa: A003

    def versions(self, plugin: str) -> VersionViews:
        """Return the versions of a plugin, oldest first.

        Raises:
            KiliError: the plugin is unknown.
        """
        return plugins.list_versions(self._session(), plugin)

    def files(self, plugin: str, version: int | None = None) -> dict[str, str]:
        """Return the source of a version: path → text.

        Args:
            version: the number of the version; the newest version by default.

        Raises:
            KiliError: the plugin or the version is unknown, or the version has no source.
        """
        return plugins.read_files(self._session(), plugin, version)

    def diff(self, plugin: str, old: int, new: int) -> str:
        """Return the difference between two versions, as a unified diff.

        Raises:
            KiliError: the plugin or a version is unknown, or a version has no source.
        """
        return plugins.diff_versions(self._session(), plugin, old, new)

    def link(
        self,
        name: str,
        path: str | PathLike[str],
        *,
        projects: Sequence[str] = (),
        event_matcher: Sequence[str] = (),
    ) -> PluginView:
        """Run a plugin from a folder or a ``.py`` file: saving a file there deploys the plugin.

        A plugin that does not exist is created. Each later call of the emulator uses the files as
        they were saved before the call.

        Args:
            name: the plugin's name.
            path: the path of the folder or file, relative to the current folder.
            projects: ids or titles of projects to activate the plugin on, in addition to its
                present ones.
            event_matcher: event patterns, for a plugin with ``on_event``.

        Returns:
            the plugin, with the result of the build.

        Raises:
            KiliError: the path has no plugin, the plugin cannot be linked, or a project is
                unknown.
        """
        request = LinkRequest(name, str(Path(path).absolute()), projects, event_matcher)
        return plugins.link(self._session()._replace(seconds=_LINK_SECONDS), request)

    def unlink(self, name: str) -> PluginView:
        """Remove the link of a plugin, and return the plugin; its last version stays.

        Raises:
            KiliError: the plugin is unknown or not linked.
        """
        return plugins.unlink(self._session(), name)

    def trigger(self, event: str, plugin: str, project: str, payload: dict[str, Any]) -> RunBrief:
        """Call a plugin for an event that has not happened, and return the run.

        Args:
            event: an event's subject, or the name of a handler.
            plugin: the plugin's name or id.
            project: the project's id or title.
            payload: the event's payload, or the handler's arguments by name.

        Raises:
            KiliError: plugin or project is unknown, or the plugin is not called for the event.
        """
        return plugins.trigger(
            self._session(), plugin=plugin, project=project, event=event, payload=payload
        )
