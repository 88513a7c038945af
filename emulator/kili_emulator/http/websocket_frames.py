"""The frames of the sub-protocol ``graphql-ws``: JSON objects with a type.

See contract/subscription.md#protocol.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.api.errors import plain_error
from kili_emulator.http.security import API_KEY_SCHEME
from kili_emulator.rules.json_text import parse_json

Frame = dict[str, Any]


def parse_frame(message: str | bytes) -> Frame:
    """Parse a frame of a client; return an empty frame if it is not a JSON object."""
    try:
        value = parse_json(message)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def api_key(payload: Any) -> str | None:
    """Return the API key in the payload of a ``connection_init``."""
    header = payload.get("Authorization") if isinstance(payload, dict) else None
    if not isinstance(header, str) or not header.startswith(API_KEY_SCHEME):
        return None
    return header[len(API_KEY_SCHEME) :].strip()


def is_operation(payload: Any) -> bool:
    """Return whether the payload of a ``start`` has the members of an operation."""
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        return False
    variables, name = payload.get("variables"), payload.get("operationName")
    return (variables is None or isinstance(variables, dict)) and (
        name is None or isinstance(name, str)
    )


def error(frame_id: Any, graphql_errors: list[dict[str, Any]]) -> Frame:
    """Make an error frame; ``graphql_errors`` has the form of ``errors`` in an answer."""
    payload = {"message": graphql_errors[0]["message"], "errors": graphql_errors}
    return {"type": "error", "id": frame_id, "payload": payload}


def error_from_cause(frame_id: Any, cause: errors.KiliError) -> Frame:
    """Make the error frame of one error."""
    return error(frame_id, plain_error(cause.message, cause.code)["errors"])


def bad_input_error(frame_id: Any, message: str) -> Frame:
    """Make the error frame of an invalid frame."""
    return error(frame_id, plain_error(message, errors.BAD_USER_INPUT)["errors"])
