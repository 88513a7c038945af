"""Which locks a ``LockWhere`` selects."""

from __future__ import annotations

from emulator.domain.documents import LockDoc
from emulator.domain.filters.conditions import Table, equals

LOCK: Table[LockDoc] = {"id": equals("id")}
