"""Plugins and webhooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from kili_emulator.services import plugins
from kili_emulator.services.plugins import LinkRequest
from kili_emulator.services.session import WorldSession

PluginViews = list[dict[str, Any]]
_LINK_SECONDS = 60.0


class Plugins:
    """The plugins and webhooks of the world: ``emulator.plugins``; calling it lists them.

    Args:
        session: opens the session of a call.
    """

    def __init__(self, session: Callable[[], WorldSession]) -> None:
        self._session = session

    def list(self) -> PluginViews:
        """All plugins and webhooks: see :func:`kili_emulator.domain.plugin_view.plugin_view`."""
        return plugins.list_plugins(self._session())

    __call__ = list  # noqa: A003

    def versions(self, plugin: str) -> PluginViews:
        """The versions of a plugin: see :func:`kili_emulator.domain.plugin_view.version_views`.

        Raises:
            KiliError: there is no such plugin.
        """
        return plugins.list_versions(self._session(), plugin)

    def files(self, plugin: str, version: int | None = None) -> dict[str, str]:
        """The source of a version by path; of the newest, unless its number is given.

        Raises:
            KiliError: there is no such plugin or version, or it has no source.
        """
        return plugins.read_files(self._session(), plugin, version)

    def diff(self, plugin: str, old: int, new: int) -> str:
        """The difference between two versions, as a unified diff.

        Raises:
            KiliError: there is no such plugin or version, or it has no source.
        """
        return plugins.diff_versions(self._session(), plugin, old, new)

    def link(
        self,
        name: str,
        path: str | PathLike[str],
        *,
        projects: Sequence[str] = (),
        event_matcher: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Run a plugin from a folder or a .py file: saving there deploys it.

        A plugin that does not exist is created. A call meets what was saved before it.

        Args:
            path: relative to the current folder.
            projects: ids or titles of projects on which it is to be active, beside those where it
                is.
            event_matcher: patterns of events, for a plugin with ``on_event``.

        Returns:
            the plugin with the result of the build: see
            :func:`kili_emulator.domain.plugin_view.plugin_view`.

        Raises:
            KiliError: there is no plugin on disk, or it cannot be linked.
        """
        request = LinkRequest(name, str(Path(path).absolute()), projects, event_matcher)
        return plugins.link(self._session()._replace(seconds=_LINK_SECONDS), request)

    def unlink(self, name: str) -> dict[str, Any]:
        """End a link; the last version stays.

        Raises:
            KiliError: there is no such plugin, or it is not linked.
        """
        return plugins.unlink(self._session(), name)

    def trigger(
        self, event: str, plugin: str, project: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """Call a plugin for an event that has not happened.

        Args:
            event: an event's subject, or the name of a handler.
            plugin: its name or id.
            project: its id or title.
            payload: the event's payload, or the handler's arguments by name.

        Returns:
            the run: see :func:`kili_emulator.domain.run_view.run_brief`.

        Raises:
            KiliError: plugin or project is unknown, or the plugin is not called for that.
        """
        return plugins.trigger(
            self._session(), plugin=plugin, project=project, event=event, payload=payload
        )
