"""The document store: the interface of TinyDB, durable commits, and rolling back."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB, where

from kili_emulator.errors import StorageError
from kili_emulator.storage.documents import DocumentStore, DocumentTable
from kili_emulator.storage.journal import Change, Commit, Difference
from kili_emulator.storage.retry import Retry
from kili_emulator.storage.snapshot import Row, TableSpec
from kili_emulator.storage.sqlite_file import SqliteFile

SPECS = [
    TableSpec("assets"),
    TableSpec("labels", {"asset": lambda label: label.get("asset")}),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DocumentStore]:
    path = tmp_path / "documents.sqlite" if request.param == "file" else None
    opened = DocumentStore(SPECS, path)
    yield opened
    opened.close()


@pytest.fixture
def labels(store: DocumentStore) -> DocumentTable:
    return labels_of(store)


def labels_of(store: DocumentStore) -> DocumentTable:
    table = store.table("labels")
    assert isinstance(table, DocumentTable)
    return table


def fill(table: DocumentTable, *ids: str) -> None:
    table.insert_multiple({"id": each, "asset": "a", "values": [each]} for each in ids)


def ids_of(documents: Any) -> list[str]:
    return [each["id"] for each in documents]


def picture(store: DocumentStore) -> dict[str, list[Row]]:
    return {name: table.rows() for name, table in store.snapshot.items()}


# TinyDB's vocabulary


def test_store_is_a_tinydb(store: DocumentStore) -> None:
    assert isinstance(store, TinyDB)
    assert store.tables() == {"assets", "labels"}


def test_insert_returns_the_id_of_the_document(labels: DocumentTable) -> None:
    assert labels.insert({"id": "x", "n": 1}) == "x"
    assert labels.insert_multiple([{"id": "y"}, {"id": "w"}]) == ["y", "w"]
    assert len(labels) == 3


@pytest.mark.parametrize("document", [{}, {"id": None}, {"id": 1}])
def test_document_without_a_text_id_is_refused(
    labels: DocumentTable, document: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="needs a text 'id'"):
        labels.insert_multiple([{"id": "x"}, document])
    assert labels.all() == []


@pytest.mark.parametrize("ids", [["x", "new"], ["new", "x"], ["twin", "twin"]])
def test_existing_id_is_refused_and_nothing_is_inserted(
    labels: DocumentTable, ids: list[str]
) -> None:
    labels.insert({"id": "x", "n": 1})
    with pytest.raises(ValueError, match="exists already"):
        labels.insert_multiple({"id": each} for each in ids)

    assert labels.all() == [{"id": "x", "n": 1}]


def test_documents_are_listed_in_order_of_insertion(labels: DocumentTable) -> None:
    fill(labels, "z", "a")
    fill(labels, "m")

    assert ids_of(labels) == ids_of(labels.all()) == ["z", "a", "m"]


def test_search_finds_matching_documents(labels: DocumentTable) -> None:
    labels.insert_multiple([{"id": "x", "n": 1}, {"id": "y", "n": 5}, {"id": "z", "n": 9}])

    assert ids_of(labels.search(where("n") > 2)) == ["y", "z"]
    assert labels.search(where("n") == 2) == []
    assert labels.count(where("n") > 2) == 2


def test_search_sees_earlier_changes(labels: DocumentTable) -> None:
    labels.insert({"id": "x", "n": 1})
    query = where("n") == 1
    assert ids_of(labels.search(query)) == ["x"]
    labels.update({"n": 2}, doc_ids=["x"])

    assert labels.search(query) == []


def test_get_finds_documents_by_id_ids_or_query(labels: DocumentTable) -> None:
    fill(labels, "x", "y")
    found = labels.get(doc_id="y")

    assert found is not None
    assert found["id"] == found.doc_id == "y"
    assert ids_of(labels.get(doc_ids=["y", "nobody", "x"])) == ["y", "x"]
    assert ids_of([labels.get(where("values") == ["y"])]) == ["y"]
    assert labels.get(doc_id="nobody") is None
    assert labels.get(where("values") == 0) is None
    assert labels.contains(doc_id="x")
    with pytest.raises(RuntimeError, match="You have to pass"):
        labels.get()


@pytest.mark.parametrize(
    ("selection", "changed"),
    [
        ({"cond": where("id").one_of(["x", "z"])}, ["x", "z"]),
        ({"doc_ids": ["y", "nobody"]}, ["y"]),
        ({"doc_ids": []}, []),
        ({}, ["x", "y", "z"]),
    ],
    ids=["query", "ids", "no ids", "all"],
)
def test_update_sets_members_of_the_selected_documents(
    labels: DocumentTable, selection: dict[str, Any], changed: list[str]
) -> None:
    fill(labels, "x", "y", "z")

    assert labels.update({"n": 1}, **selection) == changed
    assert ids_of(labels.search(where("n") == 1)) == changed
    assert ids_of(labels.search(where("asset") == "a")) == ["x", "y", "z"]


def test_update_with_a_function_edits_a_copy(labels: DocumentTable) -> None:
    fill(labels, "x")
    before = labels.get(doc_id="x")
    labels.update(lambda document: document["values"].append("more"), doc_ids=["x"])

    assert before == {"id": "x", "asset": "a", "values": ["x"]}
    assert labels.get(doc_id="x") == {"id": "x", "asset": "a", "values": ["x", "more"]}


def test_update_multiple_applies_each_update(labels: DocumentTable) -> None:
    fill(labels, "x", "y")
    changed = labels.update_multiple(
        [({"n": 1}, where("id") == "x"), ({"n": 2}, where("asset") == "a")]
    )

    assert changed == ["x", "x", "y"]
    assert [each["n"] for each in labels] == [2, 2]


def test_upsert_updates_or_inserts(labels: DocumentTable) -> None:
    labels.upsert({"id": "x", "n": 1}, where("id") == "x")
    labels.upsert({"id": "x", "n": 2}, where("id") == "x")

    assert labels.all() == [{"id": "x", "n": 2}]


def test_remove_deletes_the_selected_documents(labels: DocumentTable) -> None:
    fill(labels, "x", "y", "z")

    assert labels.remove(where("id") == "y") == ["y"]
    assert labels.remove(doc_ids=["z", "nobody"]) == ["z"]
    assert ids_of(labels) == ["x"]
    with pytest.raises(RuntimeError, match="truncate"):
        labels.remove()


def test_truncate_empties_one_table(store: DocumentStore, labels: DocumentTable) -> None:
    fill(labels, "x", "y")
    store.table("assets").insert({"id": "kept"})
    labels.truncate()

    assert (len(labels), ids_of(store.table("assets"))) == (0, ["kept"])


def test_removed_id_can_be_inserted_again_at_the_end(labels: DocumentTable) -> None:
    fill(labels, "x", "y")
    labels.remove(doc_ids=["x"])
    fill(labels, "x")

    assert ids_of(labels) == ["y", "x"]


def test_drop_tables_is_refused(store: DocumentStore, labels: DocumentTable) -> None:
    fill(labels, "x")
    with pytest.raises(TypeError, match="write single documents"):
        store.drop_tables()

    assert ids_of(labels) == ["x"]


# Copies


def edit(document: Any) -> None:
    document["n"] = "edited"
    document["values"].append("edited")


@pytest.mark.parametrize("how", ["get", "get ids", "search", "all", "iterate"])
def test_returned_documents_are_copies(labels: DocumentTable, how: str) -> None:
    fill(labels, "x")
    ways: dict[str, Any] = {
        "get": lambda: labels.get(doc_id="x"),
        "get ids": lambda: labels.get(doc_ids=["x"])[0],
        "search": lambda: labels.search(where("id") == "x")[0],
        "all": lambda: labels.all()[0],
        "iterate": lambda: next(iter(labels)),
    }
    edit(ways[how]())

    assert labels.get(doc_id="x") == {"id": "x", "asset": "a", "values": ["x"]}


def test_editing_an_inserted_document_does_not_change_the_store(labels: DocumentTable) -> None:
    document = {"id": "x", "values": [{"deep": [1]}]}
    labels.insert(document)
    document["values"][0]["deep"].append(2)  # type: ignore[index]

    assert labels.get(doc_id="x") == {"id": "x", "values": [{"deep": [1]}]}


def test_editing_the_fields_of_an_update_does_not_change_the_store(labels: DocumentTable) -> None:
    labels.insert({"id": "x"})
    fields = {"values": [1]}
    labels.update(fields, doc_ids=["x"])
    fields["values"].append(2)

    assert labels.get(doc_id="x") == {"id": "x", "values": [1]}


# Commits


def test_each_commit_has_the_next_number(store: DocumentStore, labels: DocumentTable) -> None:
    start = store.sequence
    fill(labels, "x")
    labels.update({"n": 1})
    store.commit([], {})

    assert store.sequence == start + 3


def test_commit_changes_tables_and_meta_at_once(store: DocumentStore) -> None:
    new = [Row(store.take_position(), {"id": each}) for each in ("x", "y")]
    store.commit(
        [Change("labels", "x", None, new[0]), Change("assets", "y", None, new[1])], {"key": [1]}
    )

    assert (ids_of(store.table("labels")), ids_of(store.table("assets"))) == (["x"], ["y"])
    assert store.meta["key"] == [1]


def test_positions_grow(store: DocumentStore, labels: DocumentTable) -> None:
    first = store.take_position()
    fill(labels, "x")

    assert store.take_position() > labels_of(store)._snapshot.rows()[0].position > first


def test_snapshot_of_a_reader_never_changes(store: DocumentStore, labels: DocumentTable) -> None:
    fill(labels, "x", "y")
    held, before = store.snapshot, picture(store)
    labels.update({"asset": "b"}, doc_ids=["x"])
    labels.remove(doc_ids=["y"])
    fill(labels, "z")

    assert {name: table.rows() for name, table in held.items()} == before
    assert ids_of(held["labels"].find("asset", "a")) == ["x", "y"]
    assert ids_of(store.snapshot["labels"].find("asset", "a")) == ["z"]


def test_iteration_is_over_one_snapshot(labels: DocumentTable) -> None:
    fill(labels, "x", "y")
    seen = []
    for document in labels:
        seen.append(document["id"])
        labels.remove(doc_ids=["y"])
        fill(labels, f"{document['id']}2")

    assert seen == ["x", "y"]


def test_concurrent_inserts_lose_nothing(store: DocumentStore, labels: DocumentTable) -> None:
    barrier = threading.Barrier(8)

    def work(worker: int) -> None:
        barrier.wait()
        for number in range(25):
            labels.insert({"id": f"{worker}-{number}", "asset": "a"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    expected = {f"{worker}-{number}" for worker in range(8) for number in range(25)}
    assert set(ids_of(labels)) == set(ids_of(store.snapshot["labels"].find("asset", "a")))
    assert set(ids_of(labels)) == expected
    assert len({row.position for row in store.snapshot["labels"].rows()}) == 200


def test_concurrent_updates_lose_nothing(labels: DocumentTable) -> None:
    labels.insert({"id": "x", "n": 0})

    def increment(_: int) -> None:
        labels.update(lambda document: document.update(n=document["n"] + 1), doc_ids=["x"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(80)))

    assert labels.get(doc_id="x") == {"id": "x", "n": 80}


# The file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.sqlite"


@pytest.fixture
def on_disk(path: Path) -> Iterator[DocumentStore]:
    opened = DocumentStore(SPECS, path)
    yield opened
    opened.close()


def reopened(store: DocumentStore, path: Path) -> DocumentStore:
    store.close()
    return DocumentStore(SPECS, path)


def test_everything_survives_reopening(on_disk: DocumentStore, path: Path) -> None:
    fill(labels_of(on_disk), "z", "a", "gone")
    labels_of(on_disk).update({"text": "é 漢 \U0001f600", "none": None}, doc_ids=["a"])
    labels_of(on_disk).remove(doc_ids=["gone"])
    on_disk.commit([], {"key": {"x": 1.5}})
    before = (picture(on_disk), on_disk.sequence, on_disk.meta["key"], on_disk.take_position())
    again = reopened(on_disk, path)

    assert (picture(again), again.sequence, again.meta["key"]) == before[:3]
    assert ids_of(again.snapshot["labels"].find("asset", "a")) == ["z", "a"]
    again.close()


def test_insertion_order_continues_after_reopening(on_disk: DocumentStore, path: Path) -> None:
    fill(labels_of(on_disk), "z", "y")
    labels_of(on_disk).remove(doc_ids=["y"])
    again = reopened(on_disk, path)
    fill(labels_of(again), "a")

    assert ids_of(labels_of(again)) == ["z", "a"]
    again.close()


def test_commit_writes_only_what_changed(
    on_disk: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(labels_of(on_disk), *(f"id{number}" for number in range(200)))
    written: list[list[Change]] = []
    write = SqliteFile.write

    def spy(file: SqliteFile, commits: Sequence[Commit]) -> None:
        written.extend(each.changes for each in commits)
        write(file, commits)

    monkeypatch.setattr(SqliteFile, "write", spy)
    labels_of(on_disk).update({"n": 1}, doc_ids=["id7"])
    labels_of(on_disk).insert({"id": "new"})

    assert [[change.id for change in commit] for commit in written] == [["id7"], ["new"]]


def test_file_of_another_layout_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()

    with pytest.raises(ValueError, match=r"documents\.sqlite was written by another version"):
        DocumentStore(SPECS, path)


CHILD = """
import sys
from pathlib import Path
from kili_emulator.errors import StorageError
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.snapshot import TableSpec

