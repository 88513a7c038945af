"""The route of the OpenAPI description."""

from __future__ import annotations

import functools

from flask import Blueprint, Response, jsonify

# The endpoint of the route.
DESCRIPTION = "show_description"


def add_description_route(blueprint: Blueprint) -> None:
    """Add the route that describes all routes of the control plane."""

    @blueprint.get("/openapi.json", endpoint=DESCRIPTION)
    def show_description() -> Response:
        return jsonify(_document())


@functools.cache
def _document() -> dict[str, object]:
    # Imported here because few servers are asked for it.
    from kili_emulator.http.control.openapi.document import openapi_document

    return openapi_document()
