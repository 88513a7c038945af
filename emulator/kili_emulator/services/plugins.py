"""Plugins and webhooks: list them, read and compare versions, link them to folders, call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kili_emulator.domain import plugin_link
from kili_emulator.domain.lookup import find_plugin, find_project
from kili_emulator.domain.plugin_link import LinkSpec
from kili_emulator.domain.plugin_view import PluginView, VersionView, plugin_view, version_views
from kili_emulator.domain.run_view import RunBrief, run_brief
from kili_emulator.domain.world import Actor
from kili_emulator.services.session import WorldSession


@dataclass(frozen=True)
class LinkRequest:
    """A request to link a plugin to a folder or file.

    Attributes:
        plugin: the plugin's name; a plugin that does not exist is created.
        path: the absolute path of a folder with a ``main.py``, or of a ``.py`` file.
        projects: ids or titles of projects to activate the plugin on, in addition to its present
            ones.
        event_matcher: event patterns, for a plugin with ``on_event``.
    """

    plugin: str
    path: str
    projects: Sequence[str] = ()
    event_matcher: Sequence[str] = ()


def list_plugins(session: WorldSession) -> list[PluginView]:
    """Return all plugins and webhooks."""
    view = session.deploy_saved().world.view
    return [plugin_view(view, each) for each in view.plugins.all()]


def list_versions(session: WorldSession, plugin: str) -> list[VersionView]:
    """Return the versions of a plugin, oldest first.

    Raises:
        KiliError: the plugin is unknown.
    """
    view = session.deploy_saved().world.view
    return version_views(view, find_plugin(view, plugin))


def read_files(session: WorldSession, plugin: str, version: int | None = None) -> dict[str, str]:
    """Return the source of a version: path → text.

    Args:
        version: the number of the version; the newest version by default.

    Raises:
        KiliError: the plugin or the version is unknown, or the version has no source.
    """
    from kili_emulator.plugins.build import version_sources

    return version_sources.read_files(session.deploy_saved().world, plugin, version)


def diff_versions(session: WorldSession, plugin: str, old: int, new: int) -> str:
    """Return the difference between two versions, as a unified diff.

    Raises:
        KiliError: the plugin or a version is unknown, or a version has no source.
    """
    from kili_emulator.plugins.build import version_sources

    return version_sources.diff_versions(session.deploy_saved().world, plugin, old, new)


def link(session: WorldSession, request: LinkRequest, email: str = "") -> PluginView:
    """Link a plugin to a folder or file: from now on, saving a file there deploys the plugin.

    Args:
        email: the address of the administrator who acts; by default, or if no administrator has
            the address, the first administrator of the world.

    Returns:
        the plugin, with the result of the build.

    Raises:
        KiliError: the path has no plugin, the plugin cannot be linked, or a project is unknown.
    """
    world, host, seconds = session
    ids = [find_project(world.view, each)["id"] for each in request.projects]
    actor = Actor(plugin_link.find_administrator(world.view, email))
    spec = LinkSpec(request.plugin, request.path, ids, request.event_matcher)
    plugin_id = host.link(world, actor, spec, seconds)
    return plugin_view(world.view, world.view.plugins.require(plugin_id))


def unlink(session: WorldSession, plugin: str) -> PluginView:
    """Remove the link of a plugin, and return the plugin; its last version stays.

    Raises:
        KiliError: the plugin is unknown or not linked.
    """
    world = session.deploy_saved().world
    with world.transaction(Actor.system()) as tx:
        changed = plugin_link.unlink(tx, find_plugin(tx, plugin))
    return plugin_view(world.view, changed)


def trigger(
    session: WorldSession, *, plugin: str, project: str, event: str, payload: dict[str, Any]
) -> RunBrief:
    """Call a plugin for an event that has not happened, and return the run.

    The function waits for the run and for the runs that it causes.

    Args:
        plugin: its name or id.
        project: the project's id or title.
        event: an event's subject, or the name of a handler.
        payload: the event's payload, or the handler's arguments by name.

    Raises:
        KiliError: plugin or project is unknown, or the plugin is not called for the event.
    """
    world, host, seconds = session.deploy_saved()
    project_doc = find_project(world.view, project)
    plugin_doc = find_plugin(world.view, plugin, project_doc["organizationId"])
    run_id = host.trigger(world, plugin_doc, project_doc, event, payload, seconds)
    return run_brief(world.view, world.view.runs.require(run_id))
