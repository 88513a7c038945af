"""Immutable tables: a snapshot that a reader holds never changes.

A write makes a new :class:`TableSnapshot` that shares nearly all its parts with the old one. A
transaction works on its own snapshot, a commit publishes this snapshot by the assignment of one
reference, and a reader of the old snapshot needs no lock.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from kili_emulator.storage.merged_postings import slice_of_all
from kili_emulator.storage.posting import Posting, SortKey, SortKeyOf

Document = dict[str, Any]
IndexKey = Callable[[Document], Hashable]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SHARDS = 256
_NO_SHARDS: tuple[dict[Any, Any], ...] = ({},) * _SHARDS


class ShardedMap(Generic[K, V]):
    """An immutable mapping; a changed copy copies only the shards with changed keys."""

    __slots__ = ("_shards", "_size")

    def __init__(self) -> None:
        self._shards: tuple[dict[K, V], ...] = _NO_SHARDS
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def get(self, key: K) -> V | None:
        return self._shards[hash(key) % _SHARDS].get(key)

    def get_all(self, keys: Iterable[K]) -> Iterator[V]:
        """Yield the values of keys, which must exist."""
        shards = self._shards
        return (shards[hash(key) % _SHARDS][key] for key in keys)

    def keys(self) -> Iterator[K]:
        return chain.from_iterable(self._shards)

    def values(self) -> Iterator[V]:
        for shard in self._shards:
            yield from shard.values()

    def changed(self, changes: Mapping[K, V | None]) -> ShardedMap[K, V]:
        """Return a copy in which the given keys have the given values; ``None`` removes a key."""
        shards = list(self._shards)
        updated_shards: set[int] = set()
        size = self._size
        for key, value in changes.items():
            number = hash(key) % _SHARDS
            if number not in updated_shards:
                shards[number] = dict(shards[number])
                updated_shards.add(number)
            shard = shards[number]
            size -= key in shard
            if value is None:
                shard.pop(key, None)
            else:
                shard[key] = value
                size += 1
        copy: ShardedMap[K, V] = ShardedMap()
        copy._shards = tuple(shards)
        copy._size = size
        return copy


class Row(NamedTuple):
    """A document and its position in the order of insertion (unique in its table)."""

    position: int
    document: Document


_DOCUMENT: Callable[[Row], Document] = attrgetter("document")


@dataclass(frozen=True)
class TableSpec:
    """The name, the indexes and the creation order of a table.

    Args:
        name: the name of the table.
        indexes: index name → function from a document to its key; a document whose key is ``None``
            is not in the index.
        date_member: the member with the creation date of a document, for tables in which a document
            can be older than documents that were inserted earlier: copies keep their date.
    """

    name: str
    indexes: Mapping[str, IndexKey] = field(default_factory=dict)
    date_member: str | None = None

    def sort_key(self, row: Row) -> SortKey:
        """Return the sort key of the creation order: the date, if there is one, then insertion."""
        date = row.document.get(self.date_member, "") if self.date_member else ""
        return (date, row.position)


# key → the ids of the documents that have the key
Index = ShardedMap[Hashable, Posting]

_EMPTY = Posting()


class TableSnapshot:
    """The immutable content of a table after one commit, or within one transaction."""

    __slots__ = ("_ids", "_indexes", "_rows", "spec")

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self._rows: ShardedMap[str, Row] = ShardedMap()
        self._ids = _EMPTY
        self._indexes: Mapping[str, Index] = {name: Index() for name in spec.indexes}

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, document_id: str) -> Row | None:
        return self._rows.get(document_id)

    def get(self, document_id: str) -> Document | None:
        row = self._rows.get(document_id)
        return row.document if row else None

    def rows(self) -> list[Row]:
        """Return all rows in creation order."""
        return list(self._rows.get_all(self._ids))

    def keys(self, index: str) -> Iterator[Hashable]:
        """Yield the keys of an index that at least one document has."""
        return self._indexes[index].keys()

    def posting(self, index: str, key: Hashable) -> Posting:
        """Return the ids of the documents with this key in an index, in creation order."""
        found = self._indexes[index].get(key)
        return _EMPTY if found is None else found

    def merge(self, postings: Iterable[Iterable[str]]) -> Posting:
        """Return the ids of several postings, in creation order."""
        return Posting.of(sorted(chain.from_iterable(postings), key=self._sort_key))

    def slice_of_all(self, postings: Sequence[Posting], start: int, stop: int) -> Iterator[str]:
        """Yield a part of the ids of several postings, in creation order."""
        if len(postings) == 1:
            return postings[0].slice(start, stop)
        return slice_of_all(postings, start, stop, self._sort_key)

    def between(self, posting: Posting, begin: str, end: str) -> Posting:
        """Return the ids of a posting whose documents have a date from ``begin`` to ``end``.

        The table must have a ``date_member``, which orders the posting.
        """
        return posting.between((begin, 0), (end, sys.maxsize), self._sort_key)

    def index_in(self, posting: Posting, document_id: str) -> int | None:
        """Return the place of an id in a posting; ``None`` if the posting does not have it."""
        return posting.index(document_id, self._sort_key) if self.row(document_id) else None

    def existing(self, document_ids: Iterable[str]) -> Posting:
        """Return those of the ids that documents have, in creation order."""
        ids = (each for each in set(document_ids) if self._rows.get(each))
        return Posting.of(sorted(ids, key=self._sort_key))

    def documents(self, ids: Iterable[str]) -> Iterator[Document]:
        """Yield the documents with these ids; they must exist."""
        return map(_DOCUMENT, self._rows.get_all(ids))

    def get_many(self, document_ids: Iterable[str]) -> list[Document]:
        """Return the existing documents with these ids, in creation order."""
        return list(self.documents(self.existing(document_ids)))

    def find(self, index: str, key: Hashable) -> list[Document]:
        """Return the documents with this key in an index, in creation order."""
        return list(self.documents(self.posting(index, key)))

    def count(self, index: str, key: Hashable) -> int:
        """Return the number of documents with this key in an index."""
        return len(self.posting(index, key))

    def changed(self, changes: Mapping[str, Row | None]) -> TableSnapshot:
        """Return a copy in which the given ids have the given rows; ``None`` removes a row."""
        copy = TableSnapshot(self.spec)
        copy._rows = self._rows.changed(changes)
        copy._ids = self._reordered(changes, copy)
        copy._indexes = {name: self._reindexed(name, changes, copy) for name in self.spec.indexes}
        return copy

    def _sort_key(self, document_id: str) -> SortKey:
        row = self._rows.get(document_id)
        assert row is not None, document_id
        return self.spec.sort_key(row)

    def _stays(self, before: Row | None, after: Row | None) -> bool:
        """Return whether a change leaves a document at its place in creation order."""
        if before is None or after is None:
            return before is after
        return self.spec.sort_key(before) == self.spec.sort_key(after)

    def _reordered(self, changes: Mapping[str, Row | None], copy: TableSnapshot) -> Posting:
        """Return the ids of all documents of a changed copy, in creation order."""
        moved = {
            document_id: row
            for document_id, row in changes.items()
            if not self._stays(self._rows.get(document_id), row)
        }
        removed = {each for each in moved if self._rows.get(each)}
        added = [document_id for document_id, row in moved.items() if row]
        return _changed_posting(self._ids, removed, self._sort_key, added, copy._sort_key)

    def _reindexed(
        self, name: str, changes: Mapping[str, Row | None], copy: TableSnapshot
    ) -> Index:
        key_of, index = self.spec.indexes[name], self._indexes[name]
        removed: dict[Hashable, set[str]] = {}
        added: dict[Hashable, list[str]] = {}
        for document_id, row in changes.items():
            before = self._rows.get(document_id)
            old = key_of(before.document) if before else None
            new = key_of(row.document) if row else None
            if old == new and self._stays(before, row):
                continue
            if old is not None:
                removed.setdefault(old, set()).add(document_id)
            if new is not None:
                added.setdefault(new, []).append(document_id)
        if not removed and not added:
            return index
        postings = {
            key: _changed_posting(
                index.get(key) or _EMPTY,
                removed.get(key, set()),
                self._sort_key,
                added.get(key, []),
                copy._sort_key,
            )
            for key in removed.keys() | added.keys()
        }
        return index.changed({key: ids if len(ids) else None for key, ids in postings.items()})


def _changed_posting(
    posting: Posting,
    removed: set[str],
    old_sort_key: SortKeyOf,
    added: list[str],
    new_sort_key: SortKeyOf,
) -> Posting:
    """Return a posting with some ids removed and others added, in creation order."""
    if removed:
        posting = posting.removed(removed, old_sort_key)
    return posting.added(sorted(added, key=new_sort_key), new_sort_key) if added else posting
