"""The rows of the journal in the SQLite file: their columns, and the merging of spans."""

from __future__ import annotations

import json
import sqlite3

from kili_emulator.storage.journal import Difference, Entry, merged_entry
from kili_emulator.storage.snapshot import Row

encode_json = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def encode_entry(entry: Entry) -> tuple[int | None, str]:
    """Return the columns ``position`` and ``before`` of an entry."""
    if isinstance(entry, Row):
        return entry.position, encode_json(entry.document)
    return None, encode_json(entry)


def decode_entry(position: int | None, before: str | None) -> Entry:
    """Return the entry of the columns ``position`` and ``before``."""
    if before is None:
        return None
    value = json.loads(before)
    if position is not None:
        return Row(position, value)
    members, added = value
    return Difference(members, tuple(added))


def merge_span(connection: sqlite3.Connection, sequence: int) -> None:
    """Merge a span into the span before it, if there is one; a transaction is open.

    Args:
        sequence: the number of the checkpoint with which the span begins.
    """
    run = connection.execute
    (previous,) = run("SELECT MAX(seq) FROM checkpoints WHERE seq<?", (sequence,)).fetchone()
    if previous is None:
        return
    both = run(
        "SELECT one.tbl, one.id, one.position, one.before, two.position, two.before "
        "FROM journal AS two JOIN journal AS one ON one.tbl=two.tbl AND one.id=two.id "
        "WHERE two.seq=? AND one.seq=?",
        (sequence, previous),
    ).fetchall()
    rows = []
    for table, document_id, *columns in both:
        entry = merged_entry(decode_entry(*columns[:2]), decode_entry(*columns[2:]))
        rows.append((previous, table, document_id, *encode_entry(entry)))
    connection.executemany("REPLACE INTO journal VALUES (?,?,?,?,?)", rows)
    run("UPDATE OR IGNORE journal SET seq=? WHERE seq=?", (previous, sequence))
    run("DELETE FROM journal WHERE seq=?", (sequence,))
    run("DELETE FROM checkpoints WHERE seq=?", (sequence,))
