"""Whatever documents of a world are lost, the rest is made consistent."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from kili_emulator.clock import Clock, format_time
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.domain.repair.mending import Mending
from kili_emulator.domain.tables import DOCUMENT_TYPES, TABLES
from kili_emulator.storage.documents import Snapshot
from kili_emulator.storage.salvage import SalvagedRow
from kili_emulator.storage.snapshot import TableSnapshot
from tests.contract.full_world.world import open_full_world

Rows = list[SalvagedRow]


@pytest.fixture(scope="module")
def rows() -> Iterator[Rows]:
    """Return the documents of a world with content in every table."""
    with open_full_world() as opened:
        snapshot = opened.wire.emulator.world.documents.snapshot
        yield [SalvagedRow(name, row) for name, table in snapshot.items() for row in table.rows()]


def mend(rows: Rows) -> Mending:
    mending = Mending(rows, format_time(Clock().now()))
    mending.run()
    found = find_inconsistencies(snapshot_of(mending))
    assert [str(each) for each in found] == []
    return mending


def snapshot_of(mending: Mending) -> Snapshot:
    return {each.name: TableSnapshot(each).changed(mending.tables[each.name]) for each in TABLES}


def count(mending: Mending, table: str) -> int:
    return len(mending.tables[table])


def test_whole_documents_are_not_changed(rows: Rows) -> None:
    mending = mend(rows)
    assert not mending.findings.concern_documents
    found = [
        SalvagedRow(name, row) for name, each in mending.tables.items() for row in each.values()
    ]
    assert sorted(found, key=lambda each: each.row.position) == sorted(
        rows, key=lambda each: each.row.position
    )


@pytest.mark.parametrize("table", DOCUMENT_TYPES)
def test_loss_of_a_table_leaves_consistent_documents(rows: Rows, table: str) -> None:
    mend([each for each in rows if each.table != table])


@pytest.mark.parametrize("seed", range(60))
def test_loss_of_any_documents_leaves_consistent_documents(rows: Rows, seed: int) -> None:
    draw = random.Random(seed)
    share = draw.choice((0.02, 0.2, 0.6))
    kept = [each for each in rows if draw.random() > share]
    labels = sum(each.table == "labels" for each in kept)
    assert count(mend(kept), "labels") == labels


@pytest.mark.parametrize("seed", range(20))
def test_documents_that_occur_twice_leave_consistent_documents(rows: Rows, seed: int) -> None:
    draw = random.Random(seed)
    again = [
        SalvagedRow(
            each.table, each.row._replace(document={**each.row.document, "id": f"x{number}"})
        )
        for number, each in enumerate(draw.sample(rows, 30))
    ]
    mend([*rows, *draw.sample(rows, 30), *again])


def test_documents_of_unknown_tables_and_without_members_are_dropped(rows: Rows) -> None:
    label = next(each for each in rows if each.table == "labels")
    cut = {"id": "cut", "createdAt": ""}
    strange = SalvagedRow("strange", label.row)
    mending = mend([*rows, strange, SalvagedRow("labels", label.row._replace(document=cut))])
    (reason,) = mending.findings.dropped["strange"]
    assert reason.endswith(": there is no table of this name")
    (reason,) = mending.findings.dropped["labels"]
    assert reason.startswith("cut: assetId, authorId, ")
