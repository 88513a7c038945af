"""The route that lists events."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kili_emulator.http.control.parameters import Parameters
from kili_emulator.http.control.sessions import Sessions


def add_event_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route that lists events.

    ``GET …/events`` takes ``type`` (a name or a pattern), ``project``, ``asset``, ``run``,
    ``internal`` (``true`` or ``false``) and ``limit``, and answers ``events``.
    """

    @blueprint.get("/worlds/<name>/events")
    def list_events(name: str) -> Response:
        from kili_emulator.services import events

        given = Parameters(
            type="text", project="text", asset="text", run="text", internal="flag", limit="number"
        )
        query = events.EventQuery(
            type=given.text("type"),
            project=given.text("project"),
            asset=given.text("asset"),
            run=given.text("run"),
            internal=given.flag("internal") or False,
            limit=given.number("limit"),
        )
        return jsonify(events=events.list_events(sessions.open(name), query))
