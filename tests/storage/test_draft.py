"""The table of a transaction: it agrees at each moment with a table that is built anew."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.storage.draft import TableDraft
from kili_emulator.storage.snapshot import Row, TableSnapshot, TableSpec

SPEC = TableSpec(
    "labels",
    {
        "asset": lambda label: label["asset"],
        "author": lambda label: (label["asset"], label["author"]),
        "sent": lambda label: label["sent"] or None,
    },
    date_member="createdAt",
)
IDS, ASSETS, AUTHORS, DATES = "abcdefgh", "xy", "mn", "12"

_DOCUMENTS = st.fixed_dictionaries(
    {
        "asset": st.sampled_from(ASSETS),
        "author": st.sampled_from(AUTHORS),
        "sent": st.booleans(),
        "createdAt": st.sampled_from(DATES),
    }
)
_CHANGES = st.lists(st.tuples(st.sampled_from(IDS), st.none() | _DOCUMENTS), max_size=12)


def row(position: int, document_id: str, **members: Any) -> Row:
    members = {"asset": "x", "author": "m", "sent": False, "createdAt": "1"} | members
    return Row(position, {"id": document_id, **members})


def table(rows: dict[str, Row]) -> TableSnapshot:
    return TableSnapshot(SPEC).changed(rows)


def put(draft: TableDraft, rows: dict[str, Row], document_id: str, document: Any) -> None:
    """Change a row in a draft and in a model; a new document comes after all others."""
    if document is None:
        rows.pop(document_id, None)
    else:
        last = max((each.position for each in rows.values()), default=0)
        position = rows[document_id].position if document_id in rows else last + 1
        rows[document_id] = row(position, document_id, **document)
    draft.put(document_id, rows.get(document_id))


def contents(some: TableDraft | TableSnapshot) -> dict[Any, Any]:
    keys: list[tuple[str, Any]] = [("asset", each) for each in ASSETS]
    keys += [("author", (asset, author)) for asset in ASSETS for author in AUTHORS]
    keys.append(("sent", True))
    lists = {key: (some.find(*key), list(some.posting(*key)), some.count(*key)) for key in keys}
    return lists | {each: (some.row(each), some.get(each)) for each in IDS}


@given(first=_CHANGES, then=_CHANGES)
def test_draft_agrees_after_each_change_with_a_table_built_anew(first: Any, then: Any) -> None:
    rows: dict[str, Row] = {}
    start = TableDraft(table({}))
    for each in first:
        put(start, rows, *each)
    draft = TableDraft(start.snapshot())

    for each in then:
        put(draft, rows, *each)
        assert contents(draft) == contents(table(rows))


@given(first=_CHANGES, then=_CHANGES)
def test_snapshot_of_a_draft_has_its_content_and_order(first: Any, then: Any) -> None:
    rows: dict[str, Row] = {}
    draft = TableDraft(table({}))
    for changes in (first, then):
        for each in changes:
            put(draft, rows, *each)
        snapshot = draft.snapshot()

        assert contents(snapshot) == contents(draft) == contents(table(rows))
        assert snapshot.rows() == table(rows).rows()
        assert len(draft) == len(rows)


def test_draft_changes_neither_its_base_nor_an_earlier_snapshot() -> None:
    base = table({"a": row(1, "a")})
    draft = TableDraft(base)
    draft.put("b", row(2, "b"))
    earlier = draft.snapshot()
    draft.put("a", None)

    assert [each.document["id"] for each in base.rows()] == ["a"]
    assert [each.document["id"] for each in earlier.rows()] == ["a", "b"]
    assert [each.document["id"] for each in draft.snapshot().rows()] == ["b"]


def test_snapshot_of_a_draft_is_the_same_object_until_the_next_change() -> None:
    base = table({"a": row(1, "a")})
    draft = TableDraft(base)

    assert draft.snapshot() is base
    draft.put("b", row(2, "b"))
    assert draft.snapshot() is draft.snapshot() is not base
