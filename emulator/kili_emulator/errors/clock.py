"""Errors about the clock of a world (all ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError

CONTROL_CLOCK_INVALID = (
    'the body is invalid: send {"action": "freeze" or "set" with "time", "advance" with "seconds", '
    '"speed" with "factor", "resume", or "restore" with "state"}; only freeze needs no time'
)


def clock_time_invalid(value: object) -> KiliError:
    """The time to which a clock is to be set is not a time."""
    return KiliError(
        f"{value!r} is not a time: give an ISO 8601 time, in UTC unless it names a zone, such as "
        "2026-01-05T09:00:00Z, or now for the time of the system"
    )


def clock_time_out_of_range(first: int, last: int) -> KiliError:
    """A clock is to show a time that no world can have."""
    return KiliError(
        f"a world's clock shows the years {first} to {last} only: give a time in between"
    )


def clock_advance_invalid(value: object) -> KiliError:
    """A clock is to advance by something that is not a positive number of seconds."""
    return KiliError(
        f"the clock cannot advance by {value!r}: give a time span above 0, or set the clock to an "
        "earlier time"
    )


def clock_speed_invalid(value: object, limit: int) -> KiliError:
    """A clock is to run at a speed that is not possible."""
    return KiliError(
        f"{value!r} is not a speed: give a number above 0 and up to {limit}, such as 60 for a "
        "minute in each second, or freeze the clock"
    )


def clock_state_invalid() -> KiliError:
    """A clock is to go on in a state that is not one of a clock."""
    return KiliError("the state of the clock is invalid: give the state of an earlier answer")
