"""Which plugins a ``PluginWhere`` selects."""

from __future__ import annotations

from emulator.domain.filters.conditions import Table, equals

PLUGIN: Table = {"id": equals("id"), "name": equals("name")}
