"""Plugins, their versions and what changed between them are looked at here, and plugins are linked.

The name of a plugin may hold any characters, and is therefore a parameter.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from emulator import errors
from emulator.domain import people, plugin_link
from emulator.domain.plugin_link import Link
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.domain.world import Actor, View, World
from emulator.http.body import read_json
from emulator.http.control.waiting import LONGEST_WAIT
from emulator.plugins import sources
from emulator.plugins.host import PluginHost


def add_plugin_routes(
    blueprint: Blueprint, registry: WorldRegistry, host: PluginHost, wait: float
) -> None:
    """The routes that list plugins and versions, show a version's files, and compare two.

    Args:
        wait: seconds that an answer waits, at most, until what was saved is built.
    """

    def looked_at(name: str) -> World:
        world = registry.get(name)
        host.look(world, min(wait, LONGEST_WAIT))
        return world

    @blueprint.get("/worlds/<name>/plugins")
    def list_plugins(name: str) -> Response:
        view = looked_at(name).view
        return jsonify([sources.told_plugin(view, each) for each in view.plugins.all()])

    @blueprint.get("/worlds/<name>/plugins/versions")
    def list_versions(name: str) -> Response:
        return jsonify(sources.told_versions(looked_at(name).view, _plugin()))

    @blueprint.get("/worlds/<name>/plugins/files")
    def show_files(name: str) -> Response:
        number = _number("version") if "version" in request.args else None
        return jsonify(sources.files_of(looked_at(name), _plugin(), number))

    @blueprint.get("/worlds/<name>/plugins/diff")
    def show_difference(name: str) -> Response:
        old, new = _number("from"), _number("to")
        return jsonify(diff=sources.difference(looked_at(name), _plugin(), old, new))


def add_link_routes(blueprint: Blueprint, registry: WorldRegistry, host: PluginHost) -> None:
    """The routes that link a plugin to a path on this machine, and end that.

    Whoever may do so has the emulator run what is there; that is why it takes an admin key.
    """

    @blueprint.post("/worlds/<name>/plugins/link")
    def link(name: str) -> Response:
        world = registry.get(name)
        wanted = _link(world.view, read_json(request))
        actor = Actor(plugin_link.administrator(world.view, g.controller["email"]))
        return jsonify(host.link(world, actor, wanted, LONGEST_WAIT))

    @blueprint.post("/worlds/<name>/plugins/unlink")
    def unlink(name: str) -> Response:
        world, data = registry.get(name), read_json(request)
        if data.keys() != {"plugin"} or not isinstance(data["plugin"], str):
            raise WorldError(errors.CONTROL_UNLINK)
        return jsonify(host.unlink(world, data["plugin"], LONGEST_WAIT))


def _link(view: View, data: dict[str, Any]) -> Link:
    """The link that a request asks for.

    Raises:
        WorldError: a member is missing, unknown or of the wrong type.
        KiliError: a project is unknown.
    """
    texts = (data.get("plugin"), data.get("path"))
    lists = (data.get("projects") or [], data.get("eventMatcher") or [])
    fits = all(isinstance(each, str) for each in texts) and all(map(_are_texts, lists))
    if not fits or data.keys() - {"plugin", "path", "projects", "eventMatcher"}:
        raise WorldError(errors.CONTROL_LINK)
    projects, patterns = lists
    name, path = map(str, texts)
    ids = [people.find_project(view, each)["id"] for each in projects]
    return Link(name, path, ids, patterns)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _plugin() -> str:
    """The plugin that a request names.

    Raises:
        WorldError: it names none.
    """
    if not request.args.get("plugin"):
        raise WorldError(errors.CONTROL_PLUGIN)
    return request.args["plugin"]


def _number(parameter: str) -> int:
    text = request.args.get(parameter, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WorldError(errors.CONTROL_VERSION.format(parameter=parameter))
    return int(text)
