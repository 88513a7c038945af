"""The SQLite file of the documents: one row per document, one transaction per commit.

A completed commit survives ``kill -9`` (write-ahead log, ``synchronous=NORMAL``); a power failure
may lose the last commits.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

from kili_emulator import errors, private_files
from kili_emulator.storage.journal import (
    Change,
    Checkpoint,
    Commit,
    Difference,
    DocumentKey,
    Entry,
    add_change,
    changes_before,
)
from kili_emulator.storage.key_members import select_keys
from kili_emulator.storage.sharing import SharedValues
from kili_emulator.storage.snapshot import LoadedRow, Row, StoredRow

_LAYOUT = 5
_OLDER_LAYOUTS = (
    3,  # no stored decisions, and the differences of layout 4
    4,  # documents WITHOUT ROWID, and a journal of whole documents, a span per commit
)

# The meta value with the position in creation order from which on decisions are stored.
DECISIONS_POSITION = "decisions_position"

# The first bytes of an SQLite file; the value of ``PRAGMA user_version`` is in them.
_MAGIC, _HEADER_SIZE, _LAYOUT_BYTES = b"SQLite format 3\0", 100, slice(60, 64)

# The errors for a damaged file; the second one, if the damage is a part of SQLite's message.
READ_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)

_ROWS_PER_STATEMENT = 128  # old versions of SQLite take at most 999 values in a statement
# A table WITHOUT ROWID would move the end of each body above 1 kB to a page of its own. An entry of
# the journal with a position is the row of a deleted document; without one, it is a difference.
_DOCUMENTS = """
CREATE TABLE documents (
    tbl TEXT, id TEXT, position INTEGER, body TEXT, PRIMARY KEY (tbl, id)
)
"""
_CHECKPOINTS = "CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, position INTEGER)"
_JOURNAL_INDEX = "CREATE UNIQUE INDEX journal_document ON journal (seq, tbl, id)"
_SCHEMA = f"""
{_DOCUMENTS};
{_CHECKPOINTS};
CREATE TABLE journal (seq INTEGER, tbl TEXT, id TEXT, position INTEGER, before TEXT);
{_JOURNAL_INDEX};
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
_UPGRADE_3 = f"""
REPLACE INTO meta SELECT '{DECISIONS_POSITION}', value FROM meta WHERE key='next_position'
"""
# Each commit of an earlier layout is a span of its own, with entries of its inserted documents.
_UPGRADE = (
    "ALTER TABLE documents RENAME TO old_documents",
    _DOCUMENTS,
    "INSERT INTO documents SELECT tbl, id, position, body FROM old_documents ORDER BY position",
    "DROP TABLE old_documents",
    "UPDATE journal SET seq = seq - 1",
    "DROP INDEX journal_seq",
    _JOURNAL_INDEX,
    _CHECKPOINTS,
    """
    INSERT INTO checkpoints
    WITH RECURSIVE past(seq) AS (
        SELECT 0 UNION ALL
        SELECT seq + 1 FROM past
        WHERE seq + 1 < (SELECT CAST(value AS INTEGER) FROM meta WHERE key='sequence')
    )
    SELECT seq, CAST(value AS INTEGER) FROM past, meta WHERE key='next_position'
    """,
    f"PRAGMA user_version={_LAYOUT}",
)


_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def database_files(path: Path) -> list[Path]:
    """Return the paths of the files of an SQLite database; not all of them need to exist."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]


def find_fault(path: Path, required_key: str) -> str | None:
    """Check the file of documents of an earlier process, without a change to the file.

    ``PRAGMA quick_check`` reads the whole file: about 1 ms per MB.

    Args:
        required_key: the key of a meta value that every complete file has.

    Returns:
        the fault, in the form that follows the name of the file in a sentence; ``None`` if the file
        has no fault.
    """
    if not path.exists():
        return "is missing"
    if not path.is_file():
        return "is not a file"
    if path.stat().st_size == 0:
        return "is empty"
    try:
        with contextlib.closing(open_read_only(path)) as connection:
            size = None if _has_log(path) else path.stat().st_size
            return _find_database_fault(connection, size, required_key)
    except READ_ERRORS as error:
        return f"cannot be read ({error})"


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open the file of documents of an earlier process, without a change to the file.

    Raises:
        sqlite3.DatabaseError: the file cannot be opened.
    """
    # Without a log SQLite needs no recovery; with ``immutable`` it creates no other files.
    mode = "mode=ro" if _has_log(path) else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)


