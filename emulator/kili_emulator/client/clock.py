"""The part ``emulator.clock``: the time of the emulator's world."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kili_emulator.client.control_requests import ControlRequests
from kili_emulator.clock import format_time, parse_time

if TYPE_CHECKING:
    from kili_emulator.clock import StoredClock
    from kili_emulator.services.clock import ClockView

_PATH = "/clock"


class FrozenClock:
    """A clock that was stopped; as a context manager, it goes on as before after the block.

    Args:
        owner: the clock.
        before: the state to which the end of a ``with`` block returns.
    """

    def __init__(self, owner: WorldClock, before: StoredClock) -> None:
        self._owner = owner
        self._before = before

    def __enter__(self) -> WorldClock:
        return self._owner

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._owner.restore(self._before)


class WorldClock:
    """The clock of the emulator's world: ``emulator.clock``.

    Args:
        requests: sends the requests about the world.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def now(self) -> datetime:
        """Return the time that the clock shows, aware, in UTC."""
        return parse_time(self.show()["time"])

    def show(self) -> ClockView:
        """Return the clock's time and how it goes."""
        view: ClockView = self._requests.get(_PATH)
        return view

    def freeze(self, time: str | datetime | None = None) -> FrozenClock:
        """Stop the clock.

        ::

            with emulator.freeze("2026-01-05T09:00:00Z") as clock:
                clock.advance(hours=2)

        Args:
            time: where to stop it: an ISO 8601 time, or ``now`` for the time of the system; by
                default, at the present moment. A time without a zone is in UTC.

        Returns:
            a context manager, at whose end the clock goes on as before; without ``with``, the clock
            stays frozen.

        Raises:
            KiliError: it is not a time.
        """
        before = self.show()["state"]
        self._act("freeze", time=None if time is None else _to_text(time))
        return FrozenClock(self, before)

    def set(self, time: str | datetime) -> ClockView:
        """Move the clock to a time, from which it goes on as before.

        Args:
            time: as for :meth:`freeze`.

        Raises:
            KiliError: it is not a time.
        """
        return self._act("set", time=_to_text(time))

    def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> ClockView:
        """Move the clock forward; wait for the runs and builds that are due then.

        Raises:
            KiliError: the time span is not above 0, or too long.
        """
        total = days * 86_400 + hours * 3600 + minutes * 60 + seconds
        return self._act("advance", seconds=total)

    def speed(self, factor: float) -> ClockView:
        """Let the clock run ``factor`` times as fast as the system's clock.

        Raises:
            KiliError: the factor is not above 0, or too large.
        """
        return self._act("speed", factor=factor)

    def resume(self) -> ClockView:
        """Let the clock run on from its present time, as fast as the system's clock."""
        return self._act("resume")

    def restore(self, state: StoredClock) -> ClockView:
        """Let the clock go on as at an earlier moment: ``state`` of :meth:`show`.

        Raises:
            KiliError: it is not the state of a clock.
        """
        return self._act("restore", state=state)

    def _act(self, action: str, **members: Any) -> ClockView:
        view: ClockView = self._requests.post(_PATH, {"action": action, **members})
        return view


def _to_text(time: str | datetime) -> str:
    """Return a time as text; a time without a zone is in UTC, as in texts."""
    if not isinstance(time, datetime):
        return time
    return format_time(time) if time.tzinfo else time.isoformat()
