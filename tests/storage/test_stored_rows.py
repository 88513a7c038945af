"""Tables of a file whose documents are decoded when they are first read."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kili_emulator.domain.tables import TABLES
from kili_emulator.storage import snapshot
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.journal import Change
from kili_emulator.storage.snapshot import Row, TableSpec

SPECS = [
    TableSpec("projects", {"name": lambda project: project["name"]}),
    TableSpec(
        "labels",
        {
            "asset": lambda label: (label["asset"], label["author"]),
            "author": lambda label: label["author"],
        },
        date_member="createdAt",
        key_members=("asset", "author", "createdAt"),
    ),
]
KEY = st.text(st.characters(exclude_categories=()), max_size=8)
DOCUMENT = st.fixed_dictionaries(
    {
        "asset": KEY,
        "author": KEY | st.none(),
        "createdAt": st.sampled_from(["1", "2", "3"]),
        "n": st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
        "text": st.text(),
    }
)


class Recorder(dict[str, Any]):
    """A document that records which of its members are read."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return name

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


def write(path: Path, documents: list[dict[str, Any]]) -> list[Row]:
    """Store documents in a new file; return their rows in creation order."""
    rows = [Row(number, {"id": f"id{number}", **each}) for number, each in enumerate(documents)]
    store = DocumentStore(SPECS, path)
    store.commit([Change("labels", each.document["id"], None, each) for each in rows], {})
    expected = store.snapshot["labels"].rows()
    store.close()
    return expected


@pytest.fixture
def reopened(tmp_path: Path) -> Any:
    """Return a function that stores documents and returns the store of another process."""
    stores = []

    def reopen(*documents: dict[str, Any]) -> DocumentStore:
        write(tmp_path / "documents.sqlite", list(documents))
        stores.append(DocumentStore(SPECS, tmp_path / "documents.sqlite"))
        return stores[-1]

    yield reopen
    for each in stores:
        each.close()


def label(asset: str = "a", **members: Any) -> dict[str, Any]:
    return {"asset": asset, "author": "me", "createdAt": "1", **members}


@settings(max_examples=60, deadline=None)
@given(st.lists(DOCUMENT, max_size=12))
def test_reopened_table_equals_the_table_before(
    tmp_path_factory: pytest.TempPathFactory, documents: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("stored") / "documents.sqlite"
    expected = write(path, documents)
    store = DocumentStore(SPECS, path)
    labels = store.snapshot["labels"]
    for each in expected:
        key = (each.document["asset"], each.document["author"])
        assert each.document["id"] in list(labels.posting("asset", key))
    assert labels.count("author", None) == 0
    assert json.dumps(labels.rows()) == json.dumps(expected)  # 1, 1.0 and true differ
    store.close()


def test_only_documents_that_are_read_are_decoded(
    reopened, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = reopened(*(label(f"a{number}") for number in range(9))).snapshot["labels"]
    decoded = []
    loads = json.loads
    monkeypatch.setattr(snapshot.json, "loads", lambda text: decoded.append(text) or loads(text))

    assert (len(labels), labels.count("author", "me")) == (9, 9)
    assert labels.find("asset", ("a3", "me")) == [{"id": "id3", **label("a3")}]
    assert labels.get("id3") is labels.get("id3")
    assert len(decoded) == 1


@pytest.mark.parametrize("key", ["\ud800", "a\0b", "\u20ac", '"', "\\", ""])
def test_each_text_can_be_a_key(reopened, key: str) -> None:
    labels = reopened(label(key), label("other")).snapshot["labels"]

    assert [each["id"] for each in labels.find("asset", (key, "me"))] == ["id0"]


def test_documents_that_are_not_read_can_be_changed_and_deleted(reopened) -> None:
    store = reopened(label(), label(), label("b"))
    before = store.snapshot["labels"]
    table = store.table("labels")
    table.update({"asset": "b"}, doc_ids=["id0"])
    table.remove(doc_ids=["id1"])

    after = store.snapshot["labels"]
    assert [each["id"] for each in after.find("asset", ("b", "me"))] == ["id0", "id2"]
    assert [each["id"] for each in before.find("asset", ("a", "me"))] == ["id0", "id1"]


def test_document_without_a_key_member_is_found_by_the_other_keys(reopened) -> None:
    labels = reopened({"asset": "a", "author": "me"}).snapshot["labels"]

    assert labels.find("author", "me") == [{"id": "id0", "asset": "a", "author": "me"}]


def test_threads_that_read_the_same_documents_get_equal_ones(reopened) -> None:
    labels = reopened(*(label(str(number)) for number in range(300))).snapshot["labels"]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: labels.rows(), range(8)))

    assert all(each == results[0] for each in results)


@pytest.mark.parametrize(
    "spec", [each for each in TABLES if each.key_members], ids=lambda s: s.name
)
def test_indexes_need_only_the_key_members(spec: TableSpec) -> None:
    recorder = Recorder()
    for key_of in spec.indexes.values():
        key_of(recorder)
    needed = recorder.names | ({spec.date_member} if spec.date_member else set())

    assert needed == set(spec.key_members)
