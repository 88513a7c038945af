"""The document store: a TinyDB interface to immutable snapshots and an incremental file.

:class:`DocumentStore` is a :class:`tinydb.TinyDB`: TinyDB's queries read and search the data of a
world (``store.table("labels").search(where("labelType") == "REVIEW")``). Ids are strings.
Transactions commit many changes at once through :meth:`DocumentStore.commit`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument

from kili_emulator import errors
from kili_emulator.errors import StorageError
from kili_emulator.storage.document_table import DocumentTable
from kili_emulator.storage.journal import Change, Checkpoint, Commit, changes_back, former_members
from kili_emulator.storage.loading import load_tables
from kili_emulator.storage.memory_file import MemoryFile
from kili_emulator.storage.retry import Retry
from kili_emulator.storage.sharing import SharedValues
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot, TableSpec
from kili_emulator.storage.sqlite_file import SqliteFile, file_errors

# The meta value with the checkpoints that are kept until a rollback.
_LASTING = "lasting_marks"

Snapshot = Mapping[str, TableSnapshot]


class StoreState(NamedTuple):
    """The content of a store at one moment, which shares its documents with the store.

    Attributes:
        sequence: the number of the last commit.
        next_position: the first position in creation order that no document has.
        meta: the values that belong to the whole store.
    """

    snapshot: Snapshot
    sequence: int
    next_position: int
    meta: dict[str, Any]


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
        self._lasting: set[int] = set(self.meta.get(_LASTING, ()))  # checkpoints to keep
        self._has_new_lasting = False

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

    def mark(self, *, after_commit: bool = False, is_lasting: bool = True) -> int:
        """Make a state a checkpoint: see :meth:`DocumentStore.mark`."""
        with self.write_lock:
            if is_lasting:
                number = self.sequence + after_commit
                self._has_new_lasting |= number not in self._lasting
                self._lasting.add(number)
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
            self._lasting = {each for each in self._lasting if each <= sequence}
            self._publish(commit, snapshot)
            self._checkpoint = self._present_checkpoint()

    def state_at(self, sequence: int) -> StoreState:
        """Return a former state: see :meth:`DocumentStore.state_at`."""
        with self.write_lock:
            if sequence > self.sequence:
                raise ValueError(errors.WORLD_MARK_UNKNOWN)
            if sequence == self.sequence:
                return StoreState(self.snapshot, sequence, self.next_position, self.meta)
            self.save()
            with file_errors():
                changes = self._changes_back_to(sequence)
                checkpoint = self._file.checkpoint(sequence)
            assert checkpoint is not None
            commit = self._make_commit(sequence, changes, {})
            return StoreState(
                self._snapshot_after(commit), sequence, checkpoint.position, self.meta
            )

    def begin_with(self, state: StoreState) -> None:
        """Take over a state: see :meth:`DocumentStore.begin_with`."""
        with self.write_lock:
            self.snapshot, self.sequence = state.snapshot, state.sequence
            self.next_position = state.next_position
            self.meta = {**state.meta, "next_position": state.next_position}
            self._checkpoint = self._present_checkpoint()

    def forget(self, sequences: Iterable[int]) -> None:
        """Forget checkpoints: see :meth:`DocumentStore.forget`."""
        with self.write_lock:
            self.save()
            self._file.merge_spans(set(sequences) - self._lasting - {self._checkpoint.sequence})

    def _present_checkpoint(self) -> Checkpoint:
        return Checkpoint(self.sequence, self.meta.get("next_position", 1))

    def _make_commit(self, sequence: int, changes: list[Change], meta: dict[str, Any]) -> Commit:
        meta = {**meta, "next_position": self.next_position}
        if self._has_new_lasting:
            meta[_LASTING] = sorted(each for each in self._lasting if each <= sequence)
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
        self._has_new_lasting = False
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

    def mark(self, *, after_commit: bool = False, is_lasting: bool = True) -> int:
        """Return the number of the last commit, as a state to which the store can return.

        Args:
            after_commit: return the number of the next commit instead, and mark its state.
            is_lasting: keep the mark, even if :meth:`forget` names the same state.
        """
        return self.storage.mark(after_commit=after_commit, is_lasting=is_lasting)

    def forget(self, sequences: Iterable[int]) -> None:
        """Forget the marks with these numbers: the store can no longer return to them.

        Raises:
            StorageError: the file cannot be written; nothing has changed.
        """
        self.storage.forget(sequences)

    def roll_back(self, sequence: int, meta: dict[str, Any]) -> None:
        """Restore all documents to their state at the mark ``sequence``.

        The later commits are deleted: a rollback cannot be undone.

        Raises:
            ValueError: no mark has this number.
            StorageError: the file cannot be written; nothing has changed.
        """
        self.storage.roll_back(sequence, meta)

    def state_at(self, sequence: int) -> StoreState:
        """Return the state at the mark ``sequence``; the store does not change.

        Raises:
            ValueError: no mark has this number.
            StorageError: the journal cannot be read.
        """
        return self.storage.state_at(sequence)

    def begin_with(self, state: StoreState) -> None:
        """Take over the state of another store, in memory; this store must be empty."""
        self.storage.begin_with(state)
