"""The GraphQL endpoint and ``/version``.

See contract/http.md#endpoints, contract/http.md#status-codes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from kili_emulator import errors
from kili_emulator.api.context import RequestContext
from kili_emulator.api.errors import plain_error
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.config import API_PATH, Settings
from kili_emulator.domain.api_key import RUN_KEY_PREFIX
from kili_emulator.domain.event_bus import await_deliveries
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.domain.world import Actor, World
from kili_emulator.http import security
from kili_emulator.http.api_version import version_with_key, version_without_key
from kili_emulator.http.call_recorder import Received
from kili_emulator.http.file_urls import (
    CLIENT_VERSION,
    downloads_without_key,
    file_urls,
    upload_urls,
)
from kili_emulator.http.request_body import BodyError, read_json
from kili_emulator.http.request_log import Entry, RequestLog
from kili_emulator.rules.workflow import version_for

MakeContext = Callable[[World, Actor], RequestContext]


def graphql_blueprint(
    registry: WorldRegistry,
    executor: GraphQLExecutor,
    signer: security.UploadSigner,
    request_log: RequestLog,
    settings: Settings,
    deploy_saved: Callable[[World], float],
) -> Blueprint:
    """The routes of the GraphQL API.

    Args:
        deploy_saved: deploys what was saved in the folders of a world's linked plugins; returns
            how many of the seconds that an answer may wait are left.
    """
    blueprint = Blueprint("graphql", __name__, url_prefix=API_PATH)

    @blueprint.get("/version")
    def version() -> Response:
        spelled = version_with_key if security.api_key(request) else version_without_key
        return _json({"version": spelled(executor.schema_hash)})

    @blueprint.post("/graphql")
    def graphql() -> Response:
        key = security.api_key(request)
        session = registry.authenticate(key) if key else None
        if session is None:
            request_log.add(Entry(request, None, [], errors=True))
            revoked = key is not None and key.startswith(RUN_KEY_PREFIX)
            return _json(_revoked()) if revoked else security.unauthorized()
        world, actor = session
        received = Received(request, world, actor)
        context = context_maker(signer, settings.workflow)(world, actor)
        try:
            data = read_json(request)
        except BodyError as error:
            request_log.add(Entry(request, session, [], errors=True))
            return _json(plain_error(str(error), errors.BAD_USER_INPUT), error.status)
        if not isinstance(data.get("query"), str):
            request_log.add(Entry(request, session, [], errors=True))
            return _json(plain_error(errors.NO_QUERY, errors.BAD_USER_INPUT), 400)
        operations = executor.operations(data["query"])
        left = settings.sync_wait
        if actor.run_id is None and any(map(_relies_on_plugins, operations)):
            left = deploy_saved(world)
        valid, answer = executor.execute(data, context)
        request_log.add(Entry(request, session, operations, errors="errors" in answer))
        await_deliveries(context.deliveries, left, with_caused=actor.run_id is None)
        received.answered(
            operations,
            data.get("variables"),
            answer,
            query=data["query"],
            errors="errors" in answer,
        )
        return _json(answer, 200 if valid else 400)

    return blueprint


def _relies_on_plugins(operation: str) -> bool:
    """Whether a root field may call plugins, or asks about them.

    No other waits for what is being built: what is imported then may ask the API for something.
    """
    return operation.startswith("Mutation.") or "Plugin" in operation


def context_maker(signer: security.UploadSigner, workflow: str = "auto") -> MakeContext:
    """Makes contexts for the present request's client.

    Args:
        workflow: the workflow of new projects; ``auto`` is what the client's version expects.
    """
    host = request.host_url
    signed = downloads_without_key(request)
    client = request.headers.get(CLIENT_VERSION)
    version = version_for(client) if workflow == "auto" else workflow

    def make(world: World, actor: Actor) -> RequestContext:
        files = file_urls(host, signer, world, signed=signed)
        uploads = upload_urls(host, signer, world)
        return RequestContext(world, actor, files, uploads, version, client)

    return make


def _revoked() -> dict[str, Any]:
    error = errors.run_key_revoked()
    return {**plain_error(error.message, error.code), "data": None}


def _json(value: Any, status: int = 200) -> Response:
    """Compact JSON: clients look for ``"version":`` without a space."""
    text = json.dumps(value, separators=(",", ":"))
    return Response(text, status, content_type="application/json")
