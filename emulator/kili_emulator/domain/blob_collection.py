"""Remove the blobs that no document names any more: those of deleted, replaced or undone files.

A blob stays while a document names it, or while the journal does: a rollback to a mark may restore
the document. The caller holds the write lock of the world, so that no upload is between its blob
and its document.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kili_emulator import errors
from kili_emulator.storage.blobs import BlobStore
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.journal import Change
from kili_emulator.storage.snapshot import Row

_FILES = "files"
_TABLES = (_FILES, "pluginVersions")  # their documents name a blob in ``digest``


def released_sizes(changes: Iterable[Change]) -> list[int]:
    """Return the sizes, in bytes, of the files that changes delete or replace."""
    return [
        each.before.document["size"]
        for each in changes
        if each.table == _FILES and each.before and _digest(each.before) != _digest(each.after)
    ]


def _digest(row: Row | None) -> str | None:
    return row.document["digest"] if row else None


def collect_blobs(documents: DocumentStore, blobs: BlobStore, *, at_start: bool = False) -> None:
    """Remove the blobs that neither the documents nor the journal name.

    Nothing is removed while the last commits are not in the file, or if the journal cannot be read.

    Args:
        at_start: no reader can hold an older view, so that no blob needs to stay for one.
    """
    if not documents.is_saved:
        return
    with contextlib.suppress(errors.StorageError):
        named = {document["digest"] for document in _documents(documents) if "digest" in document}
        blobs.collect(named, at_start=at_start)


def _documents(documents: DocumentStore) -> Iterator[Mapping[str, Any]]:
    for table in _TABLES:
        yield from (row.document for row in documents.snapshot[table].rows())
        yield from documents.storage.former_members(table)
