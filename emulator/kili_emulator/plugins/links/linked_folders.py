"""The links of a world: what plugins are linked to is looked at, and deployed.

Whoever asks the emulator for something has it looked first, so that what was saved before a request
is what the request meets; a thread has it looked in the background.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from kili_emulator import errors, messages
from kili_emulator.domain import plugin as plugins_of
from kili_emulator.domain import plugin_link
from kili_emulator.domain.documents import PluginDoc
from kili_emulator.domain.plugin_link import Link, Saved
from kili_emulator.domain.plugin_view import plugin_view
from kili_emulator.domain.world import Actor, Undone
from kili_emulator.plugins.links.on_disk import Found, OnDisk
from kili_emulator.plugins.links.packing import signature
from kili_emulator.plugins.links.watcher import Watcher
from kili_emulator.plugins.scheduling.schedule import Schedule

logger = logging.getLogger(__name__)


class Links:
    """The links of one world.

    Args:
        schedule: changes the world.
        client_version: tells the version of the SDK that plugins run with.
    """

    def __init__(self, schedule: Schedule, client_version: Callable[[], str | None]) -> None:
        self._schedule = schedule
        self._world = schedule.world
        self._client_version = cache(client_version)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watcher = Watcher(
            f"links of {self._world.name}", self._has_links, self._see, self.deploy_saved
        )

    def link(self, actor: Actor, wanted: Link) -> str:
        """Link a plugin, and deploy what is on disk now; the plugin's id.

        Raises:
            KiliError: there is no plugin on disk, or it cannot be linked.
        """
        path = Path(os.path.normpath(wanted.path))
        if not path.is_absolute():
            raise errors.link_impossible(messages.LINK_NOT_ABSOLUTE.format(path=wanted.path))
        on_disk = OnDisk(path, wanted.event_matcher, self._client_version())
        with self._lock:
            found = on_disk.settled(on_disk.read(), self._closed)
            if isinstance(found, str):
                raise errors.link_impossible(found)
            with self._world.transaction(actor) as tx:
                plugin, is_built = plugin_link.link(tx, replace(wanted, path=str(path)), found)
        if not is_built:
            self.announce(plugin["id"])
        self.watch()
        return str(plugin["id"])

    def watch(self) -> None:
        """Look in the background, too, for as long as there are links."""
        self._watcher.wake()

    def deploy_saved(self) -> None:
        """Deploy what was saved; builds may go on after this."""
        for plugin in plugin_link.linked(self._world.view):
            try:
                self._deploy(plugin["id"])
            except Undone:
                pass
            except Exception:
                if not self._closed.is_set():
                    logger.exception("looking at the link of plugin %r failed", plugin["name"])

    def _deploy(self, plugin_id: str) -> None:
        with self._lock:
            epoch = self._world.epoch
            plugin = self._world.view.plugins.get(plugin_id)
            link = plugins_of.link_of(plugin) if plugin else None
            if not plugin or not link:
                return
            on_disk = OnDisk(Path(link["path"]), link["eventMatcher"], self._client_version())
            found = on_disk.read()
            if self._is_known(plugin, found):
                return
            is_built = self._take(plugin, on_disk.settled(found, self._closed), epoch)
        if not is_built:
            self.announce(plugin_id)

    def _is_known(self, plugin: PluginDoc, found: Found) -> bool:
        if isinstance(found, str):
            return plugins_of.link_error(plugin) == found
        return plugin_link.is_deployed(self._world.view, plugin, found)

    def _take(self, plugin: PluginDoc, found: Found, epoch: int) -> bool:
        """Deploy or report what was found; whether something is built now, which says how it went.

        Raises:
            Undone: the world is in another epoch.
        """
        with self._schedule.change(epoch) as tx:
            current = tx.plugins.get(plugin["id"])
            if not current or plugins_of.link_of(current) != plugins_of.link_of(plugin):
                return True  # it was deleted or unlinked meanwhile
            if isinstance(found, Saved):
                return plugin_link.deploy(tx, current, found)
            plugin_link.report(tx, current, found)
            return False

    def announce(self, plugin_id: str) -> None:
        """Tell whoever watches the emulator's output how a save turned out."""
        view = self._world.view
        plugin = view.plugins.get(plugin_id)
        shown = plugin_view(view, plugin) if plugin else None
        if not shown or not shown["link"] or shown["status"] == "DEPLOYING":
            return
        name, path, error = shown["name"], shown["link"]["path"], shown["link"]["error"]
        if error is None:
            logger.warning(messages.LINK_RUNS.format(name=name, number=shown["version"], path=path))
            return
        active = shown["activeVersion"]
        instead = messages.LINK_RUNS_INSTEAD.format(number=active) if active else ""
        text = messages.LINK_FAILED.format(name=name, path=path, instead=instead, problems=error)
        logger.warning(text)

    def close(self) -> None:
        """Look no more."""
        self._closed.set()
        self._watcher.close()

    def _has_links(self) -> bool:
        return bool(plugin_link.linked(self._world.view))

    def _see(self) -> object:
        """What changes with each save, and whenever it must be looked anew."""
        links = [
            (plugin["id"], link["path"], signature(Path(link["path"])))
            for plugin in plugin_link.linked(self._world.view)
            if (link := plugins_of.link_of(plugin))
        ]
        return self._world.epoch, links
