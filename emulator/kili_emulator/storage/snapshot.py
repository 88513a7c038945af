"""Immutable tables: a snapshot that a reader holds never changes.

A write makes a new :class:`TableSnapshot` that shares nearly all its parts with the old one. A
transaction works on its own snapshot, a commit publishes this snapshot by the assignment of one
reference, and a reader of the old snapshot needs no lock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

Document = dict[str, Any]
IndexKey = Callable[[Document], Hashable]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The position of a document in creation order.
SortKey = tuple[str, int]

_SHARDS = 256
_CHUNK = 512
_NO_SHARD: dict[Any, Any] = {}


class ShardedMap(Generic[K, V]):
    """An immutable mapping; a changed copy copies only the shards with changed keys."""

    __slots__ = ("_shards", "_size")

    def __init__(self) -> None:
        self._shards: tuple[dict[K, V], ...] = (_NO_SHARD,) * _SHARDS
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def get(self, key: K) -> V | None:
        return self._shards[hash(key) % _SHARDS].get(key)

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


class Posting:
    """The ids of the documents that have one key, in creation order.

    A posting is immutable; to append copies one chunk, regardless of the number of ids.
    """

    __slots__ = ("_chunks", "_size")

    def __init__(self, chunks: tuple[tuple[str, ...], ...] = ()) -> None:
        self._chunks = chunks
        self._size = sum(map(len, chunks))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._chunks)

    @property
    def last(self) -> str:
        """The newest id; the posting must not be empty."""
        return self._chunks[-1][-1]

    def appended(self, ids: Sequence[str]) -> Posting:
        """Return a copy with newer ids at its end."""
        *full, last = self._chunks or ((),)
        ids = (*last, *ids)
        chunks = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
        return Posting((*full, *chunks))


# key → the ids of the documents that have the key
Index = ShardedMap[Hashable, Posting]


class TableSnapshot:
    """The immutable content of a table after one commit, or within one transaction."""

    __slots__ = ("_indexes", "_rows", "spec")

    def __init__(
        self,
        spec: TableSpec,
        rows: ShardedMap[str, Row] | None = None,
        indexes: Mapping[str, Index] | None = None,
    ) -> None:
        self.spec = spec
        self._rows: ShardedMap[str, Row] = ShardedMap() if rows is None else rows
        self._indexes = indexes or {name: Index() for name in spec.indexes}

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, document_id: str) -> Row | None:
        return self._rows.get(document_id)

    def get(self, document_id: str) -> Document | None:
        row = self._rows.get(document_id)
        return row.document if row else None

    def rows(self) -> list[Row]:
        """Return all rows in creation order."""
        return sorted(self._rows.values(), key=self.spec.sort_key)

    def get_many(self, document_ids: Iterable[str]) -> list[Document]:
        """Return the existing documents with these ids, in creation order."""
        rows = [row for row in map(self._rows.get, set(document_ids)) if row]
        return [row.document for row in sorted(rows, key=self.spec.sort_key)]

    def find(self, index: str, key: Hashable) -> list[Document]:
        """Return the documents with this key in an index, in creation order."""
        ids = self._indexes[index].get(key) or ()
        return [row.document for row in map(self._rows.get, ids) if row is not None]

    def count(self, index: str, key: Hashable) -> int:
        """Return the number of documents with this key in an index."""
        return len(self._indexes[index].get(key) or ())

    def changed(self, changes: Mapping[str, Row | None]) -> TableSnapshot:
        """Return a copy in which the given ids have the given rows; ``None`` removes a row."""
        rows = self._rows.changed(changes)
        indexes = {name: self._reindexed(name, changes, rows) for name in self.spec.indexes}
        return TableSnapshot(self.spec, rows, indexes)

    def _changes_order(self, before: Row, after: Row) -> bool:
        """Return whether a change moves a document in creation order."""
        return self.spec.sort_key(before) != self.spec.sort_key(after)

    def _reindexed(
        self, name: str, changes: Mapping[str, Row | None], rows: ShardedMap[str, Row]
    ) -> Index:
        key_of, index = self.spec.indexes[name], self._indexes[name]
        removed: dict[Hashable, set[str]] = {}
        added: dict[Hashable, list[str]] = {}
        for document_id, row in changes.items():
            before = self._rows.get(document_id)
            old = key_of(before.document) if before else None
            new = key_of(row.document) if row else None
            if old == new and not (before and row and self._changes_order(before, row)):
                continue
            if old is not None:
                removed.setdefault(old, set()).add(document_id)
            if new is not None:
                added.setdefault(new, []).append(document_id)
        if not removed and not added:
            return index

        def sort_key(document_id: str) -> SortKey:
            row = rows.get(document_id)
            assert row is not None, document_id
            return self.spec.sort_key(row)

        postings = {
            key: _updated_posting(
                index.get(key) or Posting(), removed.get(key), added.get(key, []), sort_key
            )
            for key in removed.keys() | added.keys()
        }
        return index.changed({key: ids if len(ids) else None for key, ids in postings.items()})


def _updated_posting(
    posting: Posting, removed: set[str] | None, added: list[str], sort_key: Callable[[str], SortKey]
) -> Posting:
    """Return a posting with some ids removed and others added, in creation order."""
    new_ids = sorted(added, key=sort_key)
    if removed:
        posting = Posting().appended([each for each in posting if each not in removed])
    if len(posting) and new_ids and sort_key(new_ids[0]) < sort_key(posting.last):
        return Posting().appended(sorted((*posting, *new_ids), key=sort_key))
    return posting.appended(new_ids) if new_ids else posting
