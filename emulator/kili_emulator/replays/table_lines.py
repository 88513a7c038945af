"""The documents of a table as lines of JSON, in bundles and in files of states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kili_emulator.rules.json_text import parse_json, write_json
from kili_emulator.storage.snapshot import LoadedRow, Row


def table_lines(rows: Iterable[tuple[int, Any]]) -> bytes:
    """Return one line per document, with its position in the order of creation.

    Args:
        rows: the positions and the documents, in the order of the lines.
    """
    lines = (write_json({"position": place, "document": document}) for place, document in rows)
    return b"".join(b"%s\n" % each for each in lines)


def loaded_rows(content: bytes) -> Iterator[LoadedRow]:
    """Yield the rows of a table.

    Raises:
        KeyError, TypeError, ValueError: a line has not the expected form.
    """
    for each in content.splitlines():
        value = parse_json(each)
        position, document = value["position"], value["document"]
        is_place = isinstance(position, int) and not isinstance(position, bool)
        if not is_place or not isinstance(document["id"], str):
            raise TypeError("a line has a position and a document with an id")
        yield LoadedRow(document["id"], Row(position, document), document)
