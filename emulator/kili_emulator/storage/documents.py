"""The document store: a TinyDB interface to immutable snapshots and an incremental file.

:class:`DocumentStore` is a :class:`tinydb.TinyDB`: TinyDB's queries read and search the data of a
world (``store.table("labels").search(where("labelType") == "REVIEW")``). Ids are strings.
Transactions commit many changes at once through :meth:`DocumentStore.commit`.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from kili_emulator import errors
from kili_emulator.errors import StorageError
from kili_emulator.storage.journal import Change, Checkpoint, Commit, changes_back, former_members
from kili_emulator.storage.loading import load_tables
from kili_emulator.storage.memory_file import MemoryFile
from kili_emulator.storage.retry import Retry
from kili_emulator.storage.sharing import SharedValues
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot, TableSpec, copy_value
from kili_emulator.storage.sqlite_file import SqliteFile, file_errors

Snapshot = Mapping[str, TableSnapshot]


class IncrementalStorage(Storage):
    """A TinyDB storage that holds snapshots and writes only changed documents."""

    def __init__(self, specs: Iterable[TableSpec], path: Path | None) -> None:
        self._file = SqliteFile(path) if path else MemoryFile()
        self._unsaved: list[Commit] = []  # commits that are visible, but not yet in the file
        self._retry = Retry(self.save)
        self.write_lock = threading.RLock()
        self.meta = self._file.meta()
        self.sequence: int = self.meta.get("sequence", 0)
        self.next_position: int = self.meta.get("next_position", 1)
        self.snapshot: Snapshot = load_tables(self._file, specs)
        self._checkpoint = self._present_checkpoint()
        self._marks_next_commit = False

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the whole content in the form of TinyDB's storages: table → id → document."""
        return {
            name: {row.document["id"]: row.document for row in table.rows()}
            for name, table in self.snapshot.items()
        }

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> NoReturn:  # noqa: ARG002
        """Refuse to rewrite the whole content: raise a ``TypeError``."""
        raise TypeError("write single documents through a table, or many through commit()")

    def commit(
        self, changes: Iterable[Change], meta: dict[str, Any], *, deferrable: bool = False
    ) -> None:
        """Make the changes durable, then visible: see :meth:`DocumentStore.commit`."""
        with self.write_lock:
            commit = self._make_commit(self.sequence + 1, list(changes), meta)
            snapshot = self._snapshot_after(commit)
            try:
                self._file.write([*self._unsaved, commit])
                self._unsaved.clear()
            except StorageError:
                if not deferrable:
                    raise
                self._unsaved.append(commit)
                self._retry.start()
            self._publish(commit, snapshot)

    @property
    def is_saved(self) -> bool:
        """Whether all visible commits are durable."""
        return not self._unsaved

    def save(self) -> None:
        """Write the commits that are so far only in memory: see :meth:`DocumentStore.save`."""
        with self.write_lock:
            if self._unsaved:
                self._file.write(self._unsaved)
                self._unsaved.clear()

    def upgrade(self) -> None:
        """Convert a file of an earlier layout: see :meth:`DocumentStore.upgrade`."""
        with self.write_lock:
            self._file.upgrade()
            self.meta |= self._file.meta()

    def mark(self, *, after_commit: bool = False) -> int:
        """Make a state a checkpoint: see :meth:`DocumentStore.mark`."""
        with self.write_lock:
            if after_commit:
                self._marks_next_commit = True
                return self.sequence + 1
            if self._checkpoint.sequence != self.sequence:
                self._checkpoint = self._present_checkpoint()
            return self.sequence

    def roll_back(self, sequence: int, meta: dict[str, Any]) -> None:
        """Undo the commits after a checkpoint: see :meth:`DocumentStore.roll_back`."""
        with self.write_lock:
            if not 0 <= sequence <= self.sequence:
                raise ValueError(f"there is no commit {sequence} (the last is {self.sequence})")
            self.save()
            with file_errors():
                changes = self._changes_back_to(sequence) if sequence < self.sequence else []
            commit = self._make_commit(sequence, changes, meta)
            snapshot = self._snapshot_after(commit)
            self._file.undo(commit)
            self._publish(commit, snapshot)
            self._checkpoint = self._present_checkpoint()

    def _present_checkpoint(self) -> Checkpoint:
        return Checkpoint(self.sequence, self.meta.get("next_position", 1))

    def _make_commit(self, sequence: int, changes: list[Change], meta: dict[str, Any]) -> Commit:
        meta = {**meta, "next_position": self.next_position}
        return Commit(sequence, changes, meta, self._checkpoint)

    def _snapshot_after(self, commit: Commit) -> Snapshot:
        present: dict[str, dict[str, Row | None]] = {}  # table → id → row
        changed: dict[str, dict[str, Row | None]] = {}
        shared = SharedValues()
        models: dict[str, Document] = {}  # the last document of each table
        for table, document_id, before, after in commit.changes:
            row = None
            if after:
                model = before.document if before else models.get(table)
                models[table] = shared.compact_like(after.document, model)
                row = Row(after.position, models[table])
            present.setdefault(table, {})[document_id] = before
            changed.setdefault(table, {})[document_id] = row
        updated = {
            name: self.snapshot[name].changed(rows, present[name]) for name, rows in changed.items()
        }
        return {**self.snapshot, **updated}

    def _publish(self, commit: Commit, snapshot: Snapshot) -> None:
        self.sequence = commit.sequence
        self.meta = {**self.meta, **commit.meta}
        self.snapshot = snapshot
        if self._marks_next_commit:
            self._checkpoint = self._present_checkpoint()
            self._marks_next_commit = False

    def _changes_back_to(self, sequence: int) -> list[Change]:
        checkpoint = self._file.checkpoint(sequence)
        if checkpoint is None:
            raise ValueError(errors.WORLD_MARK_UNKNOWN)
        return changes_back(self.snapshot, checkpoint, self._file.entries_since(sequence))

    def former_members(self, table: str) -> Iterator[Mapping[str, Any]]:
        """Yield the members by which rollbacks may restore documents of a table."""
        return filter(None, map(former_members, self._file.entries_of(table)))

    def close(self) -> None:
        self._retry.close()
        with contextlib.suppress(StorageError):
            self.save()
        self._file.close()


