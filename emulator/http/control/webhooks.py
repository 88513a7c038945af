"""Deliveries of webhooks are made once more here."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from emulator.domain.registry import WorldRegistry
from emulator.http.control.waiting import LONGEST_WAIT
from emulator.plugins.host import PluginHost
from emulator.rules.masking import masked


def add_webhook_routes(
    blueprint: Blueprint, registry: WorldRegistry, host: PluginHost, wait: float
) -> None:
    """The route that delivers again what a run of a webhook delivered; it answers the new run.

    Args:
        wait: seconds that an answer waits, at most, for the new run.
    """

    @blueprint.post("/worlds/<name>/runs/<run_id>/redeliver")
    def redeliver(name: str, run_id: str) -> Response:
        world = registry.get(name)
        made = host.redeliver(world, run_id, min(wait, LONGEST_WAIT))
        return jsonify(masked(world.view.runs.get(made)))
