"""The conditions of a ``LockWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import LockDoc
from kili_emulator.domain.filters.conditions import PredicateTable, equals

LOCK: PredicateTable[LockDoc] = {"id": equals("id")}
