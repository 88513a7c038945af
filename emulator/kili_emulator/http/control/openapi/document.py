"""The OpenAPI document, assembled from the descriptions of the routes."""

from __future__ import annotations

import re
from typing import Any, Literal, TypedDict, get_type_hints

from kili_emulator.config import CONTROL_PATH
from kili_emulator.http.control.openapi.json_schema import Schema, Schemas
from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.http.control.openapi.operations import OPERATIONS

# The version of the control plane: the first number changes if old clients no longer work.
_VERSION = "1.0"
_PATH_PARAMETER = re.compile(r"<(\w+)>")
_PATH_TEXTS = {
    "name": "The name of a world.",
    "key_name": "The name of an API key, such as `admin`.",
    "run_id": "The id of a run.",
    "verb": "The action of a user.",
    "fault_id": "The id of a fault.",
}
_DESCRIPTION = """\
What the platform's API lacks: worlds, marks and resets, simulated users, plugins and their runs,
faults.

Each request needs the API key of an administrator. An administrator of the default world controls
all worlds, and an administrator of another world that world only.
"""
_JSON = "application/json"
_SECURITY = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`X-API-Key: ` and the API key of an administrator.",
}


class _ErrorKind(TypedDict, total=False):
    """The kind of an error, and the code of one of the platform's API."""

    kind: Literal["api", "request", "scenario", "storage", "world"]
    code: str


class Error(_ErrorKind):
    """The reason why a request is refused.

    ``kind`` is absent if no route has the path or the method, and for a defect of the emulator.
    """

    error: str


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of all routes below ``/_emulator``."""
    schemas = Schemas()
    schemas.of(Error)
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        path = _PATH_PARAMETER.sub(r"{\1}", f"{CONTROL_PATH}{each.path}")
        paths.setdefault(path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kili Emulator: control plane",
            "version": _VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": _common_responses(),
            "securitySchemes": {"key": _SECURITY},
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    description: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.path.split("/")[1]],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation, schemas)],
    }
    if operation.body_type:
        content = {operation.body_type: {"schema": {"type": "string"}}}
        description["requestBody"] = {"required": True, "content": content}
    if operation.body is not None:
        content = {_JSON: {"schema": schemas.of(operation.body)}}
        description["requestBody"] = {"required": operation.needs_body, "content": content}
    description["responses"] = {
        str(operation.status): _answer(operation, schemas),
        "401": {"$ref": "#/components/responses/Unauthorized"},
        "403": {"$ref": "#/components/responses/Forbidden"},
        "default": {"$ref": "#/components/responses/Refused"},
    }
    return description


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PATH_TEXTS.get(name, ""),
            "schema": {"type": "string"},
        }
        for name in _PATH_PARAMETER.findall(operation.path)
    ]


def _query_parameters(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    return [
        {
            "name": name,
            "in": "query",
            "required": name in operation.query.__required_keys__,
            "schema": schemas.of(hint),
        }
        for name, hint in get_type_hints(operation.query).items()
    ]


def _answer(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    if operation.text:
        content: dict[str, Schema] = {operation.text: {"schema": {"type": "string"}}}
    elif operation.answer is None:
        return {"description": "Done."}
    else:
        content = {_JSON: {"schema": schemas.of(operation.answer)}}
    return {"description": "Done.", "content": content}


def _common_responses() -> dict[str, Any]:
    text = {"text/plain": {"schema": {"type": "string"}}}
    error = {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "Unauthorized": {"description": "The API key is not valid.", "content": text},
        "Forbidden": {"description": "The key is not one of an administrator.", "content": text},
        "Refused": {"description": "The request is refused.", "content": error},
    }
