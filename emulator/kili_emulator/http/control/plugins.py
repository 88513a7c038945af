"""Routes that list plugins, show and compare their versions, and link them to folders.

The name of a plugin can have any characters, and is therefore a parameter, not part of the path.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import WorldError
from kili_emulator.http.control.sessions import MAX_WAIT_SECONDS, Sessions
from kili_emulator.http.request_body import read_json
from kili_emulator.services import plugins
from kili_emulator.services.plugins import LinkRequest


def add_plugin_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes that list plugins and versions, and show and compare the files of versions."""

    @blueprint.get("/worlds/<name>/plugins")
    def list_plugins(name: str) -> Response:
        return jsonify(plugins.list_plugins(sessions.open(name)))

    @blueprint.get("/worlds/<name>/plugins/versions")
    def list_versions(name: str) -> Response:
        return jsonify(plugins.list_versions(sessions.open(name), _plugin_parameter()))

    @blueprint.get("/worlds/<name>/plugins/files")
    def show_files(name: str) -> Response:
        number = _version_parameter("version") if "version" in request.args else None
        return jsonify(plugins.read_files(sessions.open(name), _plugin_parameter(), number))

    @blueprint.get("/worlds/<name>/plugins/diff")
    def show_diff(name: str) -> Response:
        old, new = _version_parameter("from"), _version_parameter("to")
        return jsonify(
            diff=plugins.diff_versions(sessions.open(name), _plugin_parameter(), old, new)
        )


def add_link_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes that link a plugin to a path on this machine, and unlink it.

    They need an administrator's key, because the emulator runs the code at the path.
    """

    @blueprint.post("/worlds/<name>/plugins/link")
    def link(name: str) -> Response:
        session = sessions.open(name, MAX_WAIT_SECONDS)
        return jsonify(plugins.link(session, _parse_link(read_json(request)), g.controller_email))

    @blueprint.post("/worlds/<name>/plugins/unlink")
    def unlink(name: str) -> Response:
        session, data = sessions.open(name, MAX_WAIT_SECONDS), read_json(request)
        if data.keys() != {"plugin"} or not isinstance(data["plugin"], str):
            raise WorldError(errors.CONTROL_UNLINK_INVALID)
        return jsonify(plugins.unlink(session, data["plugin"]))


def _parse_link(data: dict[str, Any]) -> LinkRequest:
    """Return the link of a request.

    Raises:
        WorldError: a member is missing, unknown or of the wrong type.
    """
    texts = (data.get("plugin"), data.get("path"))
    lists = (data.get("projects") or [], data.get("eventMatcher") or [])
    is_valid = all(isinstance(each, str) for each in texts) and all(map(_are_texts, lists))
    if not is_valid or data.keys() - {"plugin", "path", "projects", "eventMatcher"}:
        raise WorldError(errors.CONTROL_LINK_INVALID)
    plugin, path = map(str, texts)
    return LinkRequest(plugin, path, *lists)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _plugin_parameter() -> str:
    """Return the plugin parameter of the request.

    Raises:
        WorldError: it is missing.
    """
    if not request.args.get("plugin"):
        raise WorldError(errors.CONTROL_PLUGIN_MISSING)
    return request.args["plugin"]


def _version_parameter(parameter: str) -> int:
    text = request.args.get(parameter, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WorldError(errors.CONTROL_VERSION_INVALID.format(parameter=parameter))
    return int(text)
