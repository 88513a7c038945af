"""The conditions of an ``EventsWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import EventDoc
from kili_emulator.domain.filters.conditions import ConditionTable, equals, since, until

EVENT: ConditionTable[EventDoc] = {
    "createdAtGte": since("createdAt"),
    "createdAtLte": until("createdAt"),
    "event": equals("event"),
    "organizationId": equals("organizationId"),
    "projectId": equals("projectId"),
    "userId": equals("userId"),
}
