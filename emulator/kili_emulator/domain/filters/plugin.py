"""The conditions of a ``PluginWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import PluginDoc
from kili_emulator.domain.filters.conditions import ConditionTable, equals

PLUGIN: ConditionTable[PluginDoc] = {"id": equals("id"), "name": equals("name")}
