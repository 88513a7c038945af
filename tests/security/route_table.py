"""The table of routes: for each HTTP route of the server, the callers whom it serves.

A caller is the name of an API key in :data:`tests.security.callers.CALLERS`. All others get 401 for
an invalid key, and 403 or 404 for a valid one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.security.access_table import EVERYBODY, MEMBERS

# Administrators of the default world operate the whole server; an administrator of another world
# operates that world. Administrators of further organizations operate neither.
OPERATORS = ("admin",)
_OF_WORLD = (*OPERATORS, "elsewhere")


@dataclass(frozen=True)
class Route:
    """One route and the callers whom it serves.

    Attributes:
        callers: ``None`` if the route needs no key.
        path: the path to request; ``<name>`` stands for the name of the second world.
        sent: the arguments of the request.
        has_token: the URL has a signed token in place of the key.
    """

    method: str
    path: str
    callers: tuple[str, ...] | None
    sent: dict[str, Any] = field(default_factory=dict)
    has_token: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


_QUERY = {"json": {"query": "{ viewer { id } }"}}
_WORLD = "/_emulator/worlds/<name>"

# Routes that only read, or whose requests are refused for their arguments after the check of the
# key, so that a served request needs no new world.
ROUTES = [
    Route("GET", "/health", None),
    Route("GET", "/api/label/v2/version", None),
    Route("POST", "/api/label/v2/graphql", EVERYBODY, _QUERY),
    Route("GET", "/api/label/v2/files", MEMBERS, {"params": {"id": "<file>"}}),
    Route("PUT", "/api/label/v2/files/upload", None, has_token=True),
    Route("POST", "/_emulator/shutdown", OPERATORS),
    Route("GET", "/_emulator/metrics", OPERATORS),
    Route("GET", "/_emulator/openapi.json", _OF_WORLD),
    Route("GET", "/_emulator/worlds", OPERATORS),
    Route("POST", "/_emulator/worlds", OPERATORS, {"json": {"name": 1}}),
    Route("GET", "/_emulator/world", _OF_WORLD),
    Route("GET", _WORLD, _OF_WORLD),
    Route("DELETE", _WORLD, _OF_WORLD),
    Route("POST", f"{_WORLD}/reset", _OF_WORLD, {"json": {"mark": 1}}),
    Route("POST", f"{_WORLD}/load", _OF_WORLD, {"json": {}}),
    Route("GET", f"{_WORLD}/state", _OF_WORLD),
    Route("POST", f"{_WORLD}/state", _OF_WORLD, {"data": b"x"}),
    Route("POST", f"{_WORLD}/mark", _OF_WORLD),
    Route("GET", f"{_WORLD}/export", _OF_WORLD),
    Route("POST", f"{_WORLD}/keys/<key_name>", _OF_WORLD, {"json": {"x": 1}}),
    Route("GET", f"{_WORLD}/clock", _OF_WORLD),
    Route("POST", f"{_WORLD}/clock", _OF_WORLD, {"json": {"action": "stop"}}),
    Route("POST", f"{_WORLD}/wait-idle", _OF_WORLD, {"json": {"timeout": 0}}),
    Route("GET", f"{_WORLD}/runs", _OF_WORLD),
    Route("GET", f"{_WORLD}/runs/<run_id>", _OF_WORLD),
    Route("POST", f"{_WORLD}/runs/<run_id>/replay", _OF_WORLD, {"json": {}}),
    Route("GET", f"{_WORLD}/runs/<run_id>/bundle", _OF_WORLD),
    Route("GET", f"{_WORLD}/plugins", _OF_WORLD),
    Route("GET", f"{_WORLD}/plugins/versions", _OF_WORLD),
    Route("GET", f"{_WORLD}/plugins/files", _OF_WORLD),
    Route("GET", f"{_WORLD}/plugins/diff", _OF_WORLD),
    Route("POST", f"{_WORLD}/plugins/link", _OF_WORLD, {"json": {}}),
    Route("POST", f"{_WORLD}/plugins/unlink", _OF_WORLD, {"json": {}}),
    Route("GET", f"{_WORLD}/projects", _OF_WORLD),
    Route("GET", f"{_WORLD}/assets", _OF_WORLD),
    Route("GET", f"{_WORLD}/labels", _OF_WORLD),
    Route("GET", f"{_WORLD}/why", _OF_WORLD),
    Route("GET", f"{_WORLD}/calls", _OF_WORLD),
    Route("GET", f"{_WORLD}/events", _OF_WORLD),
    Route("GET", f"{_WORLD}/logs", _OF_WORLD),
    Route("GET", f"{_WORLD}/timeline", _OF_WORLD),
    Route("POST", f"{_WORLD}/runs/<run_id>/redeliver", _OF_WORLD),
    Route("POST", f"{_WORLD}/people/<verb>", _OF_WORLD),
    Route("POST", f"{_WORLD}/trigger", _OF_WORLD, {"json": {}}),
    Route("GET", f"{_WORLD}/faults", _OF_WORLD),
    Route("POST", f"{_WORLD}/faults", _OF_WORLD, {"json": {}}),
    Route("DELETE", f"{_WORLD}/faults", _OF_WORLD),
    Route("DELETE", f"{_WORLD}/faults/<fault_id>", _OF_WORLD),
]
# The websocket checks the key in its first frame: ``access_table.SUBSCRIPTIONS``.
WEBSOCKETS = {"/api/label/v2/graphql"}
