"""A file that is damaged while the emulator uses it: changes are refused with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kili_emulator.errors import StorageError
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.snapshot import TableSpec

PAGE = 4096


def damage(path: Path) -> None:
    """Overwrite all pages but the first, in the file and in the log."""
    for each, start in ((path, PAGE), (path.with_name(path.name + "-wal"), 0)):
        with each.open("r+b") as file:
            size = each.stat().st_size
            file.seek(start)
            file.write(b"\xa5" * (size - start))


def update(store: DocumentStore) -> None:
    store.table("labels").update({"text": ""}, doc_ids=map(str, range(0, 2000, 50)))


@pytest.mark.parametrize("change", [update, lambda store: store.roll_back(0, {})])
def test_change_of_a_damaged_file_is_refused_with_a_remedy(
    tmp_path: Path, change: Callable[[DocumentStore], None]
) -> None:
    path = tmp_path / "documents.sqlite"
    with closing(DocumentStore([TableSpec("labels")], path)) as store:
        store.table("labels").insert_multiple(
            {"id": str(number), "text": "x" * 3000} for number in range(2000)
        )
    with closing(DocumentStore([TableSpec("labels")], path)) as store:
        store.table("labels").insert({"id": "last"})
        damage(path)
        before = store.storage.read()
        with pytest.raises(StorageError) as caught:
            change(store)
        assert "stop the emulator and run `kili-emulator repair`" in caught.value.message
        assert store.storage.read() == before
