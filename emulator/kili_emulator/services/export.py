"""The export of a world: its documents, in a form that depends on the world alone.

In a world with a seed, the same calls give the same export, byte for byte, in every process and
after every reset (docs/internals/worlds.md). Therefore an export lacks what the world does not
decide: durations and other measurements, positions in the history of one process, and the bytes of
the archives of plugins, in which the SDK packs the times of the files. Secrets are masked.
"""

from __future__ import annotations

import re
from typing import Any

from kili_emulator.domain.file import FILES_PATH
from kili_emulator.domain.world import World
from kili_emulator.rules.masking import masked

Export = dict[str, list[dict[str, Any]]]

# Table → the members that an export lacks. ``sequence``, ``mark`` and ``ended`` count commits and
# rollbacks; the log lines of a run take more or fewer commits, as time has it.
# The ids of requests are random, and clients send some requests at the same time.
OMITTED: dict[str, frozenset[str]] = {
    "runs": frozenset({"durationMs", "ended", "mark", "memoryMb", "requestId", "sequence"}),
    "runCalls": frozenset({"durationMs", "requestId"}),
    "transactions": frozenset({"requestId", "requestedAt"}),
    "pluginVersions": frozenset({"digest"}),
}
_OMITTED_OF_ARCHIVES = frozenset({"digest", "size"})

# The tables with texts of clients, in which URLs of files have the address of the server.
_TABLES_WITH_URLS = ("pluginLogs", "runCalls", "runs")
_ADDRESS = re.compile(rf"https?://[^/\s\"']+(?={re.escape(FILES_PATH)}\?)")


def export_world(world: World) -> Export:
    """Return the documents of a world: table → documents in creation order.

    Files are in the order of their ids, because clients upload several at once.

    See contract/plugin.md#logs.
    """
    exported: Export = masked(world.export())
    for table, members in OMITTED.items():
        exported[table] = [_without(each, members) for each in exported[table]]
    for table in _TABLES_WITH_URLS:
        exported[table] = _without_addresses(exported[table])
    exported["files"] = [
        each if each["projectId"] else _without(each, _OMITTED_OF_ARCHIVES)
        for each in sorted(exported["files"], key=lambda file: str(file["id"]))
    ]
    return exported


def _without(document: dict[str, Any], members: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in members}


def _without_addresses(value: Any) -> Any:
    """Return a JSON value whose URLs of files of the emulator begin with their path."""
    if isinstance(value, str):
        return _ADDRESS.sub("", value) if FILES_PATH in value else value
    if isinstance(value, dict):
        return {name: _without_addresses(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_addresses(each) for each in value]
    return value
