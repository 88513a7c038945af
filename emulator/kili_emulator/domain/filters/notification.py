"""Which notifications a ``NotificationWhere`` selects."""

from __future__ import annotations

from kili_emulator.domain.documents import NotificationDoc
from kili_emulator.domain.filters.conditions import Table, equals, referenced

NOTIFICATION: Table[NotificationDoc] = {
    "id": equals("id"),
    "hasBeenSeen": equals("hasBeenSeen"),
    "taskId": equals("taskId"),
    "user": referenced("userID", "users", "user"),
}
