"""The conditions of a ``ProjectVersionWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import ProjectVersionDoc
from kili_emulator.domain.filters.conditions import PredicateTable, equals

PROJECT_VERSION: PredicateTable[ProjectVersionDoc] = {
    "id": equals("id"),
    "projectId": equals("projectId"),
}
