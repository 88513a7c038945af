"""The route that redelivers a run of a webhook."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kili_emulator.http.control.sessions import Sessions
from kili_emulator.services import runs


def add_webhook_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the route that redelivers a run of a webhook; it answers the new run."""

    @blueprint.post("/worlds/<name>/runs/<run_id>/redeliver")
    def redeliver(name: str, run_id: str) -> Response:
        return jsonify(runs.redeliver(sessions.open(name), run_id))