store = DocumentStore([TableSpec("assets"), TableSpec("labels")], Path(sys.argv[1]))
labels = store.table("labels")
while True:
    number = len(labels)
    labels.insert_multiple({"id": f"{number}.{part}", "text": "x" * 500} for part in range(3))
    print(number, flush=True)
    if number == int(sys.argv[2]):
        sys.stdin.read()
"""


def kill_child_after(path: Path, *, printed: int, stop_at: int) -> int:
    """Let a process commit, kill it, and return the last number that it printed as committed."""
    arguments = [sys.executable, "-c", CHILD, str(path), str(stop_at)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout
        try:
            lines = [child.stdout.readline() for _ in range(printed)]
        finally:
            child.kill()
    return int(lines[-1])


def test_kill_after_a_commit_loses_nothing(path: Path) -> None:
    for committed in range(0, 15, 3):
        assert kill_child_after(path, printed=1, stop_at=committed) == committed

        store = DocumentStore(SPECS, path)
        expected = [f"{number}.{part}" for number in range(0, committed + 1, 3) for part in "012"]
        assert ids_of(labels_of(store)) == expected
        assert store.sequence == committed // 3 + 1
        store.close()


def test_kill_during_commits_leaves_only_complete_commits(path: Path) -> None:
    last = kill_child_after(path, printed=20, stop_at=-1)

    store = DocumentStore(SPECS, path)
    found = ids_of(labels_of(store))
    assert len(found) >= last + 3
    assert found == [f"{number}.{part}" for number in range(0, len(found), 3) for part in "012"]
    store.close()


# Failing writes


def refuse_to_commit(statement: str, *_: Any) -> None:
    if statement == "COMMIT":
        raise sqlite3.OperationalError("disk I/O error")


class FailingConnection:
    """A connection whose disk is full at the commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *arguments: Any) -> Any:
        refuse_to_commit(statement)
        return self._connection.execute(statement, *arguments)


