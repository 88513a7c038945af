"""Read what is left of a damaged file of documents, without a change to the file.

SQLite reads a table from its root page down, and stops at the first damaged page. Here each page is
read on its own, so that a damaged page costs its own rows only.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kili_emulator.storage.file_check import open_read_only
from kili_emulator.storage.snapshot import Row
from kili_emulator.storage.sqlite_file import READ_ERRORS
from kili_emulator.storage.sqlite_pages import read_records

_DOCUMENT_MEMBERS, _META_MEMBERS = 4, 2


class SalvagedRow(NamedTuple):
    """A document with its table."""

    table: str
    row: Row


class Salvage(NamedTuple):
    """The readable content of a file of documents.

    Attributes:
        rows: the documents that can be read.
        meta: the meta values that can be read.
        fault: the reason for which SQLite cannot read the whole file; ``None`` if it can.
        unreadable: table → the number of rows that were found, but whose content is no document.
    """

    rows: list[SalvagedRow]
    meta: dict[str, Any]
    fault: str | None
    unreadable: dict[str, int]


def read_documents(path: Path) -> Salvage:
    """Read the documents and meta values of a file, damaged or not.

    Args:
        path: the file; it and its log need not exist.

    Raises:
        OSError: the file exists, but cannot be read.
    """
    fault = None
    try:
        records = list(_read_with_sqlite(path))
    except READ_ERRORS as error:
        fault = str(error)
        records = list(read_records(path))
    salvage = Salvage([], {}, fault, {})
    for record in records:
        _add_record(salvage, record)
    return salvage


def _read_with_sqlite(path: Path) -> Iterator[list[Any]]:
    """Yield the rows of the tables ``documents`` and ``meta``.

    Raises:
        sqlite3.DatabaseError, UnicodeDecodeError: a part of the file cannot be read.
    """
    with contextlib.closing(open_read_only(path)) as connection:
        connection.text_factory = bytes  # a text may be damaged
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != b"ok":
            text = found.decode("utf-8", "replace").replace("\n", " ")
            raise sqlite3.DatabaseError(text)
        yield from map(list, connection.execute("SELECT tbl, id, position, body FROM documents"))
        yield from map(list, connection.execute("SELECT key, value FROM meta"))


def _add_record(salvage: Salvage, record: list[Any]) -> None:
    """Add a record to what was read, if it is a document or a meta value."""
    texts = [_decode(each) for each in record]
    if len(record) == _META_MEMBERS and texts[0] is not None:
        with contextlib.suppress(ValueError):
            salvage.meta[texts[0]] = json.loads(texts[1] or "")
    elif len(record) == _DOCUMENT_MEMBERS and isinstance(record[2], int) and texts[0] is not None:
        document = _parse_document(texts[3])
        if document is not None and document.get("id") == texts[1]:
            salvage.rows.append(SalvagedRow(texts[0], Row(record[2], document)))
        else:
            salvage.unreadable[texts[0]] = salvage.unreadable.get(texts[0], 0) + 1


def _decode(value: Any) -> str | None:
    try:
        return value.decode() if isinstance(value, bytes) else None
    except UnicodeDecodeError:
        return None


def _parse_document(text: str | None) -> dict[str, Any] | None:
    try:
        document = json.loads(text or "")
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
