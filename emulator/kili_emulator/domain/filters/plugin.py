"""Which plugins a ``PluginWhere`` selects."""

from __future__ import annotations

from kili_emulator.domain.documents import PluginDoc
from kili_emulator.domain.filters.conditions import PredicateTable, equals

PLUGIN: PredicateTable[PluginDoc] = {"id": equals("id"), "name": equals("name")}
