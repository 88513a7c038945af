"""What the door answers, before GraphQL is asked; and what scalars do not take."""

from __future__ import annotations

ROUTE_UNKNOWN = "There is nothing at {path}."
METHOD_UNKNOWN = "{path} does not take {method} requests."
REQUEST_REFUSED = "The request is refused: {reason}"
UNAUTHORIZED = "Unauthorized"
BODY_TOO_LARGE = "The request body is larger than {limit} MB."
BODY_NOT_GZIP = "The body is sent as gzip, but cannot be unpacked as such."
BODY_INCOMPLETE = "The body breaks off, or is not sent as its headers say."
BODY_NOT_JSON = "The body is not a JSON object: {reason}"
QUERY_MISSING = "The body has no text member 'query'."
HOST_NOT_ALLOWED = (
    "This emulator does not answer for host {host!r}. "
    "Start it with --allow-host {name} to allow it."
)
HOST_MISSING = "The Host header of the request names no host."
ORIGIN_NOT_ALLOWED = "Requests from other web sites are refused."
SUBSCRIPTIONS_ONLY = (
    "Over the websocket only subscriptions are answered: POST queries and mutations instead."
)
SUBPROTOCOL_UNKNOWN = "The websocket speaks the sub-protocol graphql-ws only: ask for that one."
HANDSHAKE_REFUSED = "This is not the beginning of a websocket: {reason}"
FRAME_TYPE_UNKNOWN = (
    "The message is not understood: send a JSON object with a type of connection_init, start, "
    "stop or connection_terminate."
)
START_INCOMPLETE = "A start needs an id, and a payload with a text member 'query'."
CLIENT_TOO_SLOW = "The connection is closed: too many messages wait for being read."
UPLOAD_TOKEN_INVALID = "The upload URL is not valid: ask for a new one."
UPLOAD_TOKEN_EXPIRED = "The upload URL has expired: ask for a new one."
FILE_UNKNOWN = "No file has this id, or it is not accessible with this key."
UNEXPECTED_FAILURE = (
    "[unexpectedRetrieving] Unexpected error when retrieving runtime information. Please contact "
    "our support team if it occurs again. -- This can be due to: {detail} | trace : false"
)
CONTROL_NEEDS_ADMIN = "The control plane needs the key of an administrator of this world."
CONTROL_CREATE_INVALID = 'send {"name": text, "scenario": text, "seed": number}'
CONTROL_MARK_INVALID = 'send {"mark": …} with what POST …/mark answered'
CONTROL_MARK_OUT_OF_RANGE = "the mark is not of the time between the world's start and now"
CONTROL_KEY_INVALID = 'send {"revoked": true or false, "expiryDate": time}, or one of them'
CONTROL_PLUGIN_MISSING = "name a plugin: ?plugin=…"
CONTROL_LINK_INVALID = (
    'send {"plugin": name, "path": absolute path of a folder or .py file on the machine of the '
    'emulator, "projects": [ids or titles], "eventMatcher": [patterns]}; the last two may be left '
    "out"
)
CONTROL_UNLINK_INVALID = 'send {"plugin": name}'
CONTROL_VERSION_INVALID = "give the number of a version: {parameter}=…"
CONTROL_RUNS_INVALID = (
    "ask with any of plugin, project, failed (true or false), limit (a number), after (a cursor "
    "that was answered before), wait (seconds) and lines (true or false)"
)
CONTROL_WAIT_INVALID = 'send {"timeout": seconds}'


def body_not_an_object(value: object) -> str:
    """A body is JSON, but something else than an object."""
    return BODY_NOT_JSON.format(reason=f"it is a {type(value).__name__}")


NUMBER_TOO_LARGE = "The number {number} is too large."
SCHEMA_NAME_HINT = (
    "-- Kili Emulator has nothing of this name: check how it is spelled; docs/coverage.md lists "
    "what is not emulated."
)
JSON_REFUSED = "JSON cannot be read: {reason}."
DATE_TIME_REFUSED = "DateTime cannot represent {value!r}: give YYYY-MM-DD or an ISO-8601 time."
PAGE_SIZE_NOT_INTEGER = "Bad type of input PageSize, expected type integer, got type {kind}."
PAGE_SIZE_OUT_OF_RANGE = "PageSize must be between 0 and {limit}, got {value}."
