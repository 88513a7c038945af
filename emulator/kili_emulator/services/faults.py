"""Faults: let requests and plugins of a world fail on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kili_emulator.domain.world import World
from kili_emulator.observe.fault_rule import parse_fault
from kili_emulator.observe.faults import FaultView


def add_faults(
    world: World, rules: Iterable[Mapping[str, object]], operations: Iterable[str]
) -> list[FaultView]:
    """Add faults to a world, all of them or none; return them.

    Args:
        rules: ``target`` and the members of ``FaultOptions``.
        operations: the root fields of GraphQL.

    Raises:
        KiliError: a rule is not valid.
    """
    known = list(operations)
    parsed = [parse_fault(each, known) for each in rules]
    return [world.faults.add(each) for each in parsed]


def list_faults(world: World) -> list[FaultView]:
    """Return the faults of a world, with their counts, in the order in which they were added."""
    return world.faults.views()


def remove_fault(world: World, fault_id: int) -> FaultView:
    """Remove a fault, and return it with its last counts.

    Raises:
        KiliError: the world has no such fault.
    """
    return world.faults.remove(fault_id)


def clear_faults(world: World) -> int:
    """Remove all faults of a world; return their number."""
    return world.faults.clear()
