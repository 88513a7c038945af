"""The conditions of an ``EventsWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import EventDoc
from kili_emulator.domain.filters.conditions import DATES, ConditionTable, equals

EVENT: ConditionTable[EventDoc] = {
    "createdAtGte": DATES["createdAtGte"],
    "createdAtLte": DATES["createdAtLte"],
    "event": equals("event"),
    "organizationId": equals("organizationId"),
    "projectId": equals("projectId"),
    "userId": equals("userId"),
}
