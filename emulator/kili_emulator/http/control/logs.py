"""The route that lists the log lines of plugins, and waits for further ones."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kili_emulator.http.control.parameters import Parameters
from kili_emulator.http.control.sessions import Sessions


def add_log_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route that lists the log lines of plugins.

    ``GET …/logs`` takes ``plugin``, ``project`` and ``limit``, and answers ``lines`` and ``next``.
    With ``after`` (the ``next`` of an earlier answer), ``lines`` are those that were stored since
    that answer; with ``wait`` (seconds) in addition, the answer waits for one.
    """

    @blueprint.get("/worlds/<name>/logs")
    def list_logs(name: str) -> Response:
        from kili_emulator.services import logs

        given = Parameters(
            plugin="text", project="text", after="number", limit="number", wait="number"
        )
        query = logs.LogQuery(
            plugin=given.text("plugin"),
            project=given.text("project"),
            after=given.number("after"),
            limit=given.number("limit"),
        )
        page = logs.list_logs(sessions.open(name, given.number("wait") or 0), query)
        return jsonify(page._asdict())
