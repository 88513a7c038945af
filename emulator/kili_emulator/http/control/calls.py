"""The route that lists the latest API requests."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kili_emulator.http.control.parameters import Parameters
from kili_emulator.http.control.sessions import Sessions


def add_call_routes(blueprint: Blueprint, sessions: Sessions, operations: list[str]) -> None:
    """Add the route that lists the latest API requests.

    ``GET …/calls`` takes ``operation``, ``user``, ``failed`` (``true`` or ``false``) and ``limit``,
    and answers ``calls``.

    Args:
        operations: the root fields of GraphQL.
    """

    @blueprint.get("/worlds/<name>/calls")
    def list_calls(name: str) -> Response:
        from kili_emulator.services import calls

        given = Parameters(operation="text", user="text", failed="flag", limit="number")
        query = calls.CallQuery(
            operation=given.text("operation"),
            user=given.text("user"),
            failed=given.flag("failed"),
            limit=given.number("limit"),
        )
        return jsonify(calls=calls.list_calls(sessions.open(name), query, operations))
