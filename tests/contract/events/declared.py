"""Comparison of stored events with their declarations in ``kili_events``."""

from __future__ import annotations

from typing import Any

from kili_events import parse_event

from tests.kit.wire import Wire


def stored(wire: Wire) -> list[dict[str, Any]]:
    """Return all events of the world, as ``on_event`` and the audit trail show them."""
    members = ("event", "organizationId", "projectId", "userId", "payload")
    events = wire.emulator.world.view.events.all()
    return [{member: each[member] for member in members} for each in events]


def check(event: dict[str, Any]) -> None:
    """Parse the event, and require exactly the declared members."""
    declared = parse_event(event).model_dump(by_alias=True)
    assert {"payload": {}, **declared} == event  # some subjects have none
