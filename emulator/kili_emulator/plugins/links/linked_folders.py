"""The links of a world: folders and files on disk from which plugins are deployed.

Each request checks the linked folders first, so that it meets the code that was saved before the
request. A thread checks them in the background, too.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kili_emulator import errors, messages
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain import plugin_link
from kili_emulator.domain.documents import PluginDoc
from kili_emulator.domain.plugin_link import LinkSpec, SavedPlugin
from kili_emulator.domain.plugin_view import plugin_view
from kili_emulator.domain.world import Actor, EpochOverError
from kili_emulator.plugins.links.kept_reads import KeptReads
from kili_emulator.plugins.links.watcher import Watcher
from kili_emulator.plugins.logs import FAILURES
from kili_emulator.plugins.scheduling.schedule import Schedule

if TYPE_CHECKING:
    from kili_emulator.plugins.links.linked_source import LinkedSource, ReadResult

logger = logging.getLogger(__name__)


class Links:
    """The links of one world.

    Args:
        schedule: opens the transactions.
        client_version: returns the version of the SDK that plugins run with.
    """

    def __init__(self, schedule: Schedule, client_version: Callable[[], str | None]) -> None:
        self._schedule = schedule
        self._world = schedule.world
        self._client_version = cache(client_version)
        self._kept_reads = KeptReads()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watcher = Watcher(
            f"links of {self._world.name}", self._has_links, self._observe, self.deploy_saved
        )

    def link(self, actor: Actor, requested_link: LinkSpec) -> str:
        """Link a plugin, and deploy its code on disk; return the plugin's id.

        Raises:
            KiliError: there is no plugin on disk, or it cannot be linked.
        """
        path = Path(os.path.normpath(requested_link.path))
        if not path.is_absolute():
            raise errors.link_failed(messages.LINK_NOT_ABSOLUTE.format(path=requested_link.path))
        source = self._source(path, requested_link.event_matcher)
        with self._lock:
            read_result = source.read_settled(source.read(), self._closed)
            if isinstance(read_result, str):
                raise errors.link_failed(read_result)
            with self._world.transaction(actor) as tx:
                plugin, is_built = plugin_link.link(
                    tx, replace(requested_link, path=str(path)), read_result
                )
        if not is_built:
            self.log_link_result(plugin["id"])
        self.watch()
        return str(plugin["id"])

    def watch(self) -> None:
        """Watch the linked folders in the background, if there are any."""
        self._watcher.wake()

    def deploy_saved(self) -> None:
        """Deploy the linked plugins that changed on disk; do not wait for their builds."""
        linked_plugins = plugin_link.linked_plugins(self._world.view)
        self._kept_reads.retain({plugin["id"] for plugin in linked_plugins})
        for plugin in linked_plugins:
            try:
                self._deploy(plugin["id"])
            except EpochOverError:
                pass
            except Exception:
                if not self._closed.is_set():
                    logger.exception("looking at the link of plugin %r failed", plugin["name"])

    def _deploy(self, plugin_id: str) -> None:
        with self._lock:
            epoch = self._world.epoch
            plugin = self._world.view.plugins.get(plugin_id)
            link = plugin_domain.link_of(plugin) if plugin else None
            if not plugin or not link:
                return
            source = self._source(Path(link["path"]), link["eventMatcher"])
            read_result = self._kept_reads.read(plugin_id, source)
            if self._is_up_to_date(plugin, read_result):
                return
            is_done = self._deploy_or_report(
                plugin, source.read_settled(read_result, self._closed), epoch
            )
        if not is_done:
            self.log_link_result(plugin_id)

    def _source(self, path: Path, event_matcher: Sequence[str]) -> LinkedSource:
        from kili_emulator.plugins.links.linked_source import LinkedSource

        return LinkedSource(path, event_matcher, self._client_version())

    def _is_up_to_date(self, plugin: PluginDoc, read_result: ReadResult) -> bool:
        if isinstance(read_result, str):
            return plugin_domain.link_error(plugin) == read_result
        return plugin_link.is_deployed(self._world.view, plugin, read_result)

    def _deploy_or_report(self, plugin: PluginDoc, read_result: ReadResult, epoch: int) -> bool:
        """Deploy the code on disk, or report why that is impossible.

        Returns:
            whether the caller has nothing to log: a build was started, which logs its own result,
            or the plugin was deleted or unlinked meanwhile.

        Raises:
            EpochOverError: the world is in another epoch.
        """
        with self._schedule.change(epoch) as tx:
            current = tx.plugins.get(plugin["id"])
            if not current or plugin_domain.link_of(current) != plugin_domain.link_of(plugin):
                return True  # it was deleted or unlinked meanwhile
            if isinstance(read_result, SavedPlugin):
                return plugin_link.deploy(tx, current, read_result)
            plugin_link.report_error(tx, current, read_result)
            return False

    def log_link_result(self, plugin_id: str) -> None:
        """Log the result of a deployment from disk, unless it is still going on."""
        view = self._world.view
        plugin = view.plugins.get(plugin_id)
        summary = plugin_view(view, plugin) if plugin else None
        if not summary or not summary["link"] or summary["status"] == "DEPLOYING":
            return
        name, path, error = summary["name"], summary["link"]["path"], summary["link"]["error"]
        if error is None:
            logger.warning(
                messages.LINK_DEPLOYED.format(name=name, number=summary["version"], path=path)
            )
            return
        active = summary["activeVersion"]
        instead = messages.LINK_PREVIOUS_VERSION_RUNS.format(number=active) if active else ""
        text = messages.LINK_FAILED.format(name=name, path=path, instead=instead, problems=error)
        FAILURES.warning(text)

    def close(self) -> None:
        """Stop watching the folders."""
        self._closed.set()
        self._watcher.close()

    def _has_links(self) -> bool:
        return bool(plugin_link.linked_plugins(self._world.view))

    def _observe(self) -> object:
        """Return a value that changes with each save, each link and each rollback of the world."""
        from kili_emulator.plugins.links.packing import signature

        links = [
            (plugin["id"], link["path"], signature(Path(link["path"])))
            for plugin in plugin_link.linked_plugins(self._world.view)
            if (link := plugin_domain.link_of(plugin))
        ]
        return self._world.epoch, links
