"""The journal: the differences by which a store returns to its checkpoints.

A checkpoint begins a *span*, which ends at the next checkpoint. The journal has one entry per span
and document that the span changed or deleted, however many commits did so. A document that was
inserted after a checkpoint needs no entry: its position shows that a rollback must delete it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kili_emulator.storage.json_values import is_same
from kili_emulator.storage.snapshot import Row, TableSnapshot


class Change(NamedTuple):
    """A document before and after a commit; ``None`` if the document does not exist."""

    table: str
    id: str
    before: Row | None
    after: Row | None


class Checkpoint(NamedTuple):
    """A state to which a store can return.

    Attributes:
        sequence: the number of the last commit before the checkpoint.
        position: the first position in creation order that no document had at the checkpoint.
    """

    sequence: int
    position: int

    def select(self, row: Row | None) -> Row | None:
        """Return a row if its document existed at the checkpoint, else ``None``."""
        return row if row and row.position < self.position else None


class Commit(NamedTuple):
    """The changes that are written at once, and the values that belong to the whole store.

    Attributes:
        checkpoint: the last checkpoint before the commit.
    """

    sequence: int
    changes: list[Change]
    meta: dict[str, Any]
    checkpoint: Checkpoint


class Difference(NamedTuple):
    """What a document had before a span changed it.

    Attributes:
        members: the changed or removed members with their old values.
        added: the names of the added members.
    """

    members: Mapping[str, Any]
    added: tuple[str, ...]


# The row of a deleted document, the difference of a changed one, or ``None`` for an inserted one;
# only files of an earlier layout have entries of inserted documents.
Entry = Row | Difference | None
DocumentKey = tuple[str, str]  # table and id

_MISSING = object()


def changes_before(checkpoint: Checkpoint, changes: Iterable[Change]) -> list[Change]:
    """Return the changes of documents that existed at a checkpoint: those that need an entry."""
    return [each for each in changes if checkpoint.select(each.before)]


def add_change(entry: Entry, change: Change) -> Entry:
    """Return the entry of a span after one more change of a document that existed before the span.

    Args:
        entry: the entry that the span has; ``None`` if this is the first change.
    """
    before, after = change.before, change.after
    assert before is not None, change
    assert not isinstance(entry, Row), change
    if after is None or after.position != before.position:
        return _restored(before, entry) if entry else before
    first = _difference(before.document, after.document)
    return _merged(entry, first) if entry else first


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    members = {
        name: value
        for name, value in old.items()
        if (now := new.get(name, _MISSING)) is not value and not is_same(value, now)
    }
    return Difference(members, tuple(new.keys() - old.keys()))


def _merged(earlier: Difference, later: Difference) -> Difference:
    """Return the difference of two changes of one document."""
    members = {
        **{name: value for name, value in later.members.items() if name not in earlier.added},
        **earlier.members,
    }
    added = (name for name in later.added if name not in earlier.members)
    return Difference(members, tuple({*earlier.added, *added}))


def merged_entry(earlier: Entry, later: Entry) -> Entry:
    """Return the entry of a document in the span that two successive spans become."""
    if not isinstance(earlier, Difference):
        return earlier
    if isinstance(later, Difference):
        return _merged(earlier, later)
    return later and _restored(later, earlier)


def changes_back(
    snapshot: Mapping[str, TableSnapshot],
    checkpoint: Checkpoint,
    entries: Iterable[tuple[DocumentKey, Entry]],
) -> list[Change]:
    """Return the changes from the present documents back to those of a checkpoint.

    Args:
        snapshot: table → its present content.
        entries: the entries of all spans since the checkpoint, newest span first.
    """
    rows: dict[DocumentKey, Row | None] = {
        (name, document_id): table.row(document_id)
        for name, table in snapshot.items()
        for document_id in table.ids_since(checkpoint.position)
    }
    for key, entry in entries:
        rows[key] = _restore(rows[key] if key in rows else snapshot[key[0]].row(key[1]), entry)
    changes = [
        Change(name, document_id, snapshot[name].row(document_id), checkpoint.select(row))
        for (name, document_id), row in rows.items()
    ]
    return [each for each in changes if not is_same(each.before, each.after)]


def former_members(entry: Entry) -> Mapping[str, Any]:
    """Return the members that an entry restores; none for an inserted document."""
    if entry is None:
        return {}
    return entry.document if isinstance(entry, Row) else entry.members


def _restore(row: Row | None, entry: Entry) -> Row | None:
    """Return the row of a document before a span, given its row after the span."""
    if not isinstance(entry, Difference):
        return entry
    assert row is not None, entry
    return _restored(row, entry)


def _restored(row: Row, difference: Difference) -> Row:
    kept = {name: each for name, each in row.document.items() if name not in difference.added}
    return Row(row.position, {**kept, **difference.members})
