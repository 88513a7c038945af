"""Which API keys an ``ApiKeyWhere`` selects."""

from __future__ import annotations

from emulator.domain.documents import ApiKeyDoc
from emulator.domain.filters.conditions import Table, equals, referenced

API_KEY: Table[ApiKeyDoc] = {
    "id": equals("id"),
    "key": equals("key"),
    "user": referenced("userId", "users", "user"),
}
