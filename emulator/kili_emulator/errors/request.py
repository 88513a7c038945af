"""Errors of HTTP and websocket requests, of the control plane, and of GraphQL scalars."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_input

ROUTE_UNKNOWN = "No route has the path {path}."
ROUTE_MOVED = "The path has doubled slashes: send the request to {location}."
METHOD_UNKNOWN = "{path} does not take {method} requests."
REQUEST_REFUSED = "The request is refused: {reason}"
UNAUTHORIZED = "Unauthorized"
BODY_TOO_LARGE = "The request body is larger than {limit} MB."
BODY_ENCODING_UNKNOWN = (
    "The Content-Encoding {encoding!r} is not supported: send the body without an encoding, or as "
    "gzip."
)
BODY_NOT_GZIP = "The body is declared as gzip, but cannot be decompressed."
BODY_INCOMPLETE = "The body is incomplete, or does not match its headers."
BODY_NOT_JSON = "The body is not a JSON object: {reason}"
QUERY_MISSING = "The body has no member 'query' that is a string."
HOST_NOT_ALLOWED = (
    "This emulator does not answer for host {host!r}. "
    "Start it with --allow-host {name} to allow it."
)
HOST_MISSING = "The request has no valid Host header."
ORIGIN_NOT_ALLOWED = "Requests from other web sites are refused."
EMULATOR_STOPS = "The emulator is stopping and takes no new requests."
SUBSCRIPTIONS_ONLY = "The websocket accepts only subscriptions: send queries and mutations by POST."
SUBPROTOCOL_UNKNOWN = "The websocket supports only the sub-protocol graphql-ws: request this one."
HANDSHAKE_REFUSED = "This is not a valid websocket handshake: {reason}"
FRAME_TYPE_UNKNOWN = (
    "The type of the message is unknown: send a JSON object with a type of connection_init, start, "
    "stop or connection_terminate."
)
START_INCOMPLETE = "A message of type start needs an id, and a payload with a string 'query'."
TOO_MANY_SUBSCRIPTIONS = (
    "The connection has {limit} subscriptions, which is the limit: stop some of them, or open "
    "another connection."
)
CLIENT_TOO_SLOW = (
    "The connection is closed, because the client does not read its messages fast enough."
)
UPLOAD_TOKEN_INVALID = "The upload URL is not valid: ask for a new one."
UPLOAD_TOKEN_EXPIRED = "The upload URL has expired: ask for a new one."
FILE_UNKNOWN = "No file has this id, or it is not accessible with this key."
UNEXPECTED_FAILURE = (
    "[unexpectedRetrieving] Unexpected error when retrieving runtime information. Please contact "
    "our support team if it occurs again. -- This can be due to: {detail} | trace : false"
)
CONTROL_NEEDS_ADMIN = "The control plane needs the key of an administrator of this world."
CONTROL_CREATE_INVALID = (
    'the body is invalid: send {"name": text, "scenario": name, path or content, "seed": number}; '
    "all but the name are optional"
)
CONTROL_LOAD_INVALID = 'the body is invalid: send {"scenario": name, path or content}'
CONTROL_LOAD_LOCKS_OUT = (
    "the scenario has no administrator with the API key of this request, which would be refused "
    "from then on: give an administrator of the scenario the same key, such as admin"
)
CONTROL_SCENARIO_INVALID = (
    'the scenario is invalid: send "scenario", the name or path of one, or its content; with a '
    'content, optionally "origin", the path of the file that it was read from'
)
CONTROL_MARK_INVALID = (
    'the body is invalid: send {"mark": …} with the answer of POST …/mark, or {} to reset to the '
    'scenario; "wait", the seconds to wait for plugins, is optional'
)
CONTROL_MARK_OUT_OF_RANGE = (
    "the mark is not between the start of the world and now: get a mark from POST …/mark"
)
CONTROL_KEY_INVALID = (
    'the body is invalid: send {"revoked": true or false, "expiryDate": time}, or only one of these'
)
CONTROL_PLUGIN_MISSING = "the plugin is missing: name it with ?plugin=…"
CONTROL_LINK_INVALID = (
    'the body is invalid: send {"plugin": name, "path": absolute path of a folder or .py file on '
    'the machine of the emulator, "projects": [ids or titles], "eventMatcher": [patterns]}; the '
    "last two are optional"
)
CONTROL_UNLINK_INVALID = 'the body is invalid: send {"plugin": name}'
CONTROL_VERSION_INVALID = "the number of a version is missing or invalid: give {parameter}=…"
CONTROL_RUNS_INVALID = (
    "a parameter is unknown or invalid: give only plugin, project, failed (true or false), limit "
    "(a number), after (the cursor of an earlier answer), wait (seconds) and lines (true or false)"
)
CONTROL_WAIT_INVALID = 'the body is invalid: send {"timeout": seconds}'


def body_not_an_object(value: object) -> str:
    """Return the error for a body that is JSON, but not an object."""
    return BODY_NOT_JSON.format(reason=f"it is a {type(value).__name__}")


NUMBER_TOO_LARGE = "The number {number} is too large."
SCHEMA_NAME_HINT = (
    "-- Kili Emulator does not know this name: check the spelling; docs/coverage.md lists the "
    "parts of the platform that are not emulated."
)
JSON_REFUSED = "JSON cannot be read: {reason}."
DATE_TIME_REFUSED = "DateTime cannot represent {value!r}: give YYYY-MM-DD or an ISO-8601 time."
PAGE_SIZE_NOT_INTEGER = "Bad type of input PageSize, expected type integer, got type {kind}."
PAGE_SIZE_OUT_OF_RANGE = "PageSize must be between 0 and {limit}, got {value}."


def request_not_json(reason: str) -> KiliError:
    """An argument of the Python API has a value that a request cannot have. (ours)"""
    return invalid_input("The request", f"a value is not JSON: {reason}")
