"""Plugins that run from a folder on disk: what is saved there is deployed, version after version.

A link is a member of the plugin: ``path`` (absolute), ``eventMatcher`` (of ``on_event``), and
``error`` (why what is there now cannot be deployed, if it cannot). Whoever looks at the folder says
here what it holds; that it is looked at in time is not this module's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

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
    """What somebody wants.

    Attributes:
        name: the plugin's; made, if there is none.
        path: the folder or file that it is to run from, absolute.
        project_ids: where it is to be active, beside where it is already.
        event_matcher: the patterns of events that its ``on_event`` is for.
    """

    name: str
    path: str
    project_ids: Sequence[str] = ()
    event_matcher: Sequence[str] = ()


@dataclass(frozen=True)
class SavedPlugin:
    """What is on disk, ready to be a version.

    Attributes:
        archive: as clients pack it.
        main: the file that its ``main.py`` was read from.
        subscription: what its source asks to be called for.
        problems: why it cannot be built, as far as that is known already.
    """

    archive: bytes
    main: str
    subscription: PluginSubscription
    problems: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.archive).hexdigest()


def linked_plugins(view: View) -> list[PluginDoc]:
    """The plugins that are linked."""
    plugins = view.plugins.all()
    return [each for each in plugins if plugin_domain.link_of(each)]


def find_administrator(view: View, email: str = "") -> UserDoc:
    """Who links a plugin: the administrator with that address, or else the first there is.

    Raises:
        KiliError: there is none.
    """
    administrators = [each for each in view.users.all() if access.is_active_administrator(each)]
    if not administrators:
        raise errors.link_administrator_missing()
    matches: list[UserDoc] = [each for each in administrators if each["email"] == email]
    return (matches or administrators)[0]


def link(tx: Transaction, spec: LinkSpec, saved: SavedPlugin) -> tuple[PluginDoc, bool]:
    """Link a plugin to a folder, and deploy what is there.

    Linking it anew tries once more what could not be built.

    Returns:
        the plugin, and whether a version of it is built now.

    Raises:
        KiliError: the name is empty or a webhook's, a pattern is none, or a project unknown.
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
    """The plugin of that name, made if need be."""
    organization_id = tx.actor.user["organizationId"]
    if not tx.plugins.find("name", (organization_id, name)):
        return plugin_domain.reserve_name(tx, _OPERATION, name)
    plugin = plugin_domain.require_managed_plugin(tx, _OPERATION, name)
    if plugin_domain.is_webhook(tx, plugin):
        raise errors.plugin_is_webhook(_OPERATION, name)
    return plugin


def unlink(tx: Transaction, plugin: PluginDoc) -> PluginDoc:
    """End a link; the last version stays as it is.

    Raises:
        KiliError: there is none.
    """
    if not plugin_domain.link_of(plugin):
        raise errors.plugin_not_linked(plugin["name"])
    newest = plugin_domain.newest_version(tx, plugin)
    status = newest["status"] if newest else plugin["status"]
    return tx.plugins.change(plugin, link=None, status=status)


def is_deployed(view: View, plugin: PluginDoc, saved: SavedPlugin) -> bool:
    """Whether what is on disk was deployed last, and is not said to have a fault since."""
    newest = plugin_domain.newest_version(view, plugin)
    return bool(newest and not plugin_domain.link_error(plugin) and _is_same(newest, saved))


def deploy(tx: Transaction, plugin: PluginDoc, saved: SavedPlugin) -> bool:
    """Make a version of what was saved, if it is not the newest already; whether it is built."""
    newest = plugin_domain.newest_version(tx, plugin)
    if newest and _is_same(newest, saved):
        _set_link_state(tx, plugin, None, newest["status"])
        return False
    return _add_version(tx, plugin, saved)


def report_error(tx: Transaction, plugin: PluginDoc, error: str) -> None:
    """Say that what is on disk cannot be deployed; the version that runs runs on."""
    _set_link_state(tx, plugin, error, "FAILED")
    plugin_domain.add_build_line(tx, plugin, None, "error", error)


def _set_link_state(
    tx: Transaction, plugin: PluginDoc, error: str | None, status: str
) -> PluginDoc:
    current = plugin_domain.link_of(plugin)
    link = {**current, "error": error} if current else None
    return tx.plugins.change(plugin, link=link, status=status)


def _is_same(version: PluginVersionDoc, saved: SavedPlugin) -> bool:
    subscribed = saved.subscription.members()
    return (
        version["digest"] == saved.digest
        and version["handlerTypes"] == subscribed["handlerTypes"]
        and version["eventMatcher"] == subscribed["eventMatcher"]
    )


def _add_version(tx: Transaction, plugin: PluginDoc, saved: SavedPlugin) -> bool:
    upload = Upload(f"{file.plugin_folder(plugin['id'])}/{tx.new_id()}", project_id="")
    archive = file.store(tx, upload, saved.archive, _ZIP)
    plugin = _set_link_state(tx, plugin, None, "DEPLOYING")
    version = plugin_domain.deploy_archive(tx, plugin, archive, saved.subscription, saved.main)
    if saved.problems:
        plugin_domain.finish_deployment(tx, version["id"], list(saved.problems))
    return not saved.problems
