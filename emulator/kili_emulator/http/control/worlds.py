"""Routes that create, list, mark, reset, export and delete worlds."""

from __future__ import annotations

import math
import re
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import ScenarioSource, WorldError, WorldRegistry
from kili_emulator.domain.world import Mark, World
from kili_emulator.http.control.scenarios import parse_scenario
from kili_emulator.http.control.sessions import MAX_WAIT_SECONDS, Sessions
from kili_emulator.http.request_body import read_json
from kili_emulator.services import export, worlds
from kili_emulator.services.session import WorldSession

_MAX_IDLE_SECONDS = 86_400
_SEED = re.compile(r"-?[0-9]{1,100}")
# The endpoint of the route that shows the world of the key.
OWN_WORLD = "show_own_world"


def add_registry_routes(
    blueprint: Blueprint, registry: WorldRegistry, default_scenario: ScenarioSource
) -> None:
    """Add the routes that list, create and delete worlds.

    Args:
        default_scenario: the scenario of a new world if the request names none.
    """

    @blueprint.get("/worlds")
    def list_worlds() -> Response:
        return jsonify(worlds.list_worlds(registry))

    @blueprint.post("/worlds")
    def create_world() -> tuple[Response, int]:
        data = read_json(request)
        name, seed = data.get("name"), data.get("seed")
        unknown = data.keys() - {"name", "scenario", "origin", "seed"}
        if unknown or not isinstance(name, str) or not (seed is None or _is_integer(seed)):
            raise WorldError(errors.CONTROL_CREATE_INVALID)
        scenario = parse_scenario(data) or default_scenario
        return jsonify(worlds.create_world(registry, name, scenario, seed)), 201

    @blueprint.get("/world", endpoint=OWN_WORLD)
    def show_own_world() -> Response:
        return jsonify(worlds.world_view(registry.get(g.controller_world)))

    @blueprint.get("/worlds/<name>")
    def show_world(name: str) -> Response:
        return jsonify(worlds.world_view(registry.get(name)))

    @blueprint.delete("/worlds/<name>")
    def delete_world(name: str) -> Response:
        registry.delete(name)
        return Response(status=204)


def add_world_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes that reset, mark and export a world, change its keys, and wait for runs."""
    registry = sessions.registry

    @blueprint.post("/worlds/<name>/reset")
    def reset_world(name: str) -> Response:
        data = read_json(request)
        keep_plugins = data.get("keepPlugins", False)
        is_valid = _is_number(data.get("wait", 0)) and isinstance(keep_plugins, bool)
        if data.keys() - {"mark", "wait", "keepPlugins"} or not is_valid:
            raise WorldError(errors.CONTROL_MARK_INVALID)
        session = sessions.open(name, max(data.get("wait", 0), 0))
        mark = _parse_mark(data["mark"], session.world) if "mark" in data else None
        view = worlds.reset_world(registry, session, mark, keep_plugins=keep_plugins)
        return jsonify(view)

    @blueprint.post("/worlds/<name>/mark")
    def mark_world(name: str) -> Response:
        return jsonify(asdict(worlds.mark_world(sessions.open(name, MAX_WAIT_SECONDS))))

    @blueprint.get("/worlds/<name>/export")
    def export_world(name: str) -> Response:
        return jsonify(export.export_world(registry.get(name)))

    @blueprint.post("/worlds/<name>/keys/<key_name>")
    def change_key(name: str, key_name: str) -> Response:
        data = read_json(request)
        revoked, expiry = data.get("revoked"), data.get("expiryDate")
        is_valid = isinstance(revoked, bool | None) and isinstance(expiry, str | None)
        if not data or data.keys() - {"revoked", "expiryDate"} or not is_valid:
            raise WorldError(errors.CONTROL_KEY_INVALID)
        world = registry.get(name)
        return jsonify(worlds.change_key(world, key_name, revoked=revoked, expiry_date=expiry))

    @blueprint.post("/worlds/<name>/wait-idle")
    def wait_until_idle(name: str) -> Response:
        seconds = read_json(request).get("timeout", 30)
        if not _is_number(seconds):
            raise WorldError(errors.CONTROL_WAIT_INVALID)
        wait_seconds = min(max(seconds, 0), _MAX_IDLE_SECONDS)
        session = WorldSession(registry.get(name), sessions.host, wait_seconds)
        return jsonify(idle=worlds.wait_idle(session))


def _parse_mark(data: Any, world: World) -> Mark:
    """Parse the mark of a request, in the form of :func:`asdict`.

    Raises:
        WorldError: it is not a mark, or not one that the world can be rolled back to.
    """
    try:
        mark = Mark.parse(data)
    except (AttributeError, TypeError, ValueError):
        raise WorldError(errors.CONTROL_MARK_INVALID) from None
    has_position = _is_integer(mark.sequence) and _is_integer(mark.epoch)
    if not (has_position and _is_id_state(mark.ids)):
        raise WorldError(errors.CONTROL_MARK_INVALID)
    start = world.start
    if start is None or not start.sequence <= mark.sequence <= world.documents.sequence:
        raise WorldError(errors.CONTROL_MARK_OUT_OF_RANGE)
    return mark


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_id_state(value: object) -> bool:
    """Return whether a value has the form of :meth:`kili_emulator.ids.IdSource.state`."""
    if not isinstance(value, list) or len(value) != 4:
        return False
    repeatable, seed, *counts = value
    has_seed = _is_integer(seed) or (isinstance(seed, str) and bool(_SEED.fullmatch(seed)))
    are_counts = all(_is_integer(each) and each >= 0 for each in counts)
    return isinstance(repeatable, bool) and has_seed and are_counts
