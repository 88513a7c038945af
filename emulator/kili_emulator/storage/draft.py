"""The table of a transaction: the table of the last commit, and the changes since then."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kili_emulator.storage.posting import Posting, SortKey
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot, TableSpec, changed_posting

_Change = tuple[str, Row | None, Row | None]  # id, row before, row after

_UNREAD = Row(0, {})


class TableDraft:
    """A table that changes; reads see each change at once.

    A change copies no part of the table, and an index costs nothing until it is read.
    :meth:`snapshot` builds the table with all changes, which costs little more for many changes
    than for one.
    """

    def __init__(self, base: TableSnapshot) -> None:
        self._base = base
        self._rows: dict[str, Row | None] = {}  # those that were read or changed
        self._changed: dict[str, Row | None] = {}  # the changes since the base
        self._changes: list[_Change] = []  # the same, one by one
        self._views: dict[str, _IndexView] = {}  # the indexes that were read since the base
        # the changed rows as they were before the draft, in the order of their first change
        self._origins: dict[str, Row | None] = {}

    @property
    def spec(self) -> TableSpec:
        return self._base.spec

    def __len__(self) -> int:
        return len(self.snapshot())

    def row(self, document_id: str) -> Row | None:
        row = self._rows.get(document_id, _UNREAD)
        if row is _UNREAD:
            row = self._rows[document_id] = self._base.row(document_id)
        return row

    def get(self, document_id: str) -> Document | None:
        row = self.row(document_id)
        return row.document if row else None

    def put(self, document_id: str, row: Row | None) -> None:
        """Change a row; ``None`` removes it."""
        self._record(document_id, self.row(document_id), row)

    def insert(self, document_id: str, row: Row) -> None:
        """Add a row whose id no row has, as :meth:`row` has told."""
        self._record(document_id, None, row)

    def _record(self, document_id: str, before: Row | None, row: Row | None) -> None:
        self._changes.append((document_id, before, row))
        self._origins.setdefault(document_id, before)
        self._rows[document_id] = self._changed[document_id] = row

    def changes(self) -> Iterator[_Change]:
        """Yield the id of each row that was changed, with the row before the draft and now."""
        for document_id, before in self._origins.items():
            yield document_id, before, self._rows[document_id]

    def posting(self, index: str, key: Hashable) -> Posting:
        """Return the ids of the documents with this key in an index, in creation order."""
        if not self._changes:
            return self._base.posting(index, key)
        if index not in self._views:
            self._views[index] = _IndexView(self, self._base, index)
        return self._views[index].posting(key, self._changes)

    def find(self, index: str, key: Hashable) -> list[Document]:
        """Return the documents with this key in an index, in creation order."""
        ids = self.posting(index, key)
        if not ids.chunks:
            return []
        return [row.document for row in map(self.row, ids) if row is not None]

    def count(self, index: str, key: Hashable) -> int:
        """Return the number of documents with this key in an index."""
        return len(self.posting(index, key))

    def snapshot(self) -> TableSnapshot:
        """Return the table with all changes until now; the same object until the next change."""
        if self._changes:
            self._base = self._base.changed(self._changed)
            self._changed, self._changes, self._views = {}, [], {}
        return self._base


class _IndexView:
    """One index of a draft: the index of its base, and the keys that changes have touched."""

    def __init__(self, draft: TableDraft, base: TableSnapshot, index: str) -> None:
        self._draft = draft
        self._base = base
        self._index = index
        self._key_of = base.spec.indexes[index]
        self._seen = 0  # the number of changes that are in `_touched`
        # key → the ids that came under the key, left it, or have another place there
        self._touched: dict[Hashable, set[str]] = {}
        self._postings: dict[Hashable, Posting] = {}  # the postings of touched keys that were read

    def posting(self, key: Hashable, changes: list[tuple[str, Row | None, Row | None]]) -> Posting:
        for document_id, before, after in changes[self._seen :]:
            self._note(document_id, before, after)
        self._seen = len(changes)
        if key not in self._touched:
            return self._base.posting(self._index, key)
        if key not in self._postings:
            self._postings[key] = self._build(key, self._touched[key])
        return self._postings[key]

    def _note(self, document_id: str, before: Row | None, after: Row | None) -> None:
        old = self._key_of(before.document) if before else None
        new = self._key_of(after.document) if after else None
        if old == new and before and after and self._base.spec.keeps_place(before, after):
            return
        for key in (old, new):
            if key is not None:
                self._touched.setdefault(key, set()).add(document_id)
                self._postings.pop(key, None)

    def _build(self, key: Hashable, touched: set[str]) -> Posting:
        base = self._base.posting(self._index, key)
        added = [each for each in touched if self._has_key(self._draft.row(each), key)]
        if len(added) > 1:
            added.sort(key=self._sort_key)
        if not len(base):
            return Posting.of(added)
        removed = {each for each in touched if self._has_key(self._base.row(each), key)}
        return changed_posting(base, removed, self._base.sort_key, added, self._sort_key)

    def _has_key(self, row: Row | None, key: Hashable) -> bool:
        return row is not None and self._key_of(row.document) == key

    def _sort_key(self, document_id: str) -> SortKey:
        row = self._draft.row(document_id)
        assert row is not None, document_id
        return self._base.spec.sort_key(row)
