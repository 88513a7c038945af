"""Move the clock of a world, for tests of what follows it."""

from __future__ import annotations

from datetime import timedelta

from kili_emulator.domain.world import World
from kili_emulator.domain.world_clock import set_clock


def advance(world: World, span: timedelta) -> None:
    """Move the clock of a world forward, or back."""
    set_clock(world, lambda clock: clock.turned(moment=clock.now() + span))
