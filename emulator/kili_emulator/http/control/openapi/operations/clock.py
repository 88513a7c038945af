"""The descriptions of the routes of the clock."""

from __future__ import annotations

from typing import Literal, TypedDict

from kili_emulator.clock import StoredClock
from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.services.clock import ClockView

_CLOCK = "/worlds/<name>/clock"


class _Action(TypedDict):
    action: Literal["freeze", "set", "advance", "speed", "resume", "restore"]


class ClockAction(_Action, total=False):
    """What to do with the clock; each action takes one other member, ``resume`` none.

    - ``time``: of ``freeze`` and ``set``: an ISO 8601 time, or ``now`` for the time of the system;
      ``freeze`` without it stops the clock at the present moment.
    - ``seconds``: of ``advance``: by how much.
    - ``factor``: of ``speed``: the world's seconds per second of the system.
    - ``state``: of ``restore``: the ``state`` of an earlier answer.
    """

    time: str | None
    seconds: float
    factor: float
    state: StoredClock


OPERATIONS = (
    Operation("showClock", "GET", _CLOCK, "Show the clock of a world.", answer=ClockView),
    Operation(
        "setClock",
        "POST",
        _CLOCK,
        "Set the clock of a world, and wait for the runs and builds that are due then.",
        answer=ClockView,
        body=ClockAction,
    ),
)
