"""Which API keys an ``ApiKeyWhere`` selects."""

from __future__ import annotations

from kili_emulator.domain.documents import ApiKeyDoc
from kili_emulator.domain.filters.conditions import Table, equals, referenced

API_KEY: Table[ApiKeyDoc] = {
    "id": equals("id"),
    "key": equals("key"),
    "user": referenced("userId", "users", "user"),
}
