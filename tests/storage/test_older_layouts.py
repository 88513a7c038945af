"""Files of earlier layouts are upgraded, with all their marks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kili_emulator.storage import file_check
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.layouts import DECISIONS_POSITION
from kili_emulator.storage.snapshot import Row, TableSpec
from tests.kit.older_layouts import OldCommit, write_file

SPECS = [TableSpec("assets"), TableSpec("labels")]
A, B, C = ("assets", "a"), ("assets", "b"), ("labels", "c")


def row(position: int, document_id: str, **members: Any) -> tuple[int, dict[str, Any]]:
    return position, {"id": document_id, **members}


COMMITS: list[OldCommit] = [
    {A: row(1, "a", n=1), B: row(2, "b")},
    {A: row(1, "a", n=2), C: row(3, "c")},
    {B: None, C: row(3, "c", long="x" * 5000)},
    {},  # a commit of meta values only
    {A: None, B: row(4, "b", again=True)},
]
META = {"sequence": len(COMMITS), "next_position": 5}


def content_after(commits: list[OldCommit]) -> dict[tuple[str, str], Row]:
    content: dict[tuple[str, str], Row] = {}
    for commit in commits:
        for key, new in commit.items():
            content.pop(key, None)
            if new:
                content[key] = Row(*new)
    return content


def content_of(store: DocumentStore) -> dict[tuple[str, str], Row]:
    return {
        (name, row.document["id"]): row
        for name, table in store.snapshot.items()
        for row in table.rows()
    }


@pytest.fixture(params=[3, 4])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "documents.sqlite"
    write_file(file, request.param, COMMITS, META)
    return file


def layout_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_file_is_upgraded_only_when_asked(path: Path) -> None:
    before = layout_of(path)
    with closing(DocumentStore(SPECS, path)) as store:
        assert content_of(store) == content_after(COMMITS)
    assert layout_of(path) == before
    with closing(DocumentStore(SPECS, path)) as store:
        store.upgrade()
        assert content_of(store) == content_after(COMMITS)
        assert DECISIONS_POSITION in store.meta or before == 4
    assert layout_of(path) == 5


@pytest.mark.parametrize("sequence", range(len(COMMITS) + 1))
@pytest.mark.parametrize("reopened", [True, False])
def test_each_commit_of_an_earlier_version_can_be_rolled_back_to(
    path: Path, sequence: int, reopened: bool
) -> None:
    store = DocumentStore(SPECS, path)
    store.upgrade()
    if reopened:
        store.close()
        store = DocumentStore(SPECS, path)
    assets = store.table("assets")
    assets.insert_multiple([{"id": "new"}, {"id": "a"}])
    assets.update({"n": "changed"})
    assets.remove(doc_ids=["new"])
    store.roll_back(sequence, {})

    assert content_of(store) == content_after(COMMITS[:sequence])
    store.close()
    with closing(DocumentStore(SPECS, path)) as again:
        assert (content_of(again), again.sequence) == (
            content_after(COMMITS[:sequence]),
            sequence,
        )


def test_upgrade_that_fails_changes_nothing(path: Path) -> None:
    before = layout_of(path)
    with closing(DocumentStore(SPECS, path)) as store:
        store.storage._file._connection.execute(  # type: ignore[union-attr]
            "CREATE TABLE checkpoints (in_the_way)"
        )
        with pytest.raises(Exception, match="already exists"):
            store.upgrade()
    with closing(DocumentStore(SPECS, path)) as store:
        assert content_of(store) == content_after(COMMITS)
    assert layout_of(path) == before


@pytest.mark.parametrize("upgraded_before", [True, False])
def test_file_that_replaces_an_upgraded_one_lacks_no_commit(
    path: Path, upgraded_before: bool
) -> None:
    copy = path.read_bytes()
    with closing(DocumentStore(SPECS, path)) as store:
        store.upgrade()
        store.table("assets").insert({"id": "new"})
    path.write_bytes(copy)
    if upgraded_before:
        with closing(DocumentStore(SPECS, path)) as store:
            store.upgrade()

    assert file_check.find_lost_commits(path) is None
