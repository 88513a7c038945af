"""The conditions of an ``ApiKeyWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import ApiKeyDoc
from kili_emulator.domain.filters.conditions import ConditionTable, equals, matches_referenced

API_KEY: ConditionTable[ApiKeyDoc] = {
    "id": equals("id"),
    "key": equals("key"),
    "user": matches_referenced("userId", "users", "user"),
}