def _has_log(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.is_file() and wal.stat().st_size > 0


def _find_database_fault(
    connection: sqlite3.Connection, size: int | None, required_key: str
) -> str | None:
    """Return the fault of a database; ``None`` if it has no fault.

    Args:
        size: the size of the file in bytes; ``None`` if a part of the database is in the log.
    """
    found = _fetch_value(connection, "PRAGMA quick_check(1)")
    if found != "ok":
        return f"cannot be read ({found})"
    if size is not None and size % _fetch_value(connection, "PRAGMA page_size"):
        return "cannot be read (its end is missing)"
    tables = "SELECT count(*) FROM sqlite_master WHERE name IN (?,?,?)"
    if _fetch_value(connection, tables, "documents", "journal", "meta") != 3:
        return "holds no documents"
    if not _fetch_value(connection, "SELECT count(*) FROM meta WHERE key=?", required_key):
        return f"is not whole: the row `{required_key}` of its table `meta` is missing"
    return None


def has_other_layout(path: Path) -> bool:
    """Return whether another version of the emulator wrote a file, which can be damaged.

    A file that is too damaged to tell counts as one of this version.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except OSError:
        return False
    layout = int.from_bytes(header[_LAYOUT_BYTES], "big")
    is_database = header.startswith(_MAGIC) and len(header) == _HEADER_SIZE
    return is_database and layout not in (0, *_OLDER_LAYOUTS, _LAYOUT)


def _fetch_value(connection: sqlite3.Connection, query: str, *values: str) -> Any:
    """Return the first value that a query finds."""
    return connection.execute(query, values).fetchone()[0]


def _is_defect(error: sqlite3.DatabaseError) -> bool:
    """Return whether the emulator used the database wrongly, rather than that the file failed."""
    return isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError))


class OtherLayoutError(ValueError):
    """The file of documents was written by a version of the emulator with another layout."""


class SqliteFile:
    """The documents, the journal and the meta values of a world in an SQLite database.

    Raises:
        OtherLayoutError: the file was written by a version of the emulator with another layout.
        ValueError: the file is not a file of documents.
        StorageError: the file does not exist yet, and cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            private_files.make_file(path)  # SQLite gives its other files the mode of this file
            for each in database_files(path):
                private_files.restrict_permissions(each)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise errors.not_stored(error) from error
        try:
            layout = self._prepare()
        except READ_ERRORS as error:
            if path.exists() and not path.stat().st_size:  # the file is a new one
                self.close()
                raise errors.not_stored(error) from error
            raise ValueError(f"{path} cannot be read ({error}): use another --data-dir") from None
        if layout == 0:
            self._create()
        elif layout not in (*_OLDER_LAYOUTS, _LAYOUT):
            raise OtherLayoutError(
                f"{path} was written by another version of the emulator (layout {layout}, this "
                f"one reads {_LAYOUT}): use another --data-dir, or move that file's folder away"
            )

    def _prepare(self) -> int:
        self._close = weakref.finalize(self, self._connection.close)
        run = self._connection.execute
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        (layout,) = run("PRAGMA user_version").fetchone()
        return int(layout)

    def _create(self) -> None:
        try:
            self._connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version={_LAYOUT}; END;")
        except sqlite3.OperationalError as error:
            self.close()
            raise errors.not_stored(error) from error

    def upgrade(self) -> None:
        """Convert a file of an earlier layout to the present one, if it is not converted yet.

        It must be called before the first write. Earlier versions of the emulator then refuse the
        file.

        Raises:
            StorageError: the file cannot be written.
        """
        (layout,) = self._connection.execute("PRAGMA user_version").fetchone()
        if layout == _LAYOUT:
            return
        with self._transaction():
            for statement in (*[_UPGRADE_3] * (layout == 3), *_UPGRADE):
                self._connection.execute(statement)
        with contextlib.suppress(sqlite3.OperationalError):  # the disk has no space for a copy
            self._connection.execute("VACUUM")

    def load(self) -> Iterator[tuple[str, str, Row]]:
        """Yield all documents as (table, id, row).

        Raises:
            ValueError: a part of the file cannot be read.
        """
        for table, document_id, position, body in self._read(
            "SELECT tbl, id, position, body FROM documents"
        ):
            yield table, document_id, Row(position, json.loads(body))

    def load_rows(self, key_members: Mapping[str, Sequence[str]]) -> list[tuple[str, LoadedRow]]:
        """Return all rows with their tables; decode only the key members of some tables.

        Args:
            key_members: the names of these tables, and :attr:`TableSpec.key_members`.

        Raises:
            ValueError: a document is not JSON.
        """
        try:
            return list(self._load_stored_rows(key_members))
        except sqlite3.OperationalError:  # this SQLite reads no JSON, or refuses a document
            return [(table, LoadedRow(key, row, row.document)) for table, key, row in self.load()]

    def _load_stored_rows(
        self, key_members: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[str, LoadedRow]]:
        rows = self._connection.execute(
            f"SELECT tbl, id, position, body, {select_keys(key_members)} FROM documents"
        )
        shared = SharedValues()
        share = cast("Callable[[Any, Any], Any]", {}.setdefault)  # one copy of each id and key
        for table, document_id, position, body, keys in rows:
            if keys is None:
                row = Row(position, shared.compact(json.loads(body)))
                yield table, LoadedRow(document_id, row, row.document)
            else:
                shared_id, *texts = (share(each, each) for each in json.loads(keys))
                values = dict(zip(key_members[table], texts, strict=True))
                yield table, LoadedRow(shared_id, StoredRow(position, body), values)

    def meta(self) -> dict[str, Any]:
        """Return all meta values.

        Raises:
            ValueError: a part of the file cannot be read.
        """
        return {key: json.loads(value) for key, value in self._read("SELECT key, value FROM meta")}

    def _read(self, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, values)
        except READ_ERRORS as error:
            raise ValueError(str(error)) from error

    def write(self, commits: Sequence[Commit]) -> None:
        """Write all commits in their order, or none of them.

        Raises:
            StorageError: the file cannot be written, for example because the disk is full.
        """
        with self._transaction():
            for each in commits:
                self._record(each)
                self._put(each)

    def _record(self, commit: Commit) -> None:
        """Add the changes of a commit to the journal."""
        self._connection.execute(
            "INSERT OR IGNORE INTO checkpoints VALUES (?,?)", commit.checkpoint
        )
        changes = changes_before(commit.checkpoint, commit.changes)
        if changes:
            start = commit.checkpoint.sequence
            entries = self._entries(start, changes)
            rows = [
                (
                    start,
                    each.table,
                    each.id,
                    *_encode_entry(add_change(entries.get(each[:2]), each)),
                )
                for each in changes
            ]
            self._insert("REPLACE INTO journal", rows)

    def _entries(self, start: int, changes: list[Change]) -> dict[DocumentKey, Entry]:
        """Return the entries that a span has of some documents."""
        entries: dict[DocumentKey, Entry] = {}
        for first in range(0, len(changes), _ROWS_PER_STATEMENT):
            chunk = changes[first : first + _ROWS_PER_STATEMENT]
            found = self._connection.execute(
                "SELECT tbl, id, position, before FROM journal WHERE seq=? AND (tbl, id) IN "
                f"(VALUES {','.join(['(?,?)'] * len(chunk))})",
                [start, *chain.from_iterable(each[:2] for each in chunk)],
            )
            entries |= {
                (table, document_id): _decode_entry(position, before)
                for table, document_id, position, before in found
            }
        return entries

    def undo(self, commit: Commit) -> None:
        """Undo the commits after ``commit.sequence``, all of them or none.

        Args:
            commit: the changes that restore the documents.

        Raises:
            StorageError: as for :meth:`write`.
        """
        with self._transaction():
            for table in ("journal", "checkpoints"):
                self._connection.execute(f"DELETE FROM {table} WHERE seq>=?", (commit.sequence,))
            self._put(commit)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._roll_back_open()
            if _is_defect(error):
                raise
            raise errors.not_stored(error) from error
        except BaseException:
            self._roll_back_open()
            raise

    def _roll_back_open(self) -> None:
        """Roll back an open transaction; after some errors SQLite has already done so."""
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.DatabaseError):  # the file cannot be read any more
                self._connection.execute("ROLLBACK")

    def _put(self, commit: Commit) -> None:
        changes, meta = commit.changes, {**commit.meta, "sequence": commit.sequence}
        run_many = self._connection.executemany
        self._insert(
            "INSERT INTO documents",
            [
                (each.table, each.id, each.after.position, _encode(each.after.document))
                for each in changes
                if each.after
            ],
            "ON CONFLICT (tbl, id) DO UPDATE SET position=excluded.position, body=excluded.body",
        )
        run_many(
            "DELETE FROM documents WHERE tbl=? AND id=?",
            [(each.table, each.id) for each in changes if each.after is None],
        )
        run_many(
            "REPLACE INTO meta VALUES (?,?)",
            [(key, _encode(value)) for key, value in meta.items()],
        )

    def _insert(self, into: str, rows: list[tuple[Any, ...]], on_conflict: str = "") -> None:
        """Insert rows, many with one statement.

        At each statement Python may switch to another thread, which runs for 5 ms if it computes.
        With one statement per row, 1000 rows would take seconds beside a plugin in an endless loop.
        """
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            chunk = rows[start : start + _ROWS_PER_STATEMENT]
            placeholders = f"({','.join('?' * len(chunk[0]))})"
            values = [value for row in chunk for value in row]
            self._connection.execute(
                f"{into} VALUES {','.join([placeholders] * len(chunk))} {on_conflict}", values
            )

    def checkpoint(self, sequence: int) -> Checkpoint | None:
        """Return the checkpoint after a commit; ``None`` if no span begins there."""
        found = self._connection.execute("SELECT * FROM checkpoints WHERE seq=?", (sequence,))
        row = found.fetchone()
        return Checkpoint(*row) if row else None

    def entries_since(self, sequence: int) -> Iterator[tuple[DocumentKey, Entry]]:
        """Yield the entries of the spans that begin at or after a commit, newest span first."""
        rows = self._connection.execute(
            "SELECT tbl, id, position, before FROM journal WHERE seq>=? ORDER BY seq DESC",
            (sequence,),
        )
        for table, document_id, position, before in rows:
            yield (table, document_id), _decode_entry(position, before)

    def entries_of(self, table: str) -> Iterator[Entry]:
        """Yield the entries of the documents of a table."""
        rows = self._connection.execute(
            "SELECT position, before FROM journal WHERE tbl=?", (table,)
        )
        for position, before in rows:
            yield _decode_entry(position, before)

    def close(self) -> None:
        self._close()


def _encode_entry(entry: Entry) -> tuple[int | None, str]:
    if isinstance(entry, Row):
        return entry.position, _encode(entry.document)
    return None, _encode(entry)


def _decode_entry(position: int | None, before: str | None) -> Entry:
    if before is None:
        return None
    value = json.loads(before)
    if position is not None:
        return Row(position, value)
    members, added = value
    return Difference(members, tuple(added))
