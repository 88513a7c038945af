"""The states in which fixtures of long scopes leave the world: kept for their tests, then undone.

A fixture of the session, a module or a class may fill the world. Its changes are the base of all
tests in its scope, and they are undone after its own teardown. Fixtures nest as pytest nests
them: session, module, class, function.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kili_emulator.app import Emulator
    from kili_emulator.app.checkpoints import Checkpoint


class KiliEmulatorWarning(UserWarning):
    """The fixtures of the emulator cannot isolate tests as the scopes of your fixtures ask."""


@dataclass(eq=False)
class FixtureState:
    """What one fixture has changed.

    Attributes:
        name: the fixture's name.
        before: the state before its setup; its end also ends the checkpoints of the fixture.
        checkpoint: the state after its setup, if it has changed the world.
        has_ended: whether its teardown is over, but its changes are below those of a fixture that
            lives longer.
    """

    name: str
    before: Checkpoint
    checkpoint: Checkpoint | None = None
    has_ended: bool = False


class FixtureStates:
    """The changes of all fixtures that are set up, oldest first.

    Attributes:
        base: the mark of the state in which the next test begins.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._states: list[FixtureState] = []
        self.base = emulator.mark()

    def begin(self, name: str) -> FixtureState:
        """Note the state before the setup of a fixture."""
        state = FixtureState(name, self._emulator.checkpoint(self.base))
        self._states.append(state)
        return state

    def finish_setup(self, state: FixtureState) -> None:
        """Make the state after the setup of a fixture the base of its tests, if it is another."""
        after = self._emulator.mark()
        if after.sequence == state.before.mark.sequence:
            state.before.drop()
            self._states.remove(state)
            return
        state.checkpoint = self._emulator.checkpoint(after)
        self.base = after
        for waiting in self._waiting_for(state):  # they asked for this fixture during their setup
            waiting.before.drop()
            waiting.before = self._emulator.checkpoint(after)
            self._states.remove(waiting)
            self._states.append(waiting)

    def end(self, state: FixtureState) -> None:
        """Undo the changes of a fixture after its teardown."""
        if state not in self._states:
            return
        state.has_ended = True
        later = [each.name for each in self._states[self._states.index(state) :] if each != state]
        if any(not each.has_ended for each in self._states[self._states.index(state) :]):
            warnings.warn(
                f"the changes of the fixture {state.name!r} stay in the emulator's world until "
                f"{later[-1]!r} ends, which has a longer scope but was set up later: let "
                f"{state.name!r} ask for {later[-1]!r}, so that it is set up first",
                KiliEmulatorWarning,
                stacklevel=2,
            )
        while self._states and self._states[-1].has_ended:
            self._undo(self._states.pop())

    def _undo(self, state: FixtureState) -> None:
        state.before.end()
        self.base = state.before.mark

    def _waiting_for(self, state: FixtureState) -> list[FixtureState]:
        """Return the fixtures in setup that have changed nothing before this one began."""
        index = self._states.index(state)
        return [
            each
            for each in self._states[:index]
            if each.checkpoint is None and each.before.mark.sequence == state.before.mark.sequence
        ]
