"""Checkpoints: states of the world that ``reset()`` returns to, in place of the scenario."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from kili_emulator import errors
from kili_emulator.domain.world import Mark
from kili_emulator.domain.world_folder import WorldError


class Checkpoints:
    """The checkpoints of one emulator; each is a later state than those before it.

    Args:
        mark: marks the present state of the world.
        roll_back: returns to a mark, with or without the present plugins.
    """

    def __init__(
        self, mark: Callable[[], Mark], roll_back: Callable[[Mark | None, bool], None]
    ) -> None:
        self._mark = mark
        self._roll_back = roll_back
        self._held: list[Checkpoint] = []

    def add(self, mark: Mark | None = None) -> Checkpoint:
        """Make a marked state, or else the present one, the state that ``reset()`` returns to."""
        checkpoint = Checkpoint(self, mark or self._mark())
        self._held.append(checkpoint)
        return checkpoint

    def reset(self, mark: Mark | None = None, *, keep_plugins: bool = False) -> None:
        """Return to a mark, or to the last checkpoint, or to the scenario.

        Raises:
            WorldError: the mark is of a time that was undone, or of a time before a checkpoint.
        """
        last = self._held[-1].mark if self._held else None
        if mark and last and mark.sequence < last.sequence:
            raise WorldError(errors.WORLD_MARK_BEFORE_CHECKPOINT)
        self._roll_back(mark or last, keep_plugins)

    def end(self, checkpoint: Checkpoint) -> None:
        """Return to a checkpoint, and forget it and all later ones."""
        if checkpoint in self._held:
            self._roll_back(checkpoint.mark, False)
            del self._held[self._held.index(checkpoint) :]

    def drop(self, checkpoint: Checkpoint) -> None:
        """Forget a checkpoint, and keep the present state of the world."""
        self._held = [each for each in self._held if each is not checkpoint]

    def clear(self) -> None:
        """Forget all checkpoints."""
        self._held.clear()


class Checkpoint:
    """A state that ``reset()`` returns to, until the checkpoint ends; a context manager.

    Attributes:
        mark: the mark of the state.
    """

    def __init__(self, checkpoints: Checkpoints, mark: Mark) -> None:
        self._checkpoints = checkpoints
        self.mark = mark

    def end(self) -> None:
        """Roll the world back to this state; ``reset()`` then returns to the checkpoint before."""
        self._checkpoints.end(self)

    def drop(self) -> None:
        """End the checkpoint without a change of the world."""
        self._checkpoints.drop(self)

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
