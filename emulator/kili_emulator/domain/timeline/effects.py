"""The events of transactions, and the runs of events, since a position in creation order."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import NamedTuple

from kili_emulator.domain.documents import EventDoc, RunDoc
from kili_emulator.domain.tables import View
from kili_emulator.domain.timeline.requests import TracedRequest


class TracedEvent(NamedTuple):
    """An event; an internal one is not in the audit trail."""

    event: EventDoc
    is_internal: bool


class Effects:
    """The effects of transactions.

    Args:
        position: the first position to read.
    """

    def __init__(self, view: View, position: int) -> None:
        found: dict[str, list[tuple[int, TracedEvent]]] = defaultdict(list)
        for table, is_internal in ((view.events, False), (view.internal_events, True)):
            for event in table.since(position):
                place = table.position(event["id"])
                found[event["transactionId"]].append((place, TracedEvent(event, is_internal)))
        self._events = {
            transaction_id: [each for _, each in sorted(events, key=lambda pair: pair[0])]
            for transaction_id, events in found.items()
        }
        self._runs: dict[str, list[RunDoc]] = defaultdict(list)
        for run in view.runs.since(position):
            if not run["byHand"] and not run["redeliveryOf"]:
                self._runs[run["eventId"]].append(run)

    def events_of(self, transaction_id: str) -> list[TracedEvent]:
        """Return the events of a transaction, in order."""
        return self._events.get(transaction_id, [])

    def runs_of(self, event_id: str) -> list[RunDoc]:
        """Return the runs for an event, in order, without redeliveries."""
        return self._runs.get(event_id, [])


def first_position(view: View, roots: list[TracedRequest]) -> int:
    """Return the first position of the effects of some requests."""
    positions = [view.runs.position(run["id"]) for root in roots for run in root.runs]
    for root in roots:
        for transaction_id in root.transaction_ids:
            tables = (view.events, view.internal_events, view.transactions)
            positions += [
                table.position(transaction_id) for table in tables if table.get(transaction_id)
            ]
    return min(positions, default=sys.maxsize)
