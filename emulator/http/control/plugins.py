"""Plugins, their versions and what changed between them are looked at here.

The name of a plugin may hold any characters, and is therefore a parameter.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from emulator import errors
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.plugins import sources


def add_plugin_routes(blueprint: Blueprint, registry: WorldRegistry) -> None:
    """The routes that list plugins and versions, show a version's files, and compare two."""

    @blueprint.get("/worlds/<name>/plugins")
    def list_plugins(name: str) -> Response:
        view = registry.get(name).view
        return jsonify([sources.told_plugin(view, each) for each in view.plugins.all()])

    @blueprint.get("/worlds/<name>/plugins/versions")
    def list_versions(name: str) -> Response:
        return jsonify(sources.told_versions(registry.get(name).view, _plugin()))

    @blueprint.get("/worlds/<name>/plugins/files")
    def show_files(name: str) -> Response:
        number = _number("version") if "version" in request.args else None
        return jsonify(sources.files_of(registry.get(name), _plugin(), number))

    @blueprint.get("/worlds/<name>/plugins/diff")
    def show_difference(name: str) -> Response:
        old, new = _number("from"), _number("to")
        return jsonify(diff=sources.difference(registry.get(name), _plugin(), old, new))


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
