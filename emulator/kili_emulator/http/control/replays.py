"""Routes that repeat a recorded run, and pack it into a bundle."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from kili_emulator import errors
from kili_emulator.config import Settings
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.http.control.sessions import Sessions
from kili_emulator.http.request_body import read_json
from kili_emulator.plugins.dispatch.host import PluginHost

if TYPE_CHECKING:
    from kili_emulator.services.replays import RepeatRun, ReplayOptions

# The largest number of repetitions in one request.
MAX_TIMES = 1000


def add_replay_routes(
    blueprint: Blueprint,
    registry: WorldRegistry,
    host: PluginHost,
    settings: Settings,
    repeat: RepeatRun,
) -> None:
    """Add the routes that repeat a run and pack it.

    Args:
        repeat: repeats a run in an emulator of its own.
    """
    sessions = Sessions(registry, host, settings.sync_wait)

    @blueprint.post("/worlds/<name>/runs/<run_id>/replay")
    def replay(name: str, run_id: str) -> Response:
        from kili_emulator.services import replays  # here and below: few servers repeat a run

        options = _parse_options(read_json(request))
        return jsonify(replays.replay_run(sessions.open(name), run_id, options, repeat))

    @blueprint.get("/worlds/<name>/runs/<run_id>/bundle")
    def bundle(name: str, run_id: str) -> Response:
        from kili_emulator.services import replays

        whole_world = request.args.get("wholeWorld", "false")
        if whole_world not in ("true", "false") or request.args.keys() - {"wholeWorld"}:
            raise WorldError(errors.CONTROL_BUNDLE_INVALID)
        archive = replays.bundle_run(
            sessions.open(name), run_id, settings, whole_world=whole_world == "true"
        )
        return Response(archive, content_type="application/zip")


def _parse_options(data: dict[str, Any]) -> ReplayOptions:
    """Return the options of a request.

    Raises:
        WorldError: a member is unknown or of the wrong type.
    """
    from kili_emulator.replays.plugin_code import PluginCode
    from kili_emulator.services.replays import ReplayOptions

    times, archive = data.get("times", 1), data.get("archive")
    is_number = isinstance(times, int) and not isinstance(times, bool)
    is_valid = is_number and 1 <= times <= MAX_TIMES and isinstance(archive, str | None)
    if not is_valid or data.keys() - {"times", "archive"}:
        raise WorldError(errors.CONTROL_REPLAY_INVALID.format(limit=MAX_TIMES))
    if archive is None:
        return ReplayOptions(times=times)
    try:
        return ReplayOptions(PluginCode(base64.b64decode(archive, validate=True)), times)
    except (binascii.Error, ValueError):
        raise WorldError(errors.CONTROL_REPLAY_INVALID.format(limit=MAX_TIMES)) from None
