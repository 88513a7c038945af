"""The clock of a world as a part of its state: stored with each commit and each mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kili_emulator.clock import Clock, ClockState

if TYPE_CHECKING:
    from kili_emulator.domain.world import World

MEMBER = "clock"
_EARLIER_MEMBER = "clock_offset"  # of earlier versions: a number of seconds


def read_clock(meta: Mapping[str, Any]) -> ClockState | None:
    """Return the state of the clock of a stored world; ``None`` for a new world.

    Raises:
        ValueError: it is not the state of a clock.
    """
    stored = meta.get(MEMBER, meta.get(_EARLIER_MEMBER))
    return None if stored is None else ClockState.parse(stored)


def set_clock(world: World, make_state: Callable[[Clock], ClockState]) -> None:
    """Set the clock, and store its state; work that waits for the time looks at the clock.

    Args:
        make_state: returns the new state; nothing else changes the clock meanwhile.

    Raises:
        StorageError: the data folder cannot be written; the clock is not set.
    """
    world.check_no_transaction()
    with world.documents.write_lock:
        state = make_state(world.clock)
        world.documents.commit([], {MEMBER: state.stored()})
        world.clock.state = state
    world.clock.wake()
    for callback in list(world.after_clock_change):
        callback()


def reach(world: World, due: datetime, epoch: int | None) -> None:
    """Move a clock that steps forward to a time that work has waited for.

    Raises:
        EpochOverError: the epoch is over.
    """
    with world.documents.write_lock:
        world.check_epoch(epoch)
        if world.clock.state.mode == "stepping" and world.clock.now() < due:
            world.clock.state = world.clock.turned(moment=due)
