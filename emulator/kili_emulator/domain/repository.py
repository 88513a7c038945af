"""Repositories: the tables of a world, for reading, and in a transaction for writing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from kili_emulator import errors
from kili_emulator.storage.draft import TableDraft
from kili_emulator.storage.journal import Change
from kili_emulator.storage.json_values import is_same
from kili_emulator.storage.posting import Posting
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot

# The type of a table's documents; see :mod:`kili_emulator.domain.documents`.
D = TypeVar("D", bound=Mapping[str, Any])


def changed_members(document: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members whose value differs from the document; a missing one is ``None``."""
    return {name: value for name, value in members.items() if document.get(name) != value}


class StoredDocuments(Generic[D]):
    """Documents of one table with the ids of some postings, loaded when they are read."""

    def __init__(self, table: TableSnapshot, postings: Sequence[Posting]) -> None:
        self._table = table
        self._postings = postings

    def __len__(self) -> int:
        return sum(map(len, self._postings))

    def __iter__(self) -> Iterator[D]:
        return self._load(self._merge())

    def __getitem__(self, place: slice) -> Iterator[D]:
        start, stop, _ = place.indices(len(self))
        return self._load(self._table.slice_of_all(self._postings, start, stop))

    def index(self, document_id: str) -> int | None:
        """Return the place of a document; ``None`` if it is not one of these documents."""
        return self._table.index_in(self._merge(), document_id)

    def between(self, begin: str, end: str) -> StoredDocuments[D]:
        """Return the documents with a date from ``begin`` to ``end``, in a table with dates."""
        found = (self._table.between(each, begin, end) for each in self._postings)
        return StoredDocuments(self._table, [each for each in found if len(each)])

    def _merge(self) -> Posting:
        return self._postings[0] if len(self._postings) == 1 else self._table.merge(self._postings)

    def _load(self, ids: Iterable[str]) -> Iterator[D]:
        return cast("Iterator[D]", self._table.documents(ids))


class ReadRepository(Generic[D]):
    """One table, for reading."""

    def __init__(self, table: TableSnapshot | TableDraft) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @property
    def snapshot(self) -> TableSnapshot:
        """The table as it is now: another object after each change."""
        return self._table.snapshot()

    @property
    def date_member(self) -> str | None:
        """The member with the date that decides the creation order, if a member does."""
        return self._table.spec.date_member

    def get(self, document_id: str) -> D | None:
        """Return the document with that id, or ``None``."""
        return cast("D | None", self._table.get(document_id))

    def require(self, document_id: str) -> D:
        """Return the document with an id that another document refers to.

        Raises:
            KeyError: the document does not exist: a broken reference, which is a defect.
        """
        document = self.get(document_id)
        if document is None:
            raise KeyError(f"{self._table.spec.name} {document_id}")
        return document

    def position(self, document_id: str) -> int:
        """Return a document's position in the creation order of all documents of the world.

        Raises:
            KeyError: the document does not exist, which is a defect.
        """
        row = self._table.row(document_id)
        if row is None:
            raise KeyError(f"{self._table.spec.name} {document_id}")
        return row.position

    def find(self, index: str, key: Hashable) -> list[D]:
        """Return the documents with that key in that index, in creation order."""
        return cast("list[D]", self._table.find(index, key))

    def count(self, index: str, key: Hashable) -> int:
        """Return the number of documents with that key in that index."""
        return self._table.count(index, key)

    def keys(self, index: str) -> Iterator[Any]:
        """Yield the keys of an index that at least one document has."""
        return self.snapshot.keys(index)

    def posting(self, index: str, key: Hashable) -> Posting:
        """Return the ids of the documents with that key in that index, in creation order."""
        return self._table.posting(index, key)

    def existing(self, document_ids: Iterable[str]) -> Posting:
        """Return those of the ids that documents have, in creation order."""
        return self.snapshot.existing(document_ids)

    def select(self, postings: Iterable[Posting]) -> StoredDocuments[D]:
        """Return the documents of postings that share no id, in creation order."""
        return StoredDocuments(self.snapshot, [each for each in postings if len(each)])

    def get_many(self, document_ids: Iterable[str]) -> list[D]:
        """Return the existing documents with these ids, in creation order."""
        return cast("list[D]", self.snapshot.get_many(document_ids))

    def newest_first(self) -> Iterator[D]:
        """Yield all documents, in the reverse of their creation order."""
        return cast("Iterator[D]", self.snapshot.newest_first())

    def since(self, position: int) -> list[D]:
        """Return the documents that were inserted at or after a position, in creation order.

        Args:
            position: see :meth:`position`.
        """
        ids = self.snapshot.ids_since(position)
        return cast("list[D]", list(self.snapshot.documents(reversed(ids))))

    def all(self) -> list[D]:
        """Return all documents, in creation order."""
        return [cast("D", row.document) for row in self.snapshot.rows()]


class Repository(ReadRepository[D]):
    """One table inside a transaction, for reading and writing."""

    def __init__(self, table: TableSnapshot, take_position: Callable[[], int]) -> None:
        self._draft = TableDraft(table)
        self._take_position = take_position
        super().__init__(self._draft)

    def insert(self, document: D) -> D:
        """Add a document with a new id.

        Raises:
            KiliError: the id is taken.
        """
        if self._draft.row(document["id"]):
            raise errors.document_id_exists("insert", document["id"])
        row = Row(self._take_position(), cast(Document, document))
        self._draft.insert(document["id"], row)
        return document

    def insert_all(self, documents: Sequence[D]) -> None:
        """Add documents with new ids, all or none.

        Raises:
            KiliError: an id is taken.
        """
        ids: set[str] = set()
        for document in documents:
            if document["id"] in ids or self._draft.row(document["id"]):
                raise errors.document_id_exists("insert", document["id"])
            ids.add(document["id"])
        for document in documents:
            row = Row(self._take_position(), cast(Document, document))
            self._draft.insert(document["id"], row)

    def change(self, document: D, **members: Any) -> D:
        """Store a document with replaced members, and return it; the old document is unchanged."""
        row = self._draft.row(document["id"])
        assert row is not None, document["id"]
        new = {**row.document, **members}
        self._draft.put(document["id"], Row(row.position, new))
        return cast("D", new)

    def delete(self, document: D) -> None:
        self._draft.put(document["id"], None)

    def delete_all(self, documents: Iterable[D]) -> None:
        for document in documents:
            self.delete(document)

    def changes(self) -> Iterator[Change]:
        """Yield the changes of this table in the transaction."""
        name = self._draft.spec.name
        for document_id, before, after in self._draft.changes():
            if not is_same(before, after):
                yield Change(name, document_id, before, after)
