"""Move the clock of a world, for tests of what follows it."""

from __future__ import annotations

from datetime import timedelta

from kili_emulator.domain.world import World


def advance(world: World, span: timedelta) -> None:
    """Move the clock of a world forward, or back."""
    world.set_clock(lambda clock: clock.turned(moment=clock.now() + span))
