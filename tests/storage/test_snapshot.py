"""Immutable tables: a change creates a new table, and the old table stays unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.storage.posting import CHUNK
from kili_emulator.storage.sharded_map import ShardedMap
from kili_emulator.storage.snapshot import LoadedRow, Row, TableSnapshot, TableSpec

SPEC = TableSpec(
    "labels",
    {
        "asset": lambda label: label["asset"],
        "author": lambda label: (label["asset"], label["author"]),
        "sent": lambda label: True if label.get("sent") else None,
    },
)


def row(position: int, document_id: str, asset: str = "a", **members: Any) -> Row:
    return Row(position, {"id": document_id, "asset": asset, "author": "me", **members})


def table(*rows: Row) -> TableSnapshot:
    return TableSnapshot(SPEC).changed({each.document["id"]: each for each in rows})


def found(snapshot: TableSnapshot, index: str, key: Any) -> list[str]:
    return [document["id"] for document in snapshot.find(index, key)]


def test_empty_map_has_nothing() -> None:
    empty: ShardedMap[str, int] = ShardedMap()

    assert (len(empty), empty.get("x"), list(empty.values())) == (0, None, [])


def test_changed_map_has_the_added_keys_and_lacks_the_removed_keys() -> None:
    numbers = ShardedMap[str, int]().changed({"a": 1, "b": 2}).changed({"a": None, "c": 3})

    assert [numbers.get(key) for key in "abc"] == [None, 2, 3]
    assert (len(numbers), sorted(numbers.values())) == (2, [2, 3])


def test_changing_a_map_does_not_change_the_original() -> None:
    original = ShardedMap[str, int]().changed({"a": 1, "b": 2})
    original.changed({"a": 7, "b": None, "c": 3})

    assert [original.get(key) for key in "abc"] == [1, 2, None]
    assert len(original) == 2


def test_replacing_a_key_or_removing_an_absent_key_keeps_the_length() -> None:
    numbers = ShardedMap[str, int]().changed({"a": 1}).changed({"a": 2, "z": None})

    assert len(numbers) == 1


def test_map_agrees_with_a_dict_over_many_changes() -> None:
    numbers, expected = ShardedMap[int, int](), dict[int, int]()
    for step in range(300):
        change = {step * 7 % 1009: step, step * 3 % 101: None if step % 3 else step}
        numbers = numbers.changed(change)
        expected = {key: value for key, value in (expected | change).items() if value is not None}

    assert {key: numbers.get(key) for key in expected} == expected
    assert len(numbers) == len(expected) == len(list(numbers.values()))


def test_rows_are_in_creation_order_regardless_of_their_ids() -> None:
    rows = table(row(3, "a"), row(1, "z"), row(2, "m")).rows()

    assert [each.document["id"] for each in rows] == ["z", "m", "a"]


def test_row_and_get_find_a_document_by_id() -> None:
    labels = table(row(1, "x"))

    assert labels.row("x") == row(1, "x")
    assert labels.get("x") == row(1, "x").document
    assert (labels.row("y"), labels.get("y"), len(labels)) == (None, None, 1)


def test_index_finds_documents_in_creation_order() -> None:
    labels = table(row(2, "x"), row(1, "y"), row(3, "z", "b"))

    assert found(labels, "asset", "a") == ["y", "x"]
    assert found(labels, "asset", "b") == ["z"]
    assert found(labels, "asset", "none") == []


def test_index_key_may_be_a_tuple() -> None:
    assert found(table(row(1, "x")), "author", ("a", "me")) == ["x"]


def test_document_with_key_none_is_left_out_of_the_index() -> None:
    labels = table(row(1, "x", sent=True), row(2, "y"))

    assert found(labels, "sent", True) == ["x"]
    assert labels.count("sent", None) == 0


def test_index_counts_documents_per_key() -> None:
    labels = table(row(1, "x"), row(2, "y"), row(3, "z", "b"))

    assert [labels.count("asset", key) for key in ("a", "b", "c")] == [2, 1, 0]


def test_unknown_index_raises_a_key_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        table().find("colour", "red")


@pytest.mark.parametrize(
    ("change", "in_a", "in_b"),
    [
        ({"y": None}, ["x", "z"], []),
        ({"x": None, "y": None, "z": None}, [], []),
        ({"y": row(2, "y", "b")}, ["x", "z"], ["y"]),
        ({"y": row(2, "y", author="you")}, ["x", "y", "z"], []),
        ({"new": row(4, "new")}, ["x", "y", "z", "new"], []),
        ({"back": row(0, "back")}, ["back", "x", "y", "z"], []),
        ({"y": None, "new": row(4, "new")}, ["x", "z", "new"], []),
        ({"unknown": None}, ["x", "y", "z"], []),
    ],
    ids=["delete", "delete all", "move", "other key", "add", "restore", "replace", "delete none"],
)
def test_index_follows_a_change(
    change: dict[str, Row | None], in_a: list[str], in_b: list[str]
) -> None:
    labels = table(row(1, "x"), row(2, "y"), row(3, "z")).changed(change)

    assert (found(labels, "asset", "a"), found(labels, "asset", "b")) == (in_a, in_b)


def test_documents_moved_back_return_to_their_places() -> None:
    labels = table(*(row(number, f"id{number}") for number in range(6)))
    moved = labels.changed({f"id{n}": row(n, f"id{n}", "b") for n in (1, 4)})
    returned = moved.changed({f"id{n}": row(n, f"id{n}") for n in (4, 1)})

    assert found(moved, "asset", "a") == ["id0", "id2", "id3", "id5"]
    assert found(returned, "asset", "a") == [f"id{n}" for n in range(6)]


def test_changing_a_table_does_not_change_the_original() -> None:
    original = table(row(1, "x"), row(2, "y"))
    original.changed({"x": None, "y": row(2, "y", "b"), "z": row(3, "z")})

    assert [each.document["id"] for each in original.rows()] == ["x", "y"]
    assert found(original, "asset", "a") == ["x", "y"]
    assert len(original) == 2


def test_index_shows_the_new_document_if_its_keys_are_unchanged() -> None:
    labels = table(row(1, "x")).changed({"x": row(1, "x", text="new")})

    assert labels.find("asset", "a")[0]["text"] == "new"


# Tables whose documents can be older than what was inserted before them

DATED = TableSpec("labels", SPEC.indexes, date_member="createdAt")


def dated(*rows: Row) -> TableSnapshot:
    labels = TableSnapshot(DATED)
    for each in rows:  # one by one, as they come to be
        labels = labels.changed({each.document["id"]: each})
    return labels


def test_dated_documents_are_ordered_by_date_and_then_by_insertion() -> None:
    labels = dated(
        row(1, "b", createdAt="2"),
        row(2, "c", createdAt="2"),
        row(3, "a", createdAt="1"),
        row(4, "d", createdAt="3"),
    )
    assert found(labels, "asset", "a") == ["a", "b", "c", "d"]
    assert [each.document["id"] for each in labels.rows()] == ["a", "b", "c", "d"]
    assert [each["id"] for each in labels.get_many(["d", "a", "c", "gone"])] == ["a", "c", "d"]


def test_document_with_a_changed_date_changes_its_place() -> None:
    labels = dated(row(1, "a", createdAt="1"), row(2, "b", createdAt="2"))
    moved = labels.changed({"a": row(1, "a", createdAt="3")})
    assert found(moved, "asset", "a") == ["b", "a"]
    assert found(labels, "asset", "a") == ["a", "b"]


# Tables that are built of all rows at once, as at the start of a process


def loaded(*rows: Row) -> list[LoadedRow]:
    return [LoadedRow(each.document["id"], each, each.document) for each in rows]


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from("abc"), st.booleans()), max_size=40))
def test_table_built_at_once_equals_the_table_built_by_changes(
    members: list[tuple[int, str, bool]],
) -> None:
    rows = [
        row(1 + number * 7 % 41, f"id{number}", asset, createdAt=str(date), sent=sent)
        for number, (date, asset, sent) in enumerate(members)
    ]
    built, changed = TableSnapshot.of(DATED, loaded(*rows)), dated(*rows)

    assert (built.rows(), len(built)) == (changed.rows(), len(changed))
    for index in DATED.indexes:
        keys = set(changed.keys(index))
        assert set(built.keys(index)) == keys
        for key in keys:
            assert list(built.posting(index, key)) == list(changed.posting(index, key))


def test_table_built_at_once_has_long_postings_in_chunks() -> None:
    built = TableSnapshot.of(SPEC, loaded(*(row(n, f"id{n}") for n in range(2 * CHUNK))))
    later = built.changed({"id3": None, "new": row(9_999, "new")})

    assert max(map(len, built.posting("asset", "a").chunks)) <= CHUNK
    assert found(later, "asset", "a")[-2:] == [f"id{2 * CHUNK - 1}", "new"]
    assert (len(built), len(later)) == (2 * CHUNK, 2 * CHUNK)
