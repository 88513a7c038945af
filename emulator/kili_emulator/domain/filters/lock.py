"""The conditions of a ``LockWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import LockDoc
from kili_emulator.domain.filters.conditions import ConditionTable, equals
from kili_emulator.domain.filters.index_lookup import BY_ID, BY_PROJECT

LOCK: ConditionTable[LockDoc] = {"id": equals("id")}

LOCK_LOOKUPS = (BY_ID, BY_PROJECT)
