"""Load the tables of a file."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping

from kili_emulator.storage.memory_file import MemoryFile
from kili_emulator.storage.snapshot import LoadedRow, TableSnapshot, TableSpec
from kili_emulator.storage.sqlite_file import SqliteFile


def load_tables(
    file: SqliteFile | MemoryFile, specs: Iterable[TableSpec]
) -> Mapping[str, TableSnapshot]:
    """Load all tables, without garbage collections: each would look at all objects so far.

    Raises:
        KeyError: the file has a document of another table.
        ValueError: a document is not JSON, or a row has the document of another one.
        TypeError: a document is not an object.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        rows: dict[str, list[LoadedRow]] = {spec.name: [] for spec in specs}
        key_members = {spec.name: spec.key_members for spec in specs if spec.key_members}
        for table, row in file.load_rows(key_members):
            rows[table].append(row)
        # A table gets the memory of the keys of the tables before it.
        return {spec.name: TableSnapshot.of(spec, rows.pop(spec.name)) for spec in specs}
    finally:
        if is_collecting:
            gc.enable()
