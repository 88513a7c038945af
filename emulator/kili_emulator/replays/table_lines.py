"""The documents of a table as lines of JSON, in bundles and in files of states."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterator
from typing import Any

from kili_emulator.rules.json_text import write_json
from kili_emulator.storage.snapshot import LoadedRow, Row


def table_line(position: int, document: Any) -> bytes:
    """Return the line of a document, with its position in the order of creation."""
    return write_json({"position": position, "document": document}) + b"\n"


def loaded_rows(content: bytes) -> Iterator[LoadedRow]:
    """Yield the rows of a table.

    Raises:
        KeyError, TypeError, ValueError, RecursionError: a line has not the expected form.
    """
    for each in content.splitlines():
        value = json.loads(each)
        position, document = value["position"], value["document"]
        is_place = isinstance(position, int) and not isinstance(position, bool)
        if not is_place or not isinstance(document["id"], str):
            raise TypeError("a line has a position and a document with an id")
        yield LoadedRow(document["id"], Row(position, document), document)


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """Pause the collector of garbage, which takes long while many documents are made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
