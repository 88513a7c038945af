"""The consistency check finds each kind of inconsistency, and nothing in a whole world."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tinydb import where

from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.domain.references import REFERENCES
from kili_emulator.domain.tables import DOCUMENT_TYPES
from kili_emulator.domain.world import Mark, World
from kili_emulator.storage.documents import Snapshot
from kili_emulator.storage.snapshot import Document, Row, TableSnapshot
from tests.contract.full_world.world import open_full_world

_MISSING = "cmissing"
# Members whose names end in `Id`, `ID` or `Ids`, and which can name a document that was removed, or
# something else than a document.
_NAMES_OF_THE_PAST = {
    "assets": {"externalId"},
    "decisions": {"pluginId", "transactionId"},
    "events": {"pluginIds", "runId", "transactionId"},
    "internalEvents": {"pluginIds", "runId", "transactionId"},
    "notifications": {"taskId"},
    "pluginBuildErrors": {"versionId"},
    "plugins": {"uploadId"},
    "runCalls": {"requestId"},
    "runs": {"eventId", "requestId", "versionId"},
    "transactions": {"requestId", "runId"},
}


@pytest.fixture(scope="module")
def _world() -> Iterator[tuple[World, Mark]]:
    with open_full_world() as opened:
        world = opened.wire.emulator.world
        yield world, world.mark()


@pytest.fixture
def world(_world: tuple[World, Mark]) -> Iterator[World]:
    """Return a world with documents in every table; undo what the test does to it."""
    opened, mark = _world
    yield opened
    opened.roll_back(mark)


def faults(world: World) -> list[str]:
    return [str(each) for each in find_inconsistencies(world.documents.snapshot)]


def first(world: World, table: str, matches: Callable[[Document], bool] = bool) -> Document:
    return next(each for each in world.export()[table] if matches(each))


def change(world: World, table: str, document: Document, **members: Any) -> None:
    world.documents.table(table).update(members, where("id") == document["id"])


def test_whole_world_is_consistent(world: World) -> None:
    assert faults(world) == []


def test_every_member_that_names_a_document_is_checked_or_known_to_name_the_past() -> None:
    for table, declared in DOCUMENT_TYPES.items():
        members = declared.__annotations__
        names = {each for each in members if re.search(r"(Id|ID|Ids)$", each)}
        names -= {each.member for each in REFERENCES[table]}
        assert names == _NAMES_OF_THE_PAST.get(table, set()), table


REFERENCE_CASES = [
    (table, reference) for table, references in REFERENCES.items() for reference in references
]


@pytest.mark.parametrize(
    ("table", "reference"), REFERENCE_CASES, ids=[f"{t}-{r.member}" for t, r in REFERENCE_CASES]
)
def test_reference_to_a_missing_document_is_found(world: World, table: str, reference: Any) -> None:
    document = first(world, table)
    is_list = isinstance(document[reference.member], list) or reference.member.endswith("Ids")
    change(world, table, document, **{reference.member: [_MISSING] if is_list else _MISSING})
    fault = f"{reference.member} refers to {reference.table} {_MISSING}, which is missing"
    assert f"{table} {document['id']}: {fault}" in faults(world)


@pytest.mark.parametrize("member", ["content", "jsonContent"])
def test_reference_to_a_missing_file_is_found(world: World, member: str) -> None:
    asset = first(world, "assets")
    change(world, "assets", asset, **{member: "/files?id=gone"})
    assert f"assets {asset['id']}: {member} refers to files gone, which is missing" in faults(world)


def test_missing_member_is_found_without_other_checks(world: World) -> None:
    label = first(world, "labels")

    def forget(document: Document) -> None:
        del document["clientVersion"]

    world.documents.table("labels").update(forget, where("id") == label["id"])
    change(world, "assets", first(world, "assets"), projectId=_MISSING)
    assert faults(world) == [f"labels {label['id']}: the members clientVersion are missing"]


@pytest.mark.parametrize(
    ("table", "member"),
    [
        ("labels", "projectId"),
        ("issues", "projectId"),
        ("locks", "projectId"),
        ("pluginLogs", "projectId"),
        ("pluginLogs", "pluginId"),
        ("runCalls", "pluginId"),
    ],
)
def test_member_that_differs_from_the_document_above_is_found(
    world: World, table: str, member: str
) -> None:
    document = first(world, table)
    others = world.export()["projects" if member == "projectId" else "plugins"]
    other = next(each["id"] for each in others if each["id"] != document[member])
    change(world, table, document, **{member: other})
    assert any(
        each.startswith(f"{table} {document['id']}: {member} differs from")
        for each in faults(world)
    )


@pytest.mark.parametrize(
    ("table", "member"),
    [
        ("users", "email"),
        ("apiKeys", "key"),
        ("assets", "externalId"),
        ("plugins", "name"),
    ],
)
def test_value_that_occurs_twice_is_found(world: World, table: str, member: str) -> None:
    one, two = [
        each
        for each in world.export()[table]
        if each.get("projectId", "") == first(world, table).get("projectId", "")
    ][:2]
    change(world, table, two, **{member: one[member]})
    (found,) = faults(world)
    assert found.startswith(f"{table} {two['id']}: ")
    assert found.endswith(f"{member} are those of another document")


def test_second_membership_of_a_user_is_found(world: World) -> None:
    member = first(world, "projectUsers")
    world.documents.table("projectUsers").insert({**member, "id": "second"})
    assert faults(world) == [
        "projectUsers second: projectId and userId are those of another document"
    ]


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"stepId": None, "stepStatus": None}, "stepId None does not fit workflow"),
        ({"stepStatus": None}, "has only one of stepId and stepStatus"),
    ],
)
def test_position_that_does_not_fit_the_workflow_is_found(
    world: World, members: dict[str, Any], fault: str
) -> None:
    asset = first(world, "assets", lambda each: each["stepId"] is not None)
    change(world, "assets", asset, **members)
    assert any(each.startswith(f"assets {asset['id']}: {fault}") for each in faults(world))


@pytest.mark.parametrize(
    "mark",
    [
        "isLatestLabelForUser",
        "isLatestDefaultLabelForUser",
        "isLatestReviewLabelForUser",
        "isLatestPredictionLabelForUser",
        "isLastForStep",
    ],
)
def test_wrong_mark_of_a_label_is_found(world: World, mark: str) -> None:
    label = first(world, "labels", lambda each: bool(each[mark]))
    change(world, "labels", label, **{mark: False})
    assert faults(world) == [f"labels {label['id']}: the value of {mark} is wrong"]


def test_two_latest_labels_of_an_author_are_found(world: World) -> None:
    label = first(world, "labels", lambda each: not each["isLatestLabelForUser"])
    change(world, "labels", label, isLatestLabelForUser=True)
    assert faults(world) == [f"labels {label['id']}: the value of isLatestLabelForUser is wrong"]


def test_wrong_number_of_annotations_is_found(world: World) -> None:
    label = first(world, "labels")
    change(world, "labels", label, numberOfAnnotations=77)
    assert faults(world) == [f"labels {label['id']}: numberOfAnnotations is wrong"]


@pytest.mark.parametrize(("member", "table"), [("lineCount", "log lines"), ("callCount", "calls")])
def test_wrong_count_of_a_run_is_found(world: World, member: str, table: str) -> None:
    run = first(world, "runs", lambda each: each[member] > 0)
    change(world, "runs", run, **{member: 0})
    assert faults(world) == [f"runs {run['id']}: {member} is 0, but it has {run[member]} {table}"]


# Faults of the tables themselves


class ChangedTable:
    """A table of a snapshot with some functions replaced, as a defective table would have them."""

    def __init__(self, table: TableSnapshot, **functions: Any) -> None:
        self._table = table
        vars(self).update(functions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def __len__(self) -> int:
        return len(self._table)


def replaced(world: World, table: str, **functions: Any) -> Snapshot:
    snapshot = world.documents.snapshot
    return {**snapshot, table: ChangedTable(snapshot[table], **functions)}  # type: ignore[dict-item]


def test_repeated_position_is_found(world: World) -> None:
    rows = world.documents.snapshot["tags"].rows()
    taken = world.documents.snapshot["users"].rows()[0]
    changed = [Row(taken.position, rows[0].document), *rows[1:]]
    (fault,) = find_inconsistencies(replaced(world, "tags", rows=lambda: changed))
    assert str(fault) == (
        f"tags {rows[0].document['id']}: its position {taken.position} is that of users "
        f"{taken.document['id']}"
    )


def test_wrong_order_is_found(world: World) -> None:
    rows = world.documents.snapshot["users"].rows()
    found = find_inconsistencies(replaced(world, "users", rows=lambda: rows[::-1]))
    assert "users: its documents are not in creation order" in map(str, found)


def test_document_that_is_missing_from_the_order_is_found(world: World) -> None:
    rows = world.documents.snapshot["mails"].rows()
    found = find_inconsistencies(replaced(world, "mails", rows=lambda: rows[1:]))
    fault = f"mails: its order has {len(rows) - 1} of {len(rows)} documents"
    assert fault in map(str, found)


def test_posting_that_differs_from_a_scan_is_found(world: World) -> None:
    table = world.documents.snapshot["labels"]
    key = next(iter(table.keys("asset")))
    empty = table.posting("asset", "unknown")

    def posting(index: str, wanted: Any) -> Any:
        return empty if (index, wanted) == ("asset", key) else table.posting(index, wanted)

    found = [str(each) for each in find_inconsistencies(replaced(world, "labels", posting=posting))]
    assert any(each.startswith(f"labels: index asset has [] for {key!r}, not [") for each in found)


def test_key_without_documents_is_found(world: World) -> None:
    table = world.documents.snapshot["labels"]
    other = next(iter(table.keys("asset")))

    def posting(index: str, key: Any) -> Any:
        return table.posting(index, other if (index, key) == ("asset", "ghost") else key)

    def keys(index: str) -> Iterator[Any]:
        yield from table.keys(index)
        if index == "asset":
            yield "ghost"

    found = find_inconsistencies(replaced(world, "labels", posting=posting, keys=keys))
    assert any("index asset has" in str(each) and "'ghost', not []" in str(each) for each in found)
