"""Which locks a ``LockWhere`` selects."""

from __future__ import annotations

from emulator.domain.filters.conditions import Table, equals

LOCK: Table = {"id": equals("id")}
