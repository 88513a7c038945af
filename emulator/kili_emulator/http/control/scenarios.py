"""The route that loads a scenario into a world, and the scenarios of requests."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import (
    GivenScenario,
    ScenarioSource,
    WorldError,
    WorldRegistry,
)
from kili_emulator.http.control.sessions import Sessions
from kili_emulator.http.request_body import read_json
from kili_emulator.services import worlds


def add_load_route(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route that replaces the content of a world by a scenario."""
    registry = sessions.registry

    @blueprint.post("/worlds/<name>/load")
    def load_world(name: str) -> Response:
        session, data = sessions.open(name), read_json(request)
        scenario = parse_scenario(data)
        if scenario is None or data.keys() - {"scenario", "origin"}:
            raise WorldError(errors.CONTROL_LOAD_INVALID)
        mark = session.world.mark()
        view = worlds.load_world(registry, session, scenario)
        if not is_administrator(registry, g.controller_key):
            registry.reset(name, mark)
            raise WorldError(errors.CONTROL_LOAD_LOCKS_OUT)
        return jsonify(view)


def parse_scenario(data: dict[str, Any]) -> ScenarioSource | None:
    """Return the scenario of a request: the name or path, or the content; ``None`` without one.

    Raises:
        WorldError: a member is of the wrong type.
    """
    scenario, origin = data.get("scenario"), data.get("origin", "")
    if isinstance(scenario, dict) and isinstance(origin, str) and "\0" not in origin:
        return GivenScenario(scenario, origin)
    if "origin" in data or not isinstance(scenario, str | None):
        raise WorldError(errors.CONTROL_SCENARIO_INVALID)
    return scenario or None


def is_administrator(registry: WorldRegistry, key: str | None) -> bool:
    """Return whether the sender of a request is still an administrator; in this process, always."""
    session = registry.authenticate(key) if key else None
    return key is None or (session is not None and session[1].user["organizationRole"] == "ADMIN")
