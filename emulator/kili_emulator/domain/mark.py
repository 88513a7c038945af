"""Marks: points in the history of a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kili_emulator.clock import ClockState, StoredClock


@dataclass(frozen=True)
class Mark:
    """A point in a world's history, to which the world can be rolled back."""

    sequence: int
    ids: list[Any]
    clock: StoredClock
    epoch: int = 0

    @classmethod
    def parse(cls, members: Mapping[str, Any]) -> Mark:
        """Return the mark with these members, as :func:`dataclasses.asdict` returns them.

        Marks of earlier versions have ``clock_offset`` in place of ``clock``: a number of seconds.

        Raises:
            TypeError: members are missing or unknown.
            ValueError: the member ``clock`` is not the state of a clock.
        """
        renamed = {"clock" if name == "clock_offset" else name: members[name] for name in members}
        mark = cls(**renamed)
        return replace(mark, clock=ClockState.parse(mark.clock).stored())
