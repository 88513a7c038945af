"""The control plane: the routes below ``/_emulator``, for actions that the platform's API lacks.

All routes need the API key of an administrator of the first organization of a world, which is that
of the scenario. An administrator of the default world controls all worlds, and an administrator of
another world controls that world only. Calls from this process need no key. The modules add the
routes of one noun each, and call ``services``; ``sessions`` opens the world that a route names.

The answer to a refused request is ``{"error": text, "kind": kind}``: ``api`` for an error of the
platform's API, and ``storage`` for one of the data folder, both with its ``code``; ``world``,
``scenario`` or ``request``.

Imported by: app.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

from flask import Blueprint, g, jsonify, request
from werkzeug.wrappers import Response

from kili_emulator import errors
from kili_emulator.config import CONTROL_PATH, DEFAULT_WORLD, IN_PROCESS, Settings
from kili_emulator.domain.registry import ScenarioSource, WorldError, WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.http import security
from kili_emulator.http.control.calls import add_call_routes
from kili_emulator.http.control.clock import add_clock_routes
from kili_emulator.http.control.content import add_content_routes
from kili_emulator.http.control.description import DESCRIPTION, add_description_route
from kili_emulator.http.control.events import add_event_routes
from kili_emulator.http.control.faults import add_fault_routes
from kili_emulator.http.control.logs import add_log_routes
from kili_emulator.http.control.metrics import add_metrics_route
from kili_emulator.http.control.plugins import add_link_routes, add_plugin_routes
from kili_emulator.http.control.runs import add_run_routes
from kili_emulator.http.control.scenarios import add_load_route
from kili_emulator.http.control.sessions import Sessions
from kili_emulator.http.control.states import add_state_routes
from kili_emulator.http.control.timeline import add_timeline_route
from kili_emulator.http.control.users import add_trigger_route, add_user_routes
from kili_emulator.http.control.webhooks import add_webhook_routes
from kili_emulator.http.control.why import add_why_route
from kili_emulator.http.control.worlds import OWN_WORLD, add_registry_routes, add_world_routes
from kili_emulator.http.metrics import Metrics
from kili_emulator.http.request_body import BodyError
from kili_emulator.http.request_records import begin_record
from kili_emulator.plugins.dispatch.host import PluginHost
from kili_emulator.scenario import ScenarioError

_WORLD_ROUTES: tuple[Callable[[Blueprint, Sessions], None], ...] = (
    add_world_routes,
    add_load_route,
    add_content_routes,
    add_state_routes,
    add_clock_routes,
    add_run_routes,
    add_plugin_routes,
    add_link_routes,
    add_why_route,
    add_webhook_routes,
    add_user_routes,
    add_trigger_route,
    add_event_routes,
    add_log_routes,
    add_timeline_route,
)
# Requests that change nothing, or end the history that the timeline shows.
_UNRECORDED = frozenset(("mark", "reset", "wait-idle"))

_ABOUT_OWN_WORLD = (f"control.{OWN_WORLD}", f"control.{DESCRIPTION}")


def control_blueprint(
    registry: WorldRegistry,
    settings: Settings,
    host: PluginHost,
    scenario: ScenarioSource,
    shut_down: Callable[[], None],
    metrics: Metrics,
    *,
    operations: list[str],
) -> Blueprint:
    """Build the routes below ``/_emulator``.

    Args:
        settings: ``sync_wait`` is the time for which an answer waits for plugin runs.
        host: the plugin host of all worlds.
        scenario: the default scenario of new worlds.
        shut_down: a function that stops the server.
        operations: the root fields of GraphQL.
    """
    blueprint = Blueprint("control", __name__, url_prefix=CONTROL_PATH)
    sessions = Sessions(registry, host, settings.sync_wait)
    _add_key_check(blueprint, registry)
    _add_error_answers(blueprint)
    _add_shutdown_route(blueprint, shut_down, settings.stop_wait)
    add_metrics_route(blueprint, metrics)
    add_description_route(blueprint)
    add_registry_routes(blueprint, registry, scenario)
    add_fault_routes(blueprint, registry, operations)
    add_call_routes(blueprint, sessions, operations)
    for add_routes in _WORLD_ROUTES:
        add_routes(blueprint, sessions)
    return blueprint


def _add_key_check(blueprint: Blueprint, registry: WorldRegistry) -> None:
    @blueprint.before_request
    def check_key() -> Response | None:
        if IN_PROCESS in request.environ:
            g.controller_key, g.controller_email, g.controller_world = None, "", DEFAULT_WORLD
            _record_change(registry, None, (request.view_args or {}).get("name"))
            return None
        key = security.api_key(request)
        session = registry.authenticate(key) if key else None
        if session is None:
            return security.unauthorized()
        world, actor = session
        g.controller_key, g.controller_world = key, world.name
        g.controller_email = actor.user["email"]
        name = _named_world(world)
        if not _may_control(world, actor, name):
            return security.text_answer(errors.CONTROL_NEEDS_ADMIN, 403)
        _record_change(registry, actor, name)
        return None


def _record_change(registry: WorldRegistry, actor: Actor | None, name: str | None) -> None:
    """Record a request that changes a world, for its timeline.

    Args:
        actor: the administrator; ``None`` for a call in this process.
        name: the name of the world; ``None`` if the request is about none.
    """
    verb = request.path.rpartition("/")[2]
    if request.method in ("GET", "HEAD", "DELETE") or verb in _UNRECORDED or name is None:
        return
    with contextlib.suppress(WorldError):  # the route answers that there is no such world
        record = begin_record(registry.get(name), actor, "control")
        record.name, record.operations = verb, [f"{request.method} {request.path}"]


def _add_error_answers(blueprint: Blueprint) -> None:
    @blueprint.errorhandler(ScenarioError)
    def explain_scenario(error: ScenarioError) -> tuple[Response, int]:
        # A request can name any file, so that the answer must not show its content.
        return jsonify(error=error.outline, kind="scenario"), 400

    @blueprint.errorhandler(WorldError)
    def explain_world(error: WorldError) -> tuple[Response, int]:
        return jsonify(error=str(error), kind="world"), 400

    @blueprint.errorhandler(BodyError)
    def explain_body(error: BodyError) -> tuple[Response, int]:
        return jsonify(error=str(error), kind="request"), error.status

    @blueprint.errorhandler(errors.KiliError)
    def explain(error: errors.KiliError) -> tuple[Response, int]:
        return jsonify(error=error.message, kind="api", code=error.code), 400

    @blueprint.errorhandler(errors.StorageError)
    def explain_storage(error: errors.StorageError) -> tuple[Response, int]:
        return jsonify(error=error.message, kind="storage", code=error.code), error.status


def _add_shutdown_route(
    blueprint: Blueprint, shut_down: Callable[[], None], wait_seconds: float
) -> None:
    @blueprint.post("/shutdown")
    def shutdown() -> Response:
        answer = Response(status=202)
        answer.headers["Retry-After"] = str(math.ceil(wait_seconds))
        answer.call_on_close(shut_down)  # after the answer has been sent
        return answer


def _named_world(own: World) -> str | None:
    """Return the name of the world that the request addresses; ``None`` if it addresses none."""
    name: str | None = (request.view_args or {}).get("name")
    return own.name if request.endpoint in _ABOUT_OWN_WORLD else name


def _may_control(world: World, actor: Actor, name: str | None) -> bool:
    is_admin = actor.run_id is None and actor.user["organizationRole"] == "ADMIN"
    first_organization = world.view.organizations.all()[0]
    is_operator = is_admin and actor.user["organizationId"] == first_organization["id"]
    return is_operator and world.name in (DEFAULT_WORLD, name)
