"""The part ``emulator.faults``: let requests and plugins fail on purpose."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from kili_emulator.domain.world import World
from kili_emulator.observe.fault_presets import faults_of_preset
from kili_emulator.observe.fault_rule import FaultOptions
from kili_emulator.observe.faults import FaultView
from kili_emulator.services import faults

if TYPE_CHECKING:
    from typing_extensions import Unpack

FaultViews = list[FaultView]


class Fault:
    """A fault that was added; as a context manager, it is removed at the end of the block.

    ::

        with emulator.faults.add("createIssues", status=503) as fault:
            ...
        assert fault.fired == 1

    Args:
        world: the world that has the fault.
        view: the fault as it was added.
    """

    def __init__(self, world: World, view: FaultView) -> None:
        self._world = world
        self._view = view

    @property
    def view(self) -> FaultView:
        """The fault with its present counts, or with the last ones that were read."""
        listed = [each for each in faults.list_faults(self._world) if each["id"] == self.id]
        self._view = listed[0] if listed else self._view
        return self._view

    @property
    def id(self) -> int:
        return self._view["id"]

    @property
    def matched(self) -> int:
        """The number of calls that the target and the senders of the fault selected."""
        return self.view["matched"]

    @property
    def fired(self) -> int:
        """How many of those met the fault."""
        return self.view["fired"]

    def remove(self) -> None:
        """Remove the fault, unless it was removed already, as by a reset."""
        if any(each["id"] == self.id for each in faults.list_faults(self._world)):
            self._view = faults.remove_fault(self._world, self.id)

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()


class Faults:
    """The faults of the emulator's world: ``emulator.faults``; a reset removes them.

    Args:
        world: returns the emulator's own world.
        operations: returns the root fields of GraphQL.
    """

    def __init__(self, world: Callable[[], World], operations: Callable[[], list[str]]) -> None:
        self._world = world
        self._operations = operations

    def add(self, target: str, **options: Unpack[FaultOptions]) -> Fault:
        """Let requests fail: ``add("createIssues", status=503, times=2)``.

        Args:
            target: a root field of GraphQL; ``operation:NAME``, ``graphql``, ``query``,
                ``mutation``; ``version``, ``upload``, ``download``; ``webhook``, ``deploy``,
                ``run``.
            options: when, and what happens: see
                :class:`kili_emulator.observe.fault_rule.FaultOptions`.

        Raises:
            KiliError: the rule is not valid.
        """
        (view,) = faults.add_faults(
            self._world(), [{"target": target, **options}], self._operations()
        )
        return Fault(self._world(), view)

    def add_preset(self, name: str) -> FaultViews:
        """Add a ready-made set of faults, ``rate-limit`` or ``flaky-network``, and return it.

        Raises:
            KiliError: there is no such set.
        """
        return faults.add_faults(self._world(), faults_of_preset(name), self._operations())

    def list(self) -> FaultViews:
        """Return the faults with their counts, in the order in which they were added."""
        return faults.list_faults(self._world())

    def clear(self) -> int:
        """Remove all faults; return their number."""
        return faults.clear_faults(self._world())
