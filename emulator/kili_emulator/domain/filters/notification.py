"""The conditions of a ``NotificationWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import NotificationDoc
from kili_emulator.domain.filters.conditions import ConditionTable, equals, matches_referenced

NOTIFICATION: ConditionTable[NotificationDoc] = {
    "id": equals("id"),
    "hasBeenSeen": equals("hasBeenSeen"),
    "taskId": equals("taskId"),
    "user": matches_referenced("userID", "users", "user"),
}