class DocumentTable(Table):
    """A TinyDB table of the store's snapshots, with string ids.

    Readers see the last commit; each call that writes is a separate commit.
    """

    document_id_class = str  # type: ignore[assignment]
    default_query_cache_capacity = 0

    def __init__(self, storage: IncrementalStorage, name: str, **_: Any) -> None:
        super().__init__(storage, name, cache_size=0)
        self._store = storage

    @property
    def _snapshot(self) -> TableSnapshot:
        return self._store.snapshot[self.name]

    def __len__(self) -> int:
        return len(self._snapshot)

    def __iter__(self) -> Iterator[TinyDocument]:
        for row in self._snapshot.rows():
            yield _copy(row.document)

    def search(self, cond: QueryLike) -> list[TinyDocument]:
        return [document for document in self if cond(document)]

    def get(  # type: ignore[override]
        self,
        cond: QueryLike | None = None,
        doc_id: str | None = None,
        doc_ids: list[str] | None = None,
    ) -> TinyDocument | list[TinyDocument] | None:
        if doc_id is not None:
            found = self._snapshot.get(doc_id)
            return _copy(found) if found else None
        if doc_ids is not None:
            return [_copy(each) for each in map(self._snapshot.get, doc_ids) if each]
        if cond is None:
            raise RuntimeError("You have to pass either cond or doc_id or doc_ids")
        return next((document for document in self if cond(document)), None)

    def insert(self, document: Mapping[str, Any]) -> str:  # type: ignore[override]
        return self.insert_multiple([document])[0]

    def insert_multiple(  # type: ignore[override]
        self, documents: Iterable[Mapping[str, Any]]
    ) -> list[str]:
        added: list[Document] = [copy_value(dict(each)) for each in documents]
        if not all(isinstance(document.get("id"), str) for document in added):
            raise ValueError("a document needs a text 'id'")
        with self._store.write_lock:
            position = self._store.next_position
            self._store.next_position += len(added)
            rows = {each["id"]: Row(place, each) for place, each in enumerate(added, position)}
            if len(rows) < len(added) or any(map(self._snapshot.row, rows)):
                raise ValueError("a document with this id exists already")
            self._commit(rows)
        return list(rows)

    def update(  # type: ignore[override]
        self,
        fields: Mapping[str, Any] | Callable[[Document], None],
        cond: QueryLike | None = None,
        doc_ids: Iterable[str] | None = None,
    ) -> list[str]:
        with self._store.write_lock:
            changed: dict[str, Row | None] = {}
            for row in self._select_rows(cond, doc_ids):
                document = dict(_copy(row.document))
                if callable(fields):
                    fields(document)
                else:
                    document.update(copy_value(dict(fields)))
                if document.get("id") != row.document["id"]:
                    raise ValueError("a document keeps its id: insert another one instead")
                changed[document["id"]] = Row(row.position, document)
            self._commit(changed)
        return list(changed)

    def update_multiple(  # type: ignore[override]
        self, updates: Iterable[tuple[Mapping[str, Any] | Callable[[Document], None], QueryLike]]
    ) -> list[str]:
        return [changed for fields, cond in updates for changed in self.update(fields, cond)]

    def remove(  # type: ignore[override]
        self, cond: QueryLike | None = None, doc_ids: Iterable[str] | None = None
    ) -> list[str]:
        if cond is None and doc_ids is None:
            raise RuntimeError("Use truncate() to remove all documents")
        with self._store.write_lock:
            ids = [row.document["id"] for row in self._select_rows(cond, doc_ids)]
            self._commit(dict.fromkeys(ids))
        return ids

    def truncate(self) -> None:
        with self._store.write_lock:
            self._commit(dict.fromkeys(row.document["id"] for row in self._snapshot.rows()))

    def _select_rows(self, cond: QueryLike | None, doc_ids: Iterable[str] | None) -> list[Row]:
        if doc_ids is not None:
            return [row for row in map(self._snapshot.row, doc_ids) if row]
        return [row for row in self._snapshot.rows() if cond is None or cond(row.document)]

    def _commit(self, rows: Mapping[str, Row | None]) -> None:
        documents = [row.document for row in rows.values() if row]
        json.dumps(documents, allow_nan=False)  # raises for other values
        snapshot = self._snapshot
        self._store.commit(
            [Change(self.name, each, snapshot.row(each), row) for each, row in rows.items()], {}
        )

    def _get_next_id(self) -> NoReturn:
        raise TypeError("ids are given, never counted")


