"""The journal of a world without a file: it keeps no second copy of the documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kili_emulator.storage.journal import (
    Checkpoint,
    Commit,
    DocumentKey,
    Entry,
    add_change,
    changes_before,
    merged_entry,
)
from kili_emulator.storage.snapshot import LoadedRow


class _Span(NamedTuple):
    position: int
    entries: dict[DocumentKey, Entry]


class MemoryFile:
    """The interface of :class:`SqliteFile`, for documents that live only in the snapshots."""

    def __init__(self) -> None:
        self._spans: dict[int, _Span] = {}  # the sequence of the checkpoint → span, oldest first

    def upgrade(self) -> None:
        """Do nothing: memory has no earlier layout."""

    def load_rows(
        self,
        key_members: Mapping[str, Sequence[str]],  # noqa: ARG002
    ) -> list[tuple[str, LoadedRow]]:
        """Return no rows."""
        return []

    def meta(self) -> dict[str, Any]:
        """Return no meta values."""
        return {}

    def write(self, commits: Sequence[Commit]) -> None:
        """Add the changes of the commits to the journal."""
        for commit in commits:
            sequence, position = commit.checkpoint
            entries = self._spans.setdefault(sequence, _Span(position, {})).entries
            for change in changes_before(commit.checkpoint, commit.changes):
                key = (change.table, change.id)
                entries[key] = add_change(entries.get(key), change)

    def undo(self, commit: Commit) -> None:
        """Remove the spans that begin at or after ``commit.sequence``."""
        while self._spans and next(reversed(self._spans)) >= commit.sequence:
            self._spans.popitem()

    def merge_spans(self, sequences: Collection[int]) -> None:
        """Merge each of these spans into the span before it, if there is one."""
        kept: dict[int, _Span] = {}
        for sequence, span in self._spans.items():
            if sequence not in sequences or not kept:
                kept[sequence] = span
                continue
            entries = kept[next(reversed(kept))].entries
            for key, later in span.entries.items():
                entries[key] = merged_entry(entries[key], later) if key in entries else later
        self._spans = kept

    def checkpoint(self, sequence: int) -> Checkpoint | None:
        """Return the checkpoint after a commit; ``None`` if no span begins there."""
        span = self._spans.get(sequence)
        return Checkpoint(sequence, span.position) if span else None

    def entries_since(self, sequence: int) -> Iterator[tuple[DocumentKey, Entry]]:
        """Yield the entries of the spans that begin at or after a commit, newest span first."""
        for start, span in reversed(self._spans.items()):
            if start < sequence:
                return
            yield from span.entries.items()

    def entries_of(self, table: str) -> Iterator[Entry]:
        """Yield the entries of the documents of a table."""
        for span in self._spans.values():
            yield from (entry for key, entry in span.entries.items() if key[0] == table)

    def close(self) -> None:
        """Forget the journal."""
        self._spans.clear()
