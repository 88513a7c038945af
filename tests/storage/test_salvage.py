"""What can be read of a damaged file of documents."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.salvage import Salvage, read_documents
from kili_emulator.storage.snapshot import TableSpec

SPECS = [TableSpec("assets"), TableSpec("labels")]
PAGE = 4096


def fill(path: Path, *, count: int = 60) -> DocumentStore:
    """Create documents of all sizes, change some, and delete others, so that pages are freed."""
    path.parent.mkdir(exist_ok=True)
    store = DocumentStore(SPECS, path)
    draw = random.Random(7)
    for table in ("assets", "labels"):
        texts = ["é" * draw.choice((1, 50, 700, 5000)) for _ in range(count)]
        store.table(table).insert_multiple(
            {"id": f"{table}{number:04}", "text": text, "number": number / 3}
            for number, text in enumerate(texts)
        )
        store.table(table).remove(doc_ids=[f"{table}{number:04}" for number in range(20, 40)])
        store.table(table).update({"text": "changed"}, doc_ids=[f"{table}0010", f"{table}0050"])
    return store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "documents.sqlite"
    with closing(fill(path)):
        pass
    return path


def found(salvage: Salvage) -> dict[tuple[str, str], object]:
    return {(table, row.document["id"]): row for table, row in salvage.rows}


def spoil(path: Path, *pages: int, value: bytes = b"\xa5") -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        content[(page - 1) * PAGE : page * PAGE] = value * PAGE
    path.write_bytes(content)


def spoil_schema(path: Path) -> None:
    """Damage the first cell of the first page, so that SQLite reads no table."""
    content = bytearray(path.read_bytes())
    content[100] = 0xFF
    path.write_bytes(content)


def test_whole_file_is_read_without_a_fault(path: Path) -> None:
    salvage = read_documents(path)
    assert (salvage.fault, salvage.unreadable) == (None, {})
    assert len(salvage.rows) == 2 * (60 - 20)
    assert salvage.meta["next_position"] == 121


def test_pages_hold_the_same_as_sqlite_reads(path: Path) -> None:
    whole = read_documents(path)
    spoil_schema(path)
    salvage = read_documents(path)
    assert salvage.fault is not None
    assert found(salvage) == found(whole)
    assert salvage.meta == whole.meta


def test_pages_of_the_log_are_read(tmp_path: Path) -> None:
    store = fill(tmp_path / "w" / "documents.sqlite")
    store.table("assets").update({"text": "newest"}, doc_ids=["assets0001"])
    killed = shutil.copytree(tmp_path / "w", tmp_path / "killed") / "documents.sqlite"
    expected = found(read_documents(tmp_path / "w" / "documents.sqlite"))
    store.close()
    assert killed.with_name("documents.sqlite-wal").stat().st_size
    spoil_schema(killed)
    killed.with_name("documents.sqlite-shm").unlink()
    damaged = killed.with_name("documents.sqlite-wal")
    assert found(read_documents(killed)) == expected
    damaged.write_bytes(damaged.read_bytes()[:-PAGE])
    assert read_documents(killed).rows


def test_log_without_its_file_is_read(tmp_path: Path) -> None:
    store = fill(tmp_path / "w" / "documents.sqlite")
    killed = shutil.copytree(tmp_path / "w", tmp_path / "killed") / "documents.sqlite"
    store.close()
    killed.unlink()
    assert read_documents(killed).rows


@pytest.mark.parametrize("value", [b"\xa5", b"\0", b"\xff"])
def test_damaged_page_costs_only_its_own_rows(path: Path, value: bytes) -> None:
    whole, content = found(read_documents(path)), path.read_bytes()
    lost = 0
    for page in range(1, len(content) // PAGE + 1, 6):
        spoil(path, page, value=value)
        rest = found(read_documents(path))
        path.write_bytes(content)
        if page > 1:  # the first page says which pages are unused
            assert rest.items() <= whole.items()
        assert len(whole.keys() - rest.keys()) <= 40, page
        lost += len(whole.keys() - rest.keys())
    assert lost > 0


@pytest.mark.parametrize("seed", range(20))
def test_scattered_damage_raises_no_error_and_changes_no_row(path: Path, seed: int) -> None:
    draw, whole = random.Random(seed), found(read_documents(path))
    content = bytearray(path.read_bytes())
    for _ in range(draw.choice((1, 10, 300))):
        start = draw.randrange(100, len(content))
        content[start : start + draw.choice((1, 8, 64))] = draw.randbytes(8)
    path.write_bytes(content[: draw.choice((len(content), len(content) // 2))])
    rest = read_documents(path)
    assert len(rest.rows) <= 2 * len(whole)


@pytest.mark.parametrize("content", [b"", b"text " * 999, b"SQLite format 3\0", b"\0" * 9000])
def test_file_of_something_else_has_no_rows(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert read_documents(path).rows == []


def test_row_whose_text_is_damaged_is_counted(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened, opened:
        for number, body in enumerate((b'{"id": "\xff"}', b"{", b"[]", b'{"id": "other"}')):
            opened.execute(
                "UPDATE documents SET body = CAST(? AS TEXT) WHERE id = ?",
                (body, f"labels{number:04}"),
            )
    salvage = read_documents(path)
    assert (salvage.fault, salvage.unreadable) == (None, {"labels": 4})
