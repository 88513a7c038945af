"""Faults: let requests and plugins of a world fail on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kili_emulator import errors
from kili_emulator.domain.world import View, World
from kili_emulator.observe.fault_rule import FaultRule, parse_fault
from kili_emulator.observe.faults import FaultView


def add_faults(
    world: World, rules: Iterable[Mapping[str, object]], operations: Iterable[str]
) -> list[FaultView]:
    """Add faults to a world, all of them or none; return them.

    Args:
        rules: ``target`` and the members of ``FaultOptions``.
        operations: the root fields of GraphQL.

    Raises:
        KiliError: a rule is not valid, or names a user whom the world does not have.
    """
    known = list(operations)
    parsed = [parse_fault(each, known) for each in rules]
    for each in parsed:
        _check_user(world.view, each)
    return [world.faults.add(each) for each in parsed]


def _check_user(view: View, rule: FaultRule) -> None:
    """Check that the user of a rule exists: a fault for nobody would never be met.

    Raises:
        KiliError: no user has this e-mail address, and no API key this name.
    """
    name = rule.options.get("user")
    emails = [each["email"] for each in view.users.all() if not each["isServiceAccount"]]
    names = {each["name"] for each in view.api_keys.all()}
    if name is not None and name not in {*emails, *names}:
        raise errors.user_unknown(name, emails)


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
