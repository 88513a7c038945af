"""Routes that save and load the state of a world as a file."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import WorldError
from kili_emulator.http.control.scenarios import is_administrator
from kili_emulator.http.control.sessions import MAX_WAIT_SECONDS, Sessions
from kili_emulator.http.request_body import read_body
from kili_emulator.services import states


def add_state_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes that save and load the state of a world."""

    @blueprint.get("/worlds/<name>/state")
    def save_state(name: str) -> Response:
        if request.args.keys() - {"project"}:
            raise WorldError(errors.CONTROL_STATE_INVALID)
        session = sessions.open(name, MAX_WAIT_SECONDS)
        content = states.save_state(session, request.args.get("project"))
        return Response(content, content_type="application/zip")

    @blueprint.post("/worlds/<name>/state")
    def load_state(name: str) -> Response:
        replace = request.args.get("replace", "false")
        if replace not in ("true", "false") or request.args.keys() - {"replace"}:
            raise WorldError(errors.CONTROL_STATE_LOAD_INVALID)
        loaded = states.load_state(
            sessions.open(name, MAX_WAIT_SECONDS),
            read_body(request),
            replace=replace == "true",
            may_keep=lambda _: is_administrator(sessions.registry, g.controller_key),
        )
        if loaded is None:
            raise WorldError(errors.CONTROL_STATE_LOCKS_OUT)
        return jsonify(loaded)
