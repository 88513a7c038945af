"""Which versions of projects a ``ProjectVersionWhere`` selects."""

from __future__ import annotations

from emulator.domain.documents import ProjectVersionDoc
from emulator.domain.filters.conditions import Table, equals

PROJECT_VERSION: Table[ProjectVersionDoc] = {"id": equals("id"), "projectId": equals("projectId")}
