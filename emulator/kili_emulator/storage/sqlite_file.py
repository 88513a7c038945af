"""The SQLite file of the documents: one row per document, one transaction per commit.

A completed commit survives ``kill -9`` (write-ahead log, ``synchronous=NORMAL``); a power failure
may lose the last commits. Without a path, the database is in memory.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kili_emulator import errors, private_files
from kili_emulator.storage.commit_witness import CommitWitness
from kili_emulator.storage.snapshot import Row

_LAYOUT = 4
_OLDER_LAYOUT = 3  # the same tables, without stored decisions

# The meta value with the position in creation order from which on decisions are stored.
DECISIONS_POSITION = "decisions_position"

# The errors for a damaged file; the second one, if the damage is a part of SQLite's message.
READ_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)

_ROWS_PER_STATEMENT = 128  # old versions of SQLite take at most 999 values in a statement
_SCHEMA = """
CREATE TABLE documents (
    tbl TEXT, id TEXT, position INTEGER, body TEXT, PRIMARY KEY (tbl, id)
) WITHOUT ROWID;
CREATE TABLE journal (seq INTEGER, tbl TEXT, id TEXT, position INTEGER, before TEXT);
CREATE INDEX journal_seq ON journal (seq);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


class Change(NamedTuple):
    """A document before and after a commit; ``None`` if the document does not exist."""

    table: str
    id: str
    before: Row | None
    after: Row | None


class Commit(NamedTuple):
    """The changes that are written at once, and the values that belong to the whole store."""

    sequence: int
    changes: list[Change]
    meta: dict[str, Any]


def _encode(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def database_files(path: Path) -> list[Path]:
    """Return the paths of the files that belong to a file of documents; not all need to exist."""
    suffixes = ("", "-wal", "-shm", "-journal")
    return [*(path.with_name(path.name + suffix) for suffix in suffixes), witness_path(path)]


def copy_path(path: Path, layout: int) -> Path:
    """Return the path of the copy of a file that was made before the upgrade of its layout."""
    return path.with_name(f"{path.stem}.layout-{layout}{path.suffix}")


def copies_of_earlier_layouts(path: Path) -> list[Path]:
    """Return the paths of the copies of a file that were made before upgrades."""
    return sorted(path.parent.glob(f"{path.stem}.layout-*"))


def witness_path(path: Path) -> Path:
    return path.with_name(path.name + "-commit")


def is_known_layout(layout: int) -> bool:
    """Return whether this version reads files of a layout, if necessary after an upgrade."""
    return layout in (_OLDER_LAYOUT, _LAYOUT)


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


class OtherLayoutError(ValueError):
    """The file of documents was written by a version of the emulator with another layout."""


class SqliteFile:
    """The documents, the journal and the meta values of a world in an SQLite database.

    Raises:
        OtherLayoutError: the file was written by a version of the emulator with another layout.
        ValueError: the file is not a file of documents.
        StorageError: the file does not exist yet, and cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        is_new = path is None or not path.exists() or path.stat().st_size == 0
        try:
            if path:
                private_files.make_file(path)  # SQLite gives its other files the mode of this file
                for each in database_files(path):
                    private_files.restrict_permissions(each)
            self._witness = CommitWitness(witness_path(path)) if path else None
            self._connection = sqlite3.connect(
                str(path) if path else ":memory:", check_same_thread=False, isolation_level=None
            )
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
            age = "a newer" if layout > _LAYOUT else "an older"
            raise OtherLayoutError(
                f"{path} was written by another version of the emulator, {age} one (layout "
                f"{layout}, this one reads {_OLDER_LAYOUT} to {_LAYOUT}): use that version, use "
                "another --data-dir, or move that file's folder away"
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
        """Convert a file of the previous layout to the present one, if it is not converted yet.

        Earlier versions of the emulator then refuse the file. A copy that they read is kept beside
        it.

        Raises:
            StorageError: the file or its copy cannot be written.
        """
        (layout,) = self._connection.execute("PRAGMA user_version").fetchone()
        if layout == _LAYOUT:
            return
        self._copy(layout)
        with self._transaction():
            self._connection.execute(
                "REPLACE INTO meta SELECT ?, value FROM meta WHERE key='next_position'",
                (DECISIONS_POSITION,),
            )
            self._connection.execute(f"PRAGMA user_version={_LAYOUT}")

    def _copy(self, layout: int) -> None:
        """Copy the file before its upgrade, unless the copy of an interrupted upgrade exists.

        Raises:
            StorageError: the copy cannot be written.
        """
        if self._path is None:
            return
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
            yield table, document_id, Row(position, json.loads(body))

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
                self._insert("INSERT INTO journal", _journal_rows(each.sequence, each.changes))
                self._put(each)
        if self._witness and commits:
            self._witness.write(commits[-1].sequence)

    def undo(self, commit: Commit) -> None:
        """Undo the commits after ``commit.sequence``, all of them or none.

        Args:
            commit: the changes that restore the documents.

        Raises:
            StorageError: as for :meth:`write`.
        """
        if self._witness:
            self._witness.write(commit.sequence)
        with self._transaction():
            self._connection.execute("DELETE FROM journal WHERE seq>?", (commit.sequence,))
            self._put(commit)

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
            "REPLACE INTO documents",
            [
                (each.table, each.id, each.after.position, _encode(each.after.document))
                for each in changes
                if each.after
            ],
        )
        run_many(
            "DELETE FROM documents WHERE tbl=? AND id=?",
            [(each.table, each.id) for each in changes if each.after is None],
        )
        run_many(
            "REPLACE INTO meta VALUES (?,?)",
            [(key, _encode(value)) for key, value in meta.items()],
        )

    def _insert(self, into: str, rows: list[tuple[Any, ...]]) -> None:
        """Insert rows, many with one statement.

        At each statement Python may switch to another thread, which runs for 5 ms if it computes.
        With one statement per row, 1000 rows would take seconds beside a plugin in an endless loop.
        """
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            chunk = rows[start : start + _ROWS_PER_STATEMENT]
            placeholders = f"({','.join('?' * len(chunk[0]))})"
            values = [value for row in chunk for value in row]
            self._connection.execute(
                f"{into} VALUES {','.join([placeholders] * len(chunk))}", values
            )

    def replaced_after(self, sequence: int) -> Iterator[tuple[str, str, Row | None]]:
        """Yield the rows that the commits after ``sequence`` replaced, newest first.

        Yields:
            table, id, and the row before the change; ``None`` if the document did not exist.
        """
        rows = self._connection.execute(
            "SELECT tbl, id, position, before FROM journal WHERE seq>? ORDER BY rowid DESC",
            (sequence,),
        )
        for table, document_id, position, before in rows:
            row = None if before is None else Row(position, json.loads(before))
            yield table, document_id, row

    def close(self) -> None:
        self._close()
        if self._witness:
            self._witness.close()


def _journal_rows(sequence: int, changes: list[Change]) -> list[tuple[Any, ...]]:
    return [
        (
            sequence,
            each.table,
            each.id,
            each.before.position if each.before else None,
            _encode(each.before.document) if each.before else None,
        )
        for each in changes
    ]