def test_failed_write_changes_neither_memory_nor_file(
    on_disk: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = labels_of(on_disk)
    fill(labels, "x")
    before = (picture(on_disk), on_disk.sequence, dict(on_disk.meta))
    with monkeypatch.context() as patch:
        file = on_disk.storage._file
        patch.setattr(file, "_connection", FailingConnection(file._connection))
        for change in (lambda: fill(labels, "y"), lambda: labels.remove(doc_ids=["x"])):
            with pytest.raises(StorageError, match="disk I/O error"):
                change()

    assert (picture(on_disk), on_disk.sequence, on_disk.meta) == before
    assert [row for _, _, row in on_disk.storage._file.load()] == before[0]["labels"]


def test_store_works_again_after_a_failed_write(
    on_disk: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = labels_of(on_disk)
    with monkeypatch.context() as patch:
        file = on_disk.storage._file
        patch.setattr(file, "_connection", FailingConnection(file._connection))
        with pytest.raises(StorageError):
            fill(labels, "x")
    fill(labels, "x", "y")

    assert ids_of(labels) == ["x", "y"]


@contextlib.contextmanager
def full_disk(store: DocumentStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        file = store.storage._file
        patch.setattr(file, "_connection", FailingConnection(file._connection))
        yield


def keep(store: DocumentStore, document_id: str, **members: Any) -> None:
    """Insert or change a label in a deferrable commit, also if the disk is full."""
    before = store.snapshot["labels"].row(document_id)
    position = before.position if before else store.take_position()
    after = Row(position, {"id": document_id, **members})
    store.commit(
        [Change("labels", document_id, before, after)], {"last": document_id}, deferrable=True
    )


def in_file(store: DocumentStore) -> list[Any]:
    return sorted(row.document["id"] for _, _, row in store.storage._file.load())


def test_deferred_commit_is_visible_and_written_with_the_next_commit(
    on_disk: DocumentStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = labels_of(on_disk)
    fill(labels, "x")
    with full_disk(on_disk, monkeypatch):
        keep(on_disk, "y", asset="a")
        keep(on_disk, "y", asset="b")
        with pytest.raises(StorageError):
            fill(labels, "z")
        assert (ids_of(labels), on_disk.is_saved, in_file(on_disk)) == (["x", "y"], False, ["x"])
    fill(labels, "z")
    assert on_disk.is_saved
    assert in_file(on_disk) == ["x", "y", "z"]
    picture_before = picture(on_disk)
    on_disk.close()

    again = DocumentStore(SPECS, path)
    assert picture(again) == picture_before
    assert again.meta["last"] == "y"
    again.close()


def test_deferred_commit_is_written_as_soon_as_the_disk_has_space(
    on_disk: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, save = threading.Event(), on_disk.storage.save

    def save_and_tell() -> None:
        save()
        saved.set()

    monkeypatch.setattr(on_disk.storage, "_retry", Retry(save_and_tell, seconds=0.001))
    with full_disk(on_disk, monkeypatch):
        keep(on_disk, "y")
        assert not saved.wait(0.05)
    assert saved.wait(30)
    assert in_file(on_disk) == ["y"]


def test_deferred_commit_is_written_when_the_file_is_closed(
    on_disk: DocumentStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_disk(on_disk, monkeypatch):
        keep(on_disk, "y")
    on_disk.close()

    again = DocumentStore(SPECS, path)
    assert ids_of(labels_of(again)) == ["y"]
    again.close()


def test_deferred_commit_can_be_rolled_back(
    on_disk: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = labels_of(on_disk)
    fill(labels, "x")
    mark = on_disk.mark()
    with full_disk(on_disk, monkeypatch):
        keep(on_disk, "x", asset="changed")
        keep(on_disk, "y")
        deferrable = (picture(on_disk), on_disk.sequence)
        with pytest.raises(StorageError):
            on_disk.roll_back(mark, {})
        assert (picture(on_disk), on_disk.sequence) == deferrable
    on_disk.roll_back(mark, {})
    assert ids_of(labels) == ["x"]
    assert in_file(on_disk) == ["x"]
    assert on_disk.is_saved


def test_closed_file_refuses_changes_and_memory_stays_readable(path: Path) -> None:
    store = DocumentStore(SPECS, path)
    fill(labels_of(store), "x")
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        fill(labels_of(store), "y")

    assert ids_of(labels_of(store)) == ["x"]


def test_value_that_is_no_json_is_refused_and_nothing_is_inserted(labels: DocumentTable) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        labels.insert_multiple([{"id": "x"}, {"id": "y", "value": object()}])

    assert labels.all() == []


@pytest.mark.parametrize(
    ("value", "error"), [(object(), TypeError), (float("nan"), ValueError), ({1, 2}, TypeError)]
)
def test_update_with_a_value_that_is_no_json_is_refused(
    labels: DocumentTable, value: object, error: type[Exception]
) -> None:
    labels.insert({"id": "x", "n": 1})
    with pytest.raises(error):
        labels.update({"n": value})

    assert labels.all() == [{"id": "x", "n": 1}]


# Ways back


def disturb(store: DocumentStore) -> None:
    """Change, delete, recreate and add documents over several commits."""
    labels = labels_of(store)
    labels.update({"values": ["other"], "asset": "b"}, doc_ids=["m"])
    labels.remove(doc_ids=["z", "a"])
    fill(labels, "a", "new")
    labels.update({"n": 1})
    labels.remove(doc_ids=["new"])
    store.table("assets").insert({"id": "asset"})


def test_rolling_back_restores_content_order_and_indexes(
    store: DocumentStore, labels: DocumentTable
) -> None:
    fill(labels, "z", "a", "m")
    sequence, before = store.mark(), picture(store)
    disturb(store)
    assert picture(store) != before
    store.roll_back(sequence, {})

    assert picture(store) == before
    assert ids_of(store.snapshot["labels"].find("asset", "a")) == ["z", "a", "m"]
    assert store.snapshot["labels"].count("asset", "b") == 0


@pytest.mark.parametrize("change", [1.0, True, {"v": [1.0]}, {"v": [True]}])
def test_rolling_back_restores_values_that_python_takes_for_equal(
    store: DocumentStore, labels: DocumentTable, change: object
) -> None:
    before = {"v": [1]} if isinstance(change, dict) else 1
    labels.insert({"id": "x", "n": before})
    sequence = store.mark()
    labels.update({"n": change})
    store.roll_back(sequence, {})

    assert json.dumps(labels.all()) == json.dumps([{"id": "x", "n": before}])


def test_rolling_back_sets_meta_and_continues_the_commit_numbers(
    store: DocumentStore,
) -> None:
    fill(labels_of(store), "x")
    sequence = store.mark()
    fill(labels_of(store), "y", "z")
    store.roll_back(sequence, {"key": 1})
    assert (store.sequence, store.meta["key"]) == (sequence, 1)

    fill(labels_of(store), "y")
    assert store.sequence == sequence + 1


def test_rolling_back_can_be_repeated(store: DocumentStore, labels: DocumentTable) -> None:
    fill(labels, "z", "a", "m")
    sequence, before = store.mark(), picture(store)
    for _ in range(3):
        disturb(store)
        store.roll_back(sequence, {})
        assert picture(store) == before


def test_rolling_back_to_an_undone_or_unknown_commit_is_refused(
    store: DocumentStore, labels: DocumentTable
) -> None:
    fill(labels, "z", "a", "m")
    early, before = store.mark(), picture(store)
    disturb(store)
    late = store.mark()
    store.roll_back(early, {})
    for sequence in (late, early + 1, -1):
        with pytest.raises(ValueError, match=f"there is no commit {sequence}"):
            store.roll_back(sequence, {})

    assert picture(store) == before


def journal(store: DocumentStore) -> list[Any]:
    return list(store.storage._file.entries_since(0))


def test_journal_has_only_commits_that_can_be_undone(
    store: DocumentStore, labels: DocumentTable
) -> None:
    fill(labels, "z", "a", "m")
    store.mark()
    labels.update({"n": 0}, doc_ids=["m"])
    sequence, before = store.mark(), journal(store)
    for _ in range(3):
        disturb(store)
        store.roll_back(sequence, {})
        assert journal(store) == before
    store.roll_back(0, {})
    assert (journal(store), len(labels)) == ([], 0)


def test_journal_has_one_difference_per_document_and_mark(
    store: DocumentStore, labels: DocumentTable
) -> None:
    labels.insert({"id": "x", "n": 0, "text": "long"})
    for _ in range(2):
        store.mark()
        for number in range(1, 20):
            labels.update({"n": number, "new": number}, doc_ids=["x"])
            fill(labels, "passing")
            labels.remove(doc_ids=["passing"])

    assert journal(store) == [
        (("labels", "x"), Difference({"n": 19, "new": 19}, ())),
        (("labels", "x"), Difference({"n": 0}, ("new",))),
    ]


def test_state_after_the_next_commit_can_be_marked(
    store: DocumentStore, labels: DocumentTable
) -> None:
    fill(labels, "x")
    mark = store.mark(after_commit=True)
    fill(labels, "y")
    assert mark == store.sequence
    before = picture(store)
    disturb(store)
    store.roll_back(mark, {})

    assert picture(store) == before


def test_rolling_back_to_a_commit_without_a_mark_is_refused(
    store: DocumentStore, labels: DocumentTable
) -> None:
    fill(labels, "x")
    unmarked = store.sequence
    fill(labels, "y")
    before = (picture(store), store.sequence)
    with pytest.raises(ValueError, match="the mark is unknown"):
        store.roll_back(unmarked, {})

    assert (picture(store), store.sequence) == before


def test_rolling_back_survives_reopening_before_and_after(
    on_disk: DocumentStore, path: Path
) -> None:
    fill(labels_of(on_disk), "z", "a", "m")
    sequence, before = on_disk.mark(), picture(on_disk)
    disturb(on_disk)
    again = reopened(on_disk, path)
    again.roll_back(sequence, {})
    assert picture(again) == before
    again = reopened(again, path)

    assert picture(again) == before
    again.close()


def test_insertion_order_continues_after_rolling_back(
    store: DocumentStore, labels: DocumentTable
) -> None:
    fill(labels, "z", "y")
    sequence = store.mark()
    fill(labels, "x")
    store.roll_back(sequence, {})
    fill(labels, "a")

    assert ids_of(labels) == ["z", "y", "a"]


def test_failed_rollback_changes_nothing(
    on_disk: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = labels_of(on_disk)
    fill(labels, "x")
    before = (picture(on_disk), on_disk.sequence, dict(on_disk.meta))
    with monkeypatch.context() as patch:
        file = on_disk.storage._file
        patch.setattr(file, "_connection", FailingConnection(file._connection))
        with pytest.raises(StorageError):
            on_disk.roll_back(0, {"key": 1})

    assert (picture(on_disk), on_disk.sequence, on_disk.meta) == before
    on_disk.roll_back(0, {})
    assert len(labels) == 0


def test_file_holds_plain_json_rows(on_disk: DocumentStore, path: Path) -> None:
    labels_of(on_disk).insert({"id": "x", "text": "é"})
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT tbl, id, body FROM documents").fetchall()
    connection.close()

    assert [(table, key, json.loads(body)) for table, key, body in rows] == [
        ("labels", "x", {"id": "x", "text": "é"})
    ]
