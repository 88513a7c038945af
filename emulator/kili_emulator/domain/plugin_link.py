"""Links between plugins and folders on disk: each saved change is deployed as a new version.

A link is a member of the plugin: ``path`` (absolute), ``eventMatcher`` (of ``on_event``), and
``error`` (why the present content of the folder cannot be deployed, or ``None``). This module
stores links and deploys saved content; ``kili_emulator.plugins.links`` reads and watches folders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kili_emulator import errors
from kili_emulator.domain import access, file
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import PluginDoc, PluginVersionDoc, UserDoc
from kili_emulator.domain.file import Upload
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.world import Transaction, View

_OPERATION = "link"
_ZIP = "application/zip"


@dataclass(frozen=True)
class LinkSpec:
    """A request to link a plugin to a folder or file.

    Attributes:
        name: the plugin's name; a plugin that does not exist is created.
        path: the absolute path of the folder or file with the plugin's code.
        project_ids: the projects to activate the plugin on, in addition to its present ones.
        event_matcher: the event patterns for which ``on_event`` is called.
    """

    name: str
    path: str
    project_ids: Sequence[str] = ()
    event_matcher: Sequence[str] = ()


@dataclass(frozen=True)
class SavedPlugin:
    """The content of a linked folder, ready to become a version.

    Attributes:
        archive: the bytes of the archive, packed as clients pack it.
        main: the path from which ``main.py`` was read.
        subscription: the handlers and events that the source subscribes to.
        problems: the build errors that are known before the build.
    """

    archive: bytes
    main: str
    subscription: PluginSubscription
    problems: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.archive).hexdigest()


def linked_plugins(view: View) -> list[PluginDoc]:
    """Return the plugins that are linked."""
    plugins = view.plugins.all()
    return [each for each in plugins if plugin_domain.link_of(each)]


def find_administrator(view: View, email: str = "") -> UserDoc:
    """Return the administrator with that address, or else the first one: links need an actor.

    Raises:
        KiliError: the world has no active administrator.
    """
    administrators = [each for each in view.users.all() if access.is_active_administrator(each)]
    if not administrators:
        raise errors.link_administrator_missing()
    matches: list[UserDoc] = [each for each in administrators if each["email"] == email]
    return (matches or administrators)[0]


def link(tx: Transaction, spec: LinkSpec, saved: SavedPlugin) -> tuple[PluginDoc, bool]:
    """Link a plugin to a folder, and deploy the folder's content.

    Linking again retries a build that failed.

    Returns:
        the plugin, and whether a build was requested.

    Raises:
        KiliError: the name is empty or belongs to a webhook, a pattern is not valid, or a project
            is unknown.
    """
    patterns = list(spec.event_matcher)
    PluginSubscription(event_matcher=patterns).check(_OPERATION, exclusive=True)
    link = {"path": spec.path, "eventMatcher": patterns, "error": None}
    plugin = tx.plugins.change(_find_or_reserve_plugin(tx, spec.name), link=link)
    newest = plugin_domain.newest_version(tx, plugin)
    is_retry = newest is not None and newest["status"] == "FAILED"
    is_built = _add_version(tx, plugin, saved) if is_retry else deploy(tx, plugin, saved)
    for project_id in spec.project_ids:
        if project_id not in tx.plugins.require(plugin["id"])["projectIds"]:
            plugin_domain.activate(tx, spec.name, project_id)
    return tx.plugins.require(plugin["id"]), is_built


def _find_or_reserve_plugin(tx: Transaction, name: str) -> PluginDoc:
    """Return the plugin of that name; create the plugin if it does not exist."""
    organization_id = tx.actor.user["organizationId"]
    if not tx.plugins.find("name", (organization_id, name)):
        return plugin_domain.reserve_name(tx, _OPERATION, name)
    plugin = plugin_domain.require_managed_plugin(tx, _OPERATION, name)
    if plugin_domain.is_webhook(tx, plugin):
        raise errors.plugin_is_webhook(_OPERATION, name)
    return plugin


def unlink(tx: Transaction, plugin: PluginDoc) -> PluginDoc:
    """Remove the link of a plugin; the last version stays as it is.

    Raises:
        KiliError: the plugin is not linked.
    """
    if not plugin_domain.link_of(plugin):
        raise errors.plugin_not_linked(plugin["name"])
    newest = plugin_domain.newest_version(tx, plugin)
    status = newest["status"] if newest else plugin["status"]
    return tx.plugins.change(plugin, link=None, status=status)


def is_deployed(view: View, plugin: PluginDoc, saved: SavedPlugin) -> bool:
    """Return whether the saved content was deployed last and no error was reported since."""
    newest = plugin_domain.newest_version(view, plugin)
    return bool(newest and not plugin_domain.link_error(plugin) and _is_same(newest, saved))


def deploy(tx: Transaction, plugin: PluginDoc, saved: SavedPlugin) -> bool:
    """Deploy the saved content, unless the newest version has the same content.

    Returns:
        whether a build was requested.
    """
    newest = plugin_domain.newest_version(tx, plugin)
    if newest and _is_same(newest, saved):
        _set_link_state(tx, plugin, None, newest["status"])
        return False
    return _add_version(tx, plugin, saved)


def report_error(tx: Transaction, plugin: PluginDoc, error: str) -> None:
    """Record why the content on disk cannot be deployed; the active version stays active."""
    _set_link_state(tx, plugin, error, "FAILED")
    plugin_domain.add_build_line(tx, plugin, None, "error", error)


def _set_link_state(
    tx: Transaction, plugin: PluginDoc, error: str | None, status: str
) -> PluginDoc:
    current = plugin_domain.link_of(plugin)
    link = {**current, "error": error} if current else None
    return tx.plugins.change(plugin, link=link, status=status)


def _is_same(version: PluginVersionDoc, saved: SavedPlugin) -> bool:
    conditions = saved.subscription.call_conditions()
    return (
        version["digest"] == saved.digest
        and version["handlerTypes"] == conditions["handlerTypes"]
        and version["eventMatcher"] == conditions["eventMatcher"]
    )


def _add_version(tx: Transaction, plugin: PluginDoc, saved: SavedPlugin) -> bool:
    upload = Upload(f"{file.plugin_folder(plugin['id'])}/{tx.new_id()}", project_id="")
    archive = file.store(tx, upload, saved.archive, _ZIP)
    plugin = _set_link_state(tx, plugin, None, "DEPLOYING")
    version = plugin_domain.deploy_archive(tx, plugin, archive, saved.subscription, saved.main)
    if saved.problems:
        plugin_domain.finish_deployment(tx, version["id"], list(saved.problems))
    return not saved.problems
