"""The part ``emulator.plugins``: plugins and webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.domain.plugin_view import PluginView, VersionView
    from kili_emulator.domain.run_view import RunBrief

    PluginViews = list[PluginView]
    VersionViews = list[VersionView]


class Plugins:
    """The plugins and webhooks of the world: ``emulator.plugins``; calling it lists them.

    Args:
        requests: sends the requests.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def list(self) -> PluginViews:
        """Return all plugins and webhooks."""
        views: PluginViews = self._requests.get("/plugins")
        return views

    __call__ = list  # noqa: A003

    def versions(self, plugin: str) -> VersionViews:
        """Return the versions of a plugin, oldest first.

        Raises:
            KiliError: the plugin is unknown.
        """
        views: VersionViews = self._requests.get("/plugins/versions", plugin=plugin)
        return views

    def files(self, plugin: str, version: int | None = None) -> dict[str, str]:
        """Return the source of a version: path → text.

        Args:
            version: the number of the version; the newest version by default.

        Raises:
            KiliError: the plugin or the version is unknown, or the version has no source.
        """
        files: dict[str, str] = self._requests.get("/plugins/files", plugin=plugin, version=version)
        return files

    def diff(self, plugin: str, old: int, new: int) -> str:
        """Return the difference between two versions, as a unified diff.

        Raises:
            KiliError: the plugin or a version is unknown, or a version has no source.
        """
        versions = {"plugin": plugin, "from": old, "to": new}
        return str(self._requests.get("/plugins/diff", **versions)["diff"])

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
            path: the path of the folder or file, relative to the current folder, on the machine of
                the emulator.
            projects: ids or titles of projects to activate the plugin on, in addition to its
                present ones.
            event_matcher: event patterns, for a plugin with ``on_event``.

        Returns:
            the plugin, with the result of the build.

        Raises:
            KiliError: the path has no plugin, the plugin cannot be linked, or a project is
                unknown.
        """
        data = {
            "plugin": name,
            "path": str(Path(path).absolute()),
            "projects": list(projects),
            "eventMatcher": list(event_matcher),
        }
        view: PluginView = self._requests.post("/plugins/link", data)
        return view

    def unlink(self, name: str) -> PluginView:
        """Remove the link of a plugin, and return the plugin; its last version stays.

        Raises:
            KiliError: the plugin is unknown or not linked.
        """
        view: PluginView = self._requests.post("/plugins/unlink", {"plugin": name})
        return view

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
        data = {"plugin": plugin, "project": project, "event": event, "payload": payload}
        brief: RunBrief = self._requests.post("/trigger", data)
        return brief
