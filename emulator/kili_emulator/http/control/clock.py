"""Routes that read and set the clock of a world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from kili_emulator import errors
from kili_emulator.http.control.sessions import Sessions
from kili_emulator.http.request_body import read_json
from kili_emulator.services import clock
from kili_emulator.services.clock import ClockView
from kili_emulator.services.session import WorldSession

# The action of a request → its function, and the member with the function's argument.
_ACTIONS: dict[str, tuple[Callable[..., ClockView], str | None]] = {
    "freeze": (clock.freeze, "time"),
    "set": (clock.set_time, "time"),
    "advance": (clock.advance, "seconds"),
    "speed": (clock.set_speed, "factor"),
    "resume": (clock.resume, None),
    "restore": (clock.restore, "state"),
}


def add_clock_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """Add the routes of the clock."""

    @blueprint.get("/worlds/<name>/clock")
    def show_clock(name: str) -> Response:
        return jsonify(clock.show(sessions.open(name)))

    @blueprint.post("/worlds/<name>/clock")
    def set_clock(name: str) -> Response:
        return jsonify(_act(sessions.open(name), read_json(request)))


def _act(session: WorldSession, data: dict[str, Any]) -> ClockView:
    """Do the action of a request.

    Raises:
        KiliError: the action or its argument is unknown, missing or not valid.
    """
    chosen = data.get("action")
    if not isinstance(chosen, str) or chosen not in _ACTIONS:
        raise errors.KiliError(errors.CONTROL_CLOCK_INVALID)
    action, member = _ACTIONS[chosen]
    arguments = {name: value for name, value in data.items() if name != "action"}
    if chosen == "freeze" and arguments.get("time", "") is None:
        del arguments["time"]
    if arguments.keys() - {member} or (member and not arguments and chosen != "freeze"):
        raise errors.KiliError(errors.CONTROL_CLOCK_INVALID)
    return action(session, *arguments.values())
