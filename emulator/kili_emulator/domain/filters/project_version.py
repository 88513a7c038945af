"""The conditions of a ``ProjectVersionWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import ProjectVersionDoc
from kili_emulator.domain.filters.conditions import ConditionTable, equals
from kili_emulator.domain.filters.index_lookup import BY_ID, BY_PROJECT

PROJECT_VERSION: ConditionTable[ProjectVersionDoc] = {
    "id": equals("id"),
    "projectId": equals("projectId"),
}

PROJECT_VERSION_LOOKUPS = (BY_ID, BY_PROJECT)
