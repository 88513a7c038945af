"""Files of documents in the layouts of earlier versions of the emulator."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE documents (
    tbl TEXT, id TEXT, position INTEGER, body TEXT, PRIMARY KEY (tbl, id)
) WITHOUT ROWID;
CREATE TABLE journal (seq INTEGER, tbl TEXT, id TEXT, position INTEGER, before TEXT);
CREATE INDEX journal_seq ON journal (seq);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""

# (table, id) → position and document; ``None`` deletes the document
OldCommit = Mapping[tuple[str, str], tuple[int, dict[str, Any]] | None]


def write_file(
    path: Path, layout: int, commits: Sequence[OldCommit], meta: Mapping[str, Any]
) -> None:
    """Write a file of layout 3 or 4 with these commits, the first of which has the number 1."""
    content: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_TABLES)
        for sequence, commit in enumerate(commits, 1):
            for key, row in commit.items():
                position, document = content.get(key, (None, None))
                before = document and json.dumps(document)
                connection.execute(
                    "INSERT INTO journal VALUES (?,?,?,?,?)", (sequence, *key, position, before)
                )
                if row is None:
                    del content[key]
                else:
                    content[key] = row
        connection.executemany(
            "INSERT INTO documents VALUES (?,?,?,?)",
            [
                (*key, position, json.dumps(document))
                for key, (position, document) in content.items()
            ],
        )
        connection.executemany(
            "INSERT INTO meta VALUES (?,?)",
            [(key, json.dumps(value)) for key, value in meta.items()],
        )
        connection.execute(f"PRAGMA user_version={layout}")


def convert_to_layout_3(path: Path) -> None:
    """Convert a closed file of documents to layout 3: without decisions, and with one commit."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT tbl, id, position, body FROM documents WHERE tbl!='decisions'"
        ).fetchall()
        found = connection.execute("SELECT key, value FROM meta WHERE key!='decisions_position'")
        meta = {key: json.loads(value) for key, value in found}
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    documents = {
        (table, each): (position, json.loads(body)) for table, each, position, body in rows
    }
    write_file(path, 3, [documents], meta)
