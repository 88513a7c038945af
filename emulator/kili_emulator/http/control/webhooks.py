"""The route that delivers to a webhook again."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kili_emulator.http.control.sessions import Sessions
from kili_emulator.services import runs


def add_webhook_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """The route that delivers again what a run of a webhook delivered; it answers the new run."""

    @blueprint.post("/worlds/<name>/runs/<run_id>/redeliver")
    def redeliver(name: str, run_id: str) -> Response:
        return jsonify(runs.redeliver(sessions.open(name), run_id))