def _copy(document: Document) -> TinyDocument:
    """Return a copy that the caller may edit without a change to the committed document."""
    return TinyDocument({key: copy_value(value) for key, value in document.items()}, document["id"])


class DocumentStore(TinyDB):
    """The documents of a world.

    Args:
        specs: the tables.
        path: the file of the documents; ``None`` keeps them in memory.
    """

    table_class = DocumentTable  # type: ignore[assignment]
    storage: IncrementalStorage

    def __init__(self, specs: Iterable[TableSpec], path: Path | None) -> None:
        self._specs = list(specs)
        super().__init__(self._specs, path, storage=IncrementalStorage)

    def __repr__(self) -> str:
        return f"<DocumentStore: {len(self)} documents in {len(self._specs)} tables>"

    def __len__(self) -> int:
        """Return the number of documents in all tables."""
        return sum(map(len, self.snapshot.values()))

    def __iter__(self) -> Iterator[TinyDocument]:
        for spec in self._specs:
            yield from self.table(spec.name)

    @property
    def snapshot(self) -> Snapshot:
        """The immutable state of all tables after the last commit."""
        return self.storage.snapshot

    @property
    def sequence(self) -> int:
        """The number of the last commit; after a rollback, counting continues from its target."""
        return self.storage.sequence

    @property
    def meta(self) -> dict[str, Any]:
        """The values that belong to the whole store."""
        return self.storage.meta

    @property
    def write_lock(self) -> threading.RLock:
        """The lock that a writer holds; there is one writer at a time."""
        return self.storage.write_lock

    def take_position(self) -> int:
        """Take the next position in creation order; the caller holds the write lock."""
        storage = self.storage
        position = storage.next_position
        storage.next_position = position + 1
        return position

    def commit(
        self, changes: Iterable[Change], meta: dict[str, Any], *, deferrable: bool = False
    ) -> None:
        """Make many changes durable and visible at once.

        Args:
            deferrable: make the changes visible even if the file cannot be written now; the write
                is repeated in the background until it succeeds.

        Raises:
            StorageError: the file cannot be written, and the commit is not deferrable; nothing has
                changed.
        """
        self.storage.commit(changes, meta, deferrable=deferrable)

    @property
    def is_saved(self) -> bool:
        """Whether all visible commits are durable."""
        return self.storage.is_saved

    def save(self) -> None:
        """Write the commits that are so far only in memory.

        Raises:
            StorageError: the file cannot be written.
        """
        self.storage.save()

    def upgrade(self) -> None:
        """Convert a file of an earlier layout to the present one.

        Raises:
            StorageError: the file cannot be written.
        """
        self.storage.upgrade()

    def mark(self, *, after_commit: bool = False) -> int:
        """Return the number of the last commit, as a state to which the store can return.

        Args:
            after_commit: return the number of the next commit instead, and mark its state.
        """
        return self.storage.mark(after_commit=after_commit)

    def roll_back(self, sequence: int, meta: dict[str, Any]) -> None:
        """Restore all documents to their state at the mark ``sequence``.

        The later commits are deleted: a rollback cannot be undone.

        Raises:
            ValueError: no mark has this number.
            StorageError: the file cannot be written; nothing has changed.
        """
        self.storage.roll_back(sequence, meta)
