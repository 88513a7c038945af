"""The only source of time.

All code that needs the current time reads a :class:`Clock`; no other module reads the system's
clock. Times are UTC with millisecond precision; as text they are ISO-8601 with exactly three
decimals and a ``Z`` (contract/values.md#times).
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Literal, TypedDict, TypeGuard, cast, get_args


def format_time(moment: datetime) -> str:
    """Format an aware datetime as the platform does: ``2023-01-16T11:00:36.691Z``."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Parse a date, or a date with a time, as an aware datetime in UTC.

    Accepts ``YYYY-MM-DD``, ISO-8601, and the texts of clients that add a ``Z`` to a time with a
    zone (``…+00:00Z``, contract/values.md#times). A text without a zone is in UTC.

    Raises:
        ValueError: the text has another form, the date does not exist, or the year is not one of 1
            to 9999 in UTC.
    """
    zoneless_text = text.strip()
    if zoneless_text.endswith(("Z", "z")):
        zoneless_text = zoneless_text[:-1]
    moment = datetime.fromisoformat(_pad_fraction(zoneless_text))
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError(f"{text} is before the year 1 or after the year 9999 in UTC") from None


def parse_end_time(text: str) -> datetime:
    """Parse a text as the end of a period: a date without a time means its last millisecond.

    Raises:
        ValueError: as :func:`parse_time`.
    """
    moment = parse_time(text)
    if len(text.strip().rstrip("Zz")) > len("2023-01-16"):
        return moment
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_000)


def _pad_fraction(text: str) -> str:
    """Pad or cut the fraction of a second to 6 digits: Python 3.10 accepts only 3 or 6."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"


# The limits of a world's time, and of the speed of its clock.
FIRST_YEAR, LAST_YEAR = 1970, 9998
MAX_SPEED = 1_000_000

# The time at which a world with a seed starts: a Monday morning, so that "today" and "this week"
# have a meaning in tests. A clock that steps moves by a millisecond, the precision of its times.
SEEDED_START = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
STEP = timedelta(milliseconds=1)

# A longer step back is deliberate: a test freezes the time, or a user corrects a wrong clock.
_MAX_STEP_BACK = timedelta(minutes=1)
_NO_TIME = timedelta()
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

ClockMode = Literal["running", "frozen", "stepping"]
_MODES = get_args(ClockMode)


class StoredClock(TypedDict):
    """The state of a clock as JSON; ``time`` and ``systemTime`` are texts with microseconds."""

    mode: ClockMode
    time: str
    systemTime: str
    speed: float


@dataclass(frozen=True)
class ClockState:
    """How a clock goes.

    Attributes:
        mode: whether the time runs with the system's clock, stands still, or moves by a step for
            each change of the world, and is then independent of the system.
        moment: the world's time when the system's clock showed ``system``.
        system: the system's time at that moment; it counts only if the clock runs.
        speed: the world's seconds per second of the system, if the clock runs.
    """

    mode: ClockMode = "running"
    moment: datetime = _EPOCH
    system: datetime = _EPOCH
    speed: float = 1.0

    def at(self, system: datetime) -> datetime:
        """Return the world's time when the system's clock shows ``system``."""
        if self.mode != "running":
            return self.moment
        passed = system - self.system
        return self.moment + (passed if self.speed == 1 else passed * self.speed)

    def stored(self) -> StoredClock:
        """Return the state as JSON, which the caller must not change."""
        return self._stored

    @cached_property  # each commit stores the state
    def _stored(self) -> StoredClock:
        return {
            "mode": self.mode,
            "time": _format_exactly(self.moment),
            "systemTime": _format_exactly(self.system),
            "speed": self.speed,
        }

    @classmethod
    def parse(cls, stored: object) -> ClockState:
        """Return the state that :meth:`stored` made JSON of.

        Args:
            stored: the JSON; also a number, the offset in seconds from the system's clock, which
                earlier versions of the emulator stored.

        Raises:
            ValueError: it has another form, or names a time that no world can have.
        """
        if isinstance(stored, int | float) and not isinstance(stored, bool):
            return _checked_state(cls(moment=_after_epoch(stored)))
        if not isinstance(stored, dict) or stored.keys() != StoredClock.__annotations__.keys():
            raise ValueError("not a state of a clock")
        times = (stored["time"], stored["systemTime"])
        if stored["mode"] not in _MODES or not all(isinstance(each, str) for each in times):
            raise ValueError("not a state of a clock")
        moment, system = map(parse_time, times)
        speed = checked_speed(stored["speed"])
        return _checked_state(cls(stored["mode"], moment, system, speed))


def default_clock(seed: int | None) -> ClockState:
    """Return how the clock of a new world goes.

    Args:
        seed: the seed of the world; with one, the clock is independent of the system.
    """
    return ClockState() if seed is None else ClockState("stepping", SEEDED_START)


def first_clock(start: datetime, seed: int | None) -> ClockState:
    """Return how the clock of a new world goes that starts at a given time."""
    return Clock(default_clock(seed)).turned(moment=start)


def _checked_state(state: ClockState) -> ClockState:
    """Return a state, if its present time is one that a world can have.

    Raises:
        ValueError: it is not.
    """
    try:
        checked_moment(state.at(datetime.now(timezone.utc)))
    except OverflowError:
        raise ValueError("no world can have this time") from None
    return state


def checked_speed(speed: object) -> float:
    """Return a speed, if a clock can run so fast.

    Raises:
        ValueError: it is not a number, not above 0, or above :data:`MAX_SPEED`.
    """
    if not is_positive_number(speed) or speed > MAX_SPEED:
        raise ValueError("not a speed of a clock")
    return float(speed)


def is_positive_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a finite number above 0, and not a boolean."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 < cast(float, value) < math.inf


def checked_moment(moment: datetime) -> datetime:
    """Return a time, if a world can have it.

    Raises:
        ValueError: it is not in the years :data:`FIRST_YEAR` to :data:`LAST_YEAR`.
    """
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("no world can have this time")
    return moment


def _after_epoch(seconds: float) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        raise ValueError("not a number of seconds") from None


def _format_exactly(moment: datetime) -> str:
    """Format a datetime as text with microseconds."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


class Clock:
    """A world's clock.

    It shows the time of the system, unless its state says otherwise. If the clock of the system is
    set back a little, as its synchronization does, the time stands still until the system has
    caught up, so that a later document has no earlier time.

    If a test replaces the time of the system (``freezegun``, ``time-machine``), a clock that steps
    shows that time meanwhile.

    A reader needs no lock; the world changes its clock under the lock of its writer.
    """

    def __init__(self, state: ClockState = ClockState()) -> None:
        self._state = state
        self._latest = _EPOCH
        self._moved = threading.Condition()

    @property
    def state(self) -> ClockState:
        """How the clock goes at this moment."""
        if self._state.mode == "stepping" and _is_system_time_replaced():
            return ClockState()
        return self._state

    @state.setter
    def state(self, state: ClockState) -> None:
        self._state = state

    @property
    def own_state(self) -> ClockState:
        """How the clock goes if no test replaces the time of the system."""
        return self._state

    def now(self) -> datetime:
        """Return the world's current time, aware, in UTC, truncated to milliseconds."""
        moment = self.state.at(self._system_now())
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def step(self) -> datetime:
        """Move a clock that steps, for a change of the world; return the time of the change."""
        state = self.state
        if state.mode == "stepping":
            self._state = replace(state, moment=state.moment + STEP)
        return self.now()

    def turned(
        self,
        mode: ClockMode | None = None,
        *,
        moment: datetime | None = None,
        speed: float | None = None,
    ) -> ClockState:
        """Return the state of this clock if it was set, without setting it.

        Args:
            mode: how the clock is to go; ``None`` for as now.
            moment: the time that it is to show; ``None`` for the present one.
            speed: how fast it is to run; ``None`` for as now.

        Raises:
            ValueError: no world can have this time.
        """
        state, system = self.state, self._system_now()
        return ClockState(
            mode or state.mode,
            checked_moment(state.at(system) if moment is None else moment),
            system if (mode or state.mode) == "running" else _EPOCH,
            state.speed if speed is None else speed,
        )

    def wait_until(self, due: datetime, is_cancelled: Callable[[], bool]) -> bool:
        """Wait until the clock shows a time.

        A clock that stands still shows it only after somebody has set it. If the clock steps, or a
        test replaces the time of the system, the wait takes as many seconds of real time as the
        clock lacks.

        Args:
            is_cancelled: called now and after each :meth:`wake`; true ends the wait.

        Returns:
            whether the time has come; false if the wait was cancelled.
        """
        with self._moved:
            while not is_cancelled():
                remaining = (due - self.now()).total_seconds()
                if remaining <= 0:
                    return True
                state = self.state
                seconds = min(remaining / state.speed, threading.TIMEOUT_MAX)
                if self._moved.wait(None if state.mode == "frozen" else seconds):
                    continue
                if state.mode == "stepping" or _is_system_time_replaced():
                    return True
        return False

    def wake(self) -> None:
        """Let all waits look at the clock, as it was set, or at their reason to be cancelled."""
        with self._moved:
            self._moved.notify_all()

    def _system_now(self) -> datetime:
        system = datetime.now(timezone.utc)
        if not _NO_TIME < self._latest - system <= _MAX_STEP_BACK:
            self._latest = system
        return self._latest


def _is_system_time_replaced() -> bool:
    """Return whether ``freezegun`` or ``time-machine`` now replaces the time of the system."""
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        return True
    time_machine = sys.modules.get("time_machine")
    return time_machine is not None and bool(time_machine.escape_hatch.is_travelling())


def monotonic() -> float:
    """Return the seconds of a clock that never goes back, to measure durations."""
    return time.monotonic()
