"""Plugins and webhooks: list them, read and compare versions, link them to folders, call one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kili_emulator.domain import plugin_link
from kili_emulator.domain.lookup import find_plugin, find_project
from kili_emulator.domain.plugin_link import LinkSpec
from kili_emulator.domain.plugin_view import plugin_view, version_views
from kili_emulator.domain.run_view import run_brief
from kili_emulator.domain.world import Actor
from kili_emulator.plugins.build import version_sources
from kili_emulator.services.session import WorldSession


@dataclass(frozen=True)
class LinkRequest:
    """A link to be made.

    Attributes:
        plugin: the plugin's name; it is created if there is none.
        path: an absolute path of a folder with a ``main.py``, or of a ``.py`` file.
        projects: ids or titles of projects on which it is to be active, beside those where it is.
        event_matcher: patterns of events, for a plugin with ``on_event``.
    """

    plugin: str
    path: str
    projects: Sequence[str] = ()
    event_matcher: Sequence[str] = ()


def list_plugins(session: WorldSession) -> list[dict[str, Any]]:
    """All plugins and webhooks, each as :func:`kili_emulator.domain.plugin_view.plugin_view`."""
    view = session.deploy_saved().world.view
    return [plugin_view(view, each) for each in view.plugins.all()]


def list_versions(session: WorldSession, plugin: str) -> list[dict[str, Any]]:
    """The versions of a plugin: :func:`kili_emulator.domain.plugin_view.version_views`.

    Raises:
        KiliError: there is no such plugin.
    """
    view = session.deploy_saved().world.view
    return version_views(view, find_plugin(view, plugin))


def read_files(session: WorldSession, plugin: str, version: int | None = None) -> dict[str, str]:
    """The source of a version by path; of the newest, unless its number is given.

    Raises:
        KiliError: there is no such plugin or version, or it has no source.
    """
    return version_sources.read_files(session.deploy_saved().world, plugin, version)


def diff_versions(session: WorldSession, plugin: str, old: int, new: int) -> str:
    """The difference between two versions, as a unified diff.

    Raises:
        KiliError: there is no such plugin or version, or it has no source.
    """
    return version_sources.diff_versions(session.deploy_saved().world, plugin, old, new)


def link(session: WorldSession, request: LinkRequest, email: str = "") -> dict[str, Any]:
    """Link a plugin to a folder or file: saving there deploys it from then on.

    Args:
        email: the administrator who links it; the first of the world, if none has this address.

    Returns:
        the plugin, with the result of the build.

    Raises:
        KiliError: there is no plugin on disk, it cannot be linked, or a project is unknown.
    """
    world, host, seconds = session
    ids = [find_project(world.view, each)["id"] for each in request.projects]
    actor = Actor(plugin_link.find_administrator(world.view, email))
    spec = LinkSpec(request.plugin, request.path, ids, request.event_matcher)
    plugin_id = host.link(world, actor, spec, seconds)
    return plugin_view(world.view, world.view.plugins.require(plugin_id))


def unlink(session: WorldSession, plugin: str) -> dict[str, Any]:
    """End a link, and return the plugin: its last version stays.

    Raises:
        KiliError: there is no such plugin, or it is not linked.
    """
    world = session.deploy_saved().world
    with world.transaction(Actor.system()) as tx:
        changed = plugin_link.unlink(tx, find_plugin(tx, plugin))
    return plugin_view(world.view, changed)


def trigger(
    session: WorldSession, *, plugin: str, project: str, event: str, payload: dict[str, Any]
) -> dict[str, Any]:
    """Call a plugin for an event that has not happened, and wait for the runs that this causes.

    Args:
        plugin: its name or id.
        project: the project's id or title.
        event: an event's subject, or the name of a handler.
        payload: the event's payload, or the handler's arguments by name.

    Returns:
        the run, as :func:`kili_emulator.domain.run_view.run_brief`.

    Raises:
        KiliError: plugin or project is unknown, or the plugin is not called for that.
    """
    world, host, seconds = session.deploy_saved()
    project_doc = find_project(world.view, project)
    plugin_doc = find_plugin(world.view, plugin, project_doc["organizationId"])
    run_id = host.trigger(world, plugin_doc, project_doc, event, payload, seconds)
    return run_brief(world.view, world.view.runs.require(run_id))
