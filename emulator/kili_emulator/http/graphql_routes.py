"""The routes of the GraphQL endpoint and of ``/version`` (contract/http.md#endpoints)."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kili_emulator.config import API_PATH, GRAPHQL_PATH
from kili_emulator.http import security
from kili_emulator.http.api_version import version_with_key, version_without_key
from kili_emulator.http.graphql_endpoint import GraphQLEndpoint
from kili_emulator.rules.json_text import write_json


def graphql_blueprint(endpoint: GraphQLEndpoint) -> Blueprint:
    """Build the routes of the GraphQL API."""
    blueprint = Blueprint("graphql", __name__)

    @blueprint.get(f"{API_PATH}/version")
    def version() -> Response:
        format_version = version_with_key if security.api_key(request) else version_without_key
        body = write_json({"version": format_version(endpoint.executor.schema_hash)})
        return Response(body, content_type="application/json")

    @blueprint.post(GRAPHQL_PATH)
    def graphql() -> Response:
        return endpoint.answer(request)

    return blueprint
