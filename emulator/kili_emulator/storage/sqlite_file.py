"""The SQLite file of the documents: one row per document, one transaction per commit.

A completed commit survives ``kill -9`` (write-ahead log, ``synchronous=NORMAL``); a power failure
may lose the last commits.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

from kili_emulator import errors, private_files
from kili_emulator.storage.commit_witness import CommitWitness
from kili_emulator.storage.journal import (
    Change,
    Checkpoint,
    Commit,
    DocumentKey,
    Entry,
    add_change,
    changes_before,
)
from kili_emulator.storage.journal_rows import (
    decode_entry,
    encode_entry,
    encode_json,
    merge_span,
)
from kili_emulator.storage.key_members import read_keys, select_keys
from kili_emulator.storage.layouts import (
    LAYOUT,
    OLDER_LAYOUTS,
    SCHEMA,
    UPGRADE,
    UPGRADE_3,
    OtherLayoutError,
    copy_path,
    database_files,
    is_known_layout,
    witness_path,
)
from kili_emulator.storage.sharing import SharedValues
from kili_emulator.storage.snapshot import LoadedRow, Row, StoredRow

# The errors for a damaged file; the second one, if the damage is a part of SQLite's message.
READ_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)

_ROWS_PER_STATEMENT = 128  # old versions of SQLite take at most 999 values in a statement


@contextlib.contextmanager
def file_errors() -> Iterator[None]:
    """Convert the errors of a file that cannot be read or written; other errors are defects.

    Raises:
        StorageError: the file cannot be read or written.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except READ_ERRORS as error:
        raise errors.not_stored(error) from error


def _is_disk_error(error: Exception) -> bool:
    """Return whether the disk, rather than the content of the file, is the reason of an error."""
    return isinstance(error, sqlite3.OperationalError) and "disk" in str(error)


class SqliteFile:
    """The documents, the journal and the meta values of a world in an SQLite database.

    Raises:
        OtherLayoutError: the file was written by a version of the emulator with another layout.
        ValueError: the file is not a file of documents.
        StorageError: the file does not exist yet, and cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        is_new = not path.exists() or path.stat().st_size == 0
        try:
            private_files.make_file(path)  # SQLite gives its other files the mode of this file
            for each in database_files(path):
                private_files.restrict_permissions(each)
            self._witness = CommitWitness(witness_path(path))
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise errors.not_stored(error) from error
        try:
            layout = self._prepare()
        except READ_ERRORS as error:
            if is_new or _is_disk_error(error):
                self.close()
                raise errors.not_stored(error) from error
            raise ValueError(f"{path} cannot be read ({error}): use another --data-dir") from None
        if layout == 0:
            self._create()
        elif not is_known_layout(layout):
            age = "a newer" if layout > LAYOUT else "an older"
            raise OtherLayoutError(
                f"{path} was written by another version of the emulator, {age} one (layout "
                f"{layout}, this one reads {min(OLDER_LAYOUTS)} to {LAYOUT}): use that version, "
                "use another --data-dir, or move that file's folder away"
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
            self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version={LAYOUT}; END;")
        except sqlite3.OperationalError as error:
            self.close()
            raise errors.not_stored(error) from error

    def upgrade(self) -> None:
        """Convert a file of an earlier layout to the present one, if it is not converted yet.

        It must be called before the first write. Earlier versions of the emulator then refuse the
        file. A copy that they read is kept beside it.

        Raises:
            StorageError: the file or its copy cannot be written.
        """
        (layout,) = self._connection.execute("PRAGMA user_version").fetchone()
        if layout == LAYOUT:
            return
        self._copy(layout)
        self._witness.write(0)  # it may be that of a file which this one has replaced
        with self._transaction():
            for statement in (*[UPGRADE_3] * (layout == 3), *UPGRADE):
                self._connection.execute(statement)
        with contextlib.suppress(sqlite3.OperationalError):  # the disk has no space for a copy
            self._connection.execute("VACUUM")

    def _copy(self, layout: int) -> None:
        """Copy the file before its upgrade, unless the copy of an interrupted upgrade exists.

        Raises:
            StorageError: the copy cannot be written.
        """
        target = copy_path(self._path, layout)
        unfinished = target.with_suffix(".unfinished")
        try:
            if not target.exists():
                unfinished.unlink(missing_ok=True)
                private_files.make_file(unfinished)
                with contextlib.closing(sqlite3.connect(unfinished)) as copy:
                    self._connection.backup(copy)
                unfinished.replace(target)
        except (OSError, sqlite3.OperationalError) as error:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise errors.not_stored(error) from error

    def load(self) -> Iterator[tuple[str, str, Row]]:
        """Yield all documents as (table, id, row).

        Raises:
            ValueError: a part of the file cannot be read.
        """
        for table, document_id, position, body in self._read(
            "SELECT tbl, id, position, body FROM documents"
        ):
            yield table, document_id, Row(position, _parse_object(body))

    def load_rows(self, key_members: Mapping[str, Sequence[str]]) -> list[tuple[str, LoadedRow]]:
        """Return all rows with their tables; decode only the key members of some tables.

        Args:
            key_members: the names of these tables, and :attr:`TableSpec.key_members`.

        Raises:
            ValueError: a document is not JSON, or a row has the document of another one.
            TypeError: a document is not an object.
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
                row = Row(position, shared.compact(_parse_object(body)))
                yield table, LoadedRow(document_id, row, row.document)
            else:
                texts = read_keys(keys)
                shared_id, *texts = map(share, texts, texts)
                if shared_id != document_id:
                    raise ValueError(f"the document in the row {document_id} has another id")
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
        if commits:
            self._witness.write(commits[-1].sequence)

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
                    *encode_entry(add_change(entries.get(each[:2]), each)),
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
                (table, document_id): decode_entry(position, before)
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
        self._witness.write(commit.sequence)
        with self._transaction():
            for table in ("journal", "checkpoints"):
                self._connection.execute(f"DELETE FROM {table} WHERE seq>=?", (commit.sequence,))
            self._put(commit)

    def merge_spans(self, sequences: Collection[int]) -> None:
        """Merge each of these spans into the span before it, all of them or none.

        Raises:
            StorageError: as for :meth:`write`.
        """
        with self._transaction():
            for each in sorted(sequences):
                merge_span(self._connection, each)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with file_errors():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
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
                (each.table, each.id, each.after.position, encode_json(each.after.document))
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
            [(key, encode_json(value)) for key, value in meta.items()],
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
            yield (table, document_id), decode_entry(position, before)

    def entries_of(self, table: str) -> Iterator[Entry]:
        """Yield the entries of the documents of a table.

        Raises:
            StorageError: the journal cannot be read.
        """
        query = "SELECT position, before FROM journal WHERE tbl=?"
        with file_errors():
            for position, before in self._connection.execute(query, (table,)):
                yield decode_entry(position, before)

    def close(self) -> None:
        self._close()
        self._witness.close()


def _parse_object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError(f"a document is not an object, but {text[:40]}")
    return value
