"""The Flask application: all routes, behind one check of foreign requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import flask
from flask import Blueprint, Flask, jsonify, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.wrappers import Response

from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.config import HEALTH_PATH, PRODUCT_HEADER, Settings
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.http import security
from kili_emulator.http.direct_path import DirectPath
from kili_emulator.http.error_handlers import register_error_handlers
from kili_emulator.http.file_routes import files_blueprint
from kili_emulator.http.graphql_endpoint import GraphQLEndpoint
from kili_emulator.http.graphql_routes import graphql_blueprint
from kili_emulator.http.request_log import RequestLog
from kili_emulator.http.request_records import note_refusal
from kili_emulator.http.request_scope import note_route
from kili_emulator.plugins.dispatch.host import PluginHost


class _Application(Flask):
    """The application, in which no function is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function; Flask would check at each call whether it is a coroutine."""
        return func


class _Answer(flask.Response):
    default_mimetype = "text/plain"  # for answers without content, such as answers to OPTIONS


def create_application(
    settings: Settings,
    registry: WorldRegistry,
    executor: GraphQLExecutor,
    signer: security.FileUrlSigner,
    host: PluginHost,
    control: Blueprint,
    *,
    request_log: RequestLog,
) -> Flask:
    """Build the application; the guard checks each request first.

    Args:
        host: the plugin host of all worlds.
        control: the routes of the control plane.
    """
    application = _Application("kili_emulator", static_folder=None)
    application.response_class = _Answer
    cast(DefaultJSONProvider, application.json).sort_keys = False  # the order of keys has a meaning
    guard = security.Guard.of(settings)
    _add_guard(application, guard)
    _add_health(application)
    register_error_handlers(application)
    endpoint = GraphQLEndpoint(
        registry,
        executor,
        signer,
        request_log,
        settings,
        lambda world: host.deploy_saved(world, settings.sync_wait),
    )
    application.register_blueprint(graphql_blueprint(endpoint))
    application.register_blueprint(files_blueprint(registry, signer))
    application.register_blueprint(control)
    application.wsgi_app = DirectPath(  # type: ignore[method-assign]
        application.wsgi_app, guard, endpoint
    )
    return application


def _add_guard(application: Flask, guard: security.Guard) -> None:
    """Check each request, and add headers to each answer, by :mod:`kili_emulator.http.security`."""

    @application.before_request
    def refuse() -> Response | None:
        return guard.refuse(request)

    @application.after_request
    def harden(answer: Response) -> Response:
        note_route(request.method, request.url_rule)
        if request.path == HEALTH_PATH:
            answer.headers[PRODUCT_HEADER] = "1"
        note_refusal(answer)
        return security.add_security_headers(answer)


def _add_health(application: Flask) -> None:
    @application.get(HEALTH_PATH)
    def health() -> Response:
        return jsonify(status="ready")
