"""Which versions of projects a ``ProjectVersionWhere`` selects."""

from __future__ import annotations

from emulator.domain.filters.conditions import Table, equals

PROJECT_VERSION: Table = {"id": equals("id"), "projectId": equals("projectId")}
