"""The descriptions of the routes about the clock of a world."""

from __future__ import annotations

from typing import Literal, TypedDict

from kili_emulator.clock import StoredClock
from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.services.clock import ClockView

_CLOCK = "/worlds/<name>/clock"


class ClockFreeze(TypedDict):
    """Stop the clock, at the present moment if ``time`` is ``None``."""

    action: Literal["freeze"]
    time: str | None


class ClockSet(TypedDict):
    """Move the clock to a time, from which it goes on as before."""

    action: Literal["set"]
    time: str


class ClockAdvance(TypedDict):
    """Move the clock forward."""

    action: Literal["advance"]
    seconds: float


class ClockSpeed(TypedDict):
    """Let the clock run so many times as fast as the system's clock."""

    action: Literal["speed"]
    factor: float


class ClockResume(TypedDict):
    """Let the clock run on as fast as the system's clock."""

    action: Literal["resume"]


class ClockRestore(TypedDict):
    """Let the clock go on as at an earlier moment; ``state`` is that of an earlier answer."""

    action: Literal["restore"]
    state: StoredClock


_Change = ClockFreeze | ClockSet | ClockAdvance | ClockSpeed | ClockResume | ClockRestore

OPERATIONS = (
    Operation(
        "showClock", "GET", _CLOCK, "Show the time of a world, and how it goes.", answer=ClockView
    ),
    Operation(
        "setClock",
        "POST",
        _CLOCK,
        "Freeze, set, advance or speed up the clock. The answer waits for the runs and builds that "
        "are due then.",
        answer=ClockView,
        body=_Change,
    ),
)
