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
from kili_emulator.domain import plugin as plugins_of
from kili_emulator.domain.documents import PluginDoc, PluginVersionDoc, UserDoc
from kili_emulator.domain.file import Upload
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.world import Transaction, View

_OPERATION = "link"
_ZIP = "application/zip"


@dataclass(frozen=True)
class Link:
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
class Saved:
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


def linked(view: View) -> list[PluginDoc]:
    """The plugins that are linked."""
    plugins = view.plugins.all()
    return [each for each in plugins if plugins_of.link_of(each)]


def administrator(view: View, email: str = "") -> UserDoc:
    """Who links a plugin: the administrator with that address, or else the first there is.

    Raises:
        KiliError: there is none.
    """
    found = [each for each in view.users.all() if access.is_active_administrator(each)]
    if not found:
        raise errors.link_without_administrator()
    same: list[UserDoc] = [each for each in found if each["email"] == email]
    return (same or found)[0]


def link(tx: Transaction, wanted: Link, saved: Saved) -> tuple[PluginDoc, bool]:
    """Link a plugin to a folder, and deploy what is there.

    Linking it anew tries once more what could not be built.

    Returns:
        the plugin, and whether a version of it is built now.

    Raises:
        KiliError: the name is empty or a webhook's, a pattern is none, or a project unknown.
    """
    patterns = list(wanted.event_matcher)
    PluginSubscription(event_matcher=patterns).check(_OPERATION, exclusive=True)
    link = {"path": wanted.path, "eventMatcher": patterns, "error": None}
    plugin = tx.plugins.change(_named(tx, wanted.name), link=link)
    newest = plugins_of.newest_version(tx, plugin)
    again = newest is not None and newest["status"] == "FAILED"
    is_built = _add_version(tx, plugin, saved) if again else deploy(tx, plugin, saved)
    for project_id in wanted.project_ids:
        if project_id not in tx.plugins.the(plugin["id"])["projectIds"]:
            plugins_of.activate(tx, wanted.name, project_id)
    return tx.plugins.the(plugin["id"]), is_built


def _named(tx: Transaction, name: str) -> PluginDoc:
    """The plugin of that name, made if need be."""
    organization_id = tx.actor.user["organizationId"]
    if not tx.plugins.find("name", (organization_id, name)):
        return plugins_of.take_name(tx, _OPERATION, name)
    plugin = plugins_of.managed(tx, _OPERATION, name)
    if plugins_of.is_webhook(tx, plugin):
        raise errors.plugin_is_webhook(_OPERATION, name)
    return plugin


def unlink(tx: Transaction, plugin: PluginDoc) -> PluginDoc:
    """End a link; the last version stays as it is.

    Raises:
        KiliError: there is none.
    """
    if not plugins_of.link_of(plugin):
        raise errors.plugin_not_linked(plugin["name"])
    newest = plugins_of.newest_version(tx, plugin)
    status = newest["status"] if newest else plugin["status"]
    return tx.plugins.change(plugin, link=None, status=status)


def is_deployed(view: View, plugin: PluginDoc, saved: Saved) -> bool:
    """Whether what is on disk was deployed last, and is not said to have a fault since."""
    newest = plugins_of.newest_version(view, plugin)
    return bool(newest and not plugins_of.link_error(plugin) and _is_same(newest, saved))


def deploy(tx: Transaction, plugin: PluginDoc, saved: Saved) -> bool:
    """Make a version of what was saved, if it is not the newest already; whether it is built."""
    newest = plugins_of.newest_version(tx, plugin)
    if newest and _is_same(newest, saved):
        _mark(tx, plugin, None, newest["status"])
        return False
    return _add_version(tx, plugin, saved)


def report(tx: Transaction, plugin: PluginDoc, error: str) -> None:
    """Say that what is on disk cannot be deployed; the version that runs runs on."""
    _mark(tx, plugin, error, "FAILED")
    plugins_of.add_build_line(tx, plugin, None, "error", error)


def _mark(tx: Transaction, plugin: PluginDoc, error: str | None, status: str) -> PluginDoc:
    current = plugins_of.link_of(plugin)
    link = {**current, "error": error} if current else None
    return tx.plugins.change(plugin, link=link, status=status)


def _is_same(version: PluginVersionDoc, saved: Saved) -> bool:
    asked = saved.subscription.members()
    return (
        version["digest"] == saved.digest
        and version["handlerTypes"] == asked["handlerTypes"]
        and version["eventMatcher"] == asked["eventMatcher"]
    )


def _add_version(tx: Transaction, plugin: PluginDoc, saved: Saved) -> bool:
    upload = Upload(f"{file.plugin_folder(plugin['id'])}/{tx.new_id()}", project_id="")
    archive = file.store(tx, upload, saved.archive, _ZIP)
    plugin = _mark(tx, plugin, None, "DEPLOYING")
    version = plugins_of.deploy_archive(tx, plugin, archive, saved.subscription, saved.main)
    if saved.problems:
        plugins_of.finish_deployment(tx, version["id"], list(saved.problems))
    return not saved.problems
