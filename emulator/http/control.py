"""The control plane: worlds are made, listed, reset and deleted here, with an admin key.

The administrator of the default world controls all worlds; that of another world, this one only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from emulator import errors
from emulator.config import DEFAULT_WORLD
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.domain.world import Actor, Mark, World
from emulator.http import security
from emulator.http.body import BodyError, read_json
from emulator.scenario import ScenarioError

WaitIdle = Callable[[World, float], bool]


def control_blueprint(
    registry: WorldRegistry, default_scenario: str, wait_idle: WaitIdle
) -> Blueprint:
    """The routes below ``/_emulator``.

    Args:
        default_scenario: what a new world holds unless the request says otherwise.
        wait_idle: waits until no plugin of a world is at work, so many seconds at most.
    """
    blueprint = Blueprint("control", __name__, url_prefix="/_emulator")

    @blueprint.before_request
    def check_key() -> Response | None:
        key = security.api_key(request)
        session = registry.authenticate(key) if key else None
        if session is None:
            return security.unauthorized()
        name = (request.view_args or {}).get("name")
        allowed = _controls(*session, name)
        return None if allowed else security.text_answer(errors.CONTROL_NEEDS_ADMIN, 403)

    @blueprint.errorhandler(WorldError)
    @blueprint.errorhandler(ScenarioError)
    @blueprint.errorhandler(BodyError)
    def explain(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), getattr(error, "status", 400)

    _add_registry_routes(blueprint, registry, default_scenario)
    _add_world_routes(blueprint, registry, wait_idle)
    return blueprint


def _add_registry_routes(
    blueprint: Blueprint, registry: WorldRegistry, default_scenario: str
) -> None:
    @blueprint.get("/worlds")
    def list_worlds() -> Response:
        return jsonify([_described(world) for world in registry.all()])

    @blueprint.post("/worlds")
    def create_world() -> tuple[Response, int]:
        data = read_json(request)
        name, seed = data.get("name"), data.get("seed")
        unknown = data.keys() - {"name", "scenario", "seed"}
        if unknown or not isinstance(name, str) or not isinstance(seed, int | None):
            raise WorldError('send {"name": text, "scenario": text, "seed": number}')
        world = registry.create(name, str(data.get("scenario") or default_scenario), seed)
        return jsonify(_described(world)), 201

    @blueprint.delete("/worlds/<name>")
    def delete_world(name: str) -> Response:
        registry.delete(name)
        return Response(status=204)


def _add_world_routes(blueprint: Blueprint, registry: WorldRegistry, wait_idle: WaitIdle) -> None:
    @blueprint.post("/worlds/<name>/reset")
    def reset_world(name: str) -> Response:
        return jsonify(_described(registry.reset(name, _mark(read_json(request)))))

    @blueprint.post("/worlds/<name>/mark")
    def mark_world(name: str) -> Response:
        return jsonify(asdict(registry.get(name).mark()))

    @blueprint.get("/worlds/<name>/export")
    def export_world(name: str) -> Response:
        return jsonify(registry.get(name).export())

    @blueprint.post("/worlds/<name>/wait-idle")
    def wait_until_idle(name: str) -> Response:
        seconds = read_json(request).get("timeout", 30)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise WorldError('send {"timeout": seconds}')
        return jsonify(idle=wait_idle(registry.get(name), seconds))


def _mark(data: dict[str, Any]) -> Mark | None:
    """The mark that a request names, as :func:`asdict` made it.

    Raises:
        WorldError: it is not one.
    """
    if not data:
        return None
    try:
        return Mark(**data["mark"])
    except (KeyError, TypeError):
        raise WorldError('send {"mark": …} with what POST …/mark answered') from None


def _controls(world: World, actor: Actor, name: str | None) -> bool:
    is_admin = actor.run_id is None and actor.user["organizationRole"] == "ADMIN"
    return is_admin and world.name in (DEFAULT_WORLD, name)


def _described(world: World) -> dict[str, Any]:
    view = world.view
    return {
        "name": world.name,
        "scenario": world.scenario,
        "keys": {key["name"]: key["key"] for key in view.api_keys.all()},
        "projects": [{"id": each["id"], "title": each["title"]} for each in view.projects.all()],
    }
