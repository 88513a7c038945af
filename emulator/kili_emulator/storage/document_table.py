"""A TinyDB table of immutable snapshots, with string ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from tinydb.queries import QueryLike
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from kili_emulator.storage.journal import Change
from kili_emulator.storage.json_values import copy_value
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot

if TYPE_CHECKING:
    from kili_emulator.storage.documents import IncrementalStorage


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
