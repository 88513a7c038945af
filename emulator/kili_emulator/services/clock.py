"""Services for the clock of a world: read it, and freeze, set, advance or speed it up.

Everything in a world follows its clock (docs/internals/worlds.md). Each service that sets the clock
waits for the runs and builds that are due then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

from kili_emulator import errors
from kili_emulator.clock import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_SPEED,
    Clock,
    ClockMode,
    ClockState,
    StoredClock,
    checked_speed,
    format_time,
    is_positive_number,
    parse_time,
)
from kili_emulator.domain.world_clock import set_clock
from kili_emulator.services.session import WorldSession

NOW = "now"


class ClockView(TypedDict):
    """The clock of a world.

    - ``time``: the time that it shows.
    - ``mode``: ``running``, ``frozen``, or ``stepping``: it moves by a millisecond for each change
      of the world.
    - ``speed``: the world's seconds per second of the system, if the clock runs.
    - ``state``: the state that :func:`restore` takes.
    """

    world: str
    time: str
    mode: ClockMode
    speed: float
    state: StoredClock


def show(session: WorldSession) -> ClockView:
    """Return the clock of a world."""
    clock = session.world.clock
    return {
        "world": session.world.name,
        "time": format_time(clock.now()),
        "mode": clock.state.mode,
        "speed": clock.state.speed,
        "state": clock.own_state.stored(),
    }


def freeze(session: WorldSession, time: str | None = None) -> ClockView:
    """Stop the clock, at a time or at the present moment.

    Args:
        time: an ISO 8601 time; ``now`` for the time of the system.

    Raises:
        KiliError: it is not a time, or not one that a world can have.
    """
    moment = None if time is None else _parse(time)
    return _set(session, lambda clock: clock.turned("frozen", moment=moment))


def set_time(session: WorldSession, time: str) -> ClockView:
    """Move the clock to a time, from which it goes on as before.

    Args:
        time: as for :func:`freeze`.

    Raises:
        KiliError: as :func:`freeze`.
    """
    moment = _parse(time)
    return _set(session, lambda clock: clock.turned(moment=moment))


def advance(session: WorldSession, seconds: float) -> ClockView:
    """Move the clock forward, whether it runs or not.

    Raises:
        KiliError: the number is not above 0, or no world can have the time after it.
    """
    if not is_positive_number(seconds):
        raise errors.clock_advance_invalid(seconds)

    def advanced(clock: Clock) -> ClockState:
        return clock.turned(moment=clock.turned().moment + timedelta(seconds=seconds))

    return _set(session, advanced)


def set_speed(session: WorldSession, factor: float) -> ClockView:
    """Let the clock run on from its present time, faster or slower than the system's clock.

    Raises:
        KiliError: the factor is not above 0, or too large.
    """
    try:
        speed = checked_speed(factor)
    except ValueError:
        raise errors.clock_speed_invalid(factor, MAX_SPEED) from None
    return _set(session, lambda clock: clock.turned("running", speed=speed))


def resume(session: WorldSession) -> ClockView:
    """Let the clock run on from its present time, as fast as the system's clock."""
    return set_speed(session, 1.0)


def restore(session: WorldSession, state: StoredClock) -> ClockView:
    """Let the clock go on as if it had not been set since an earlier moment.

    Args:
        state: the state at that moment, from a :class:`ClockView`.

    Raises:
        KiliError: it is not the state of a clock.
    """
    try:
        restored = ClockState.parse(state)
    except ValueError:
        raise errors.clock_state_invalid() from None
    return _set(session, lambda _: restored)


def _set(session: WorldSession, make_state: Callable[[Clock], ClockState]) -> ClockView:
    """Set the clock, and wait for the work that is due then.

    Raises:
        KiliError: no world can have the time.
    """
    try:
        set_clock(session.world, make_state)
    except (ValueError, OverflowError):
        raise errors.clock_time_out_of_range(FIRST_YEAR, LAST_YEAR) from None
    session.host.wait_for_due(session.world, session.seconds)
    return show(session)


def _parse(time: str) -> datetime:
    """Return the moment that a text names.

    Raises:
        KiliError: it is not a time.
    """
    if time == NOW:
        return Clock().now()
    try:
        return parse_time(time)
    except (AttributeError, ValueError):
        raise errors.clock_time_invalid(time) from None
