"""Each member of each ``…Where`` selects what it should, and leaves the rest out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.contract.filter_cases import COUNTS, FILTERS, GHOST, LISTS, PROJECTS, set_up
from tests.kit.wire import Wire
from tests.kit.world_content import Names, filled

MEMBERS = [(type_, member) for type_, members in FILTERS.items() for member in members]
VALUES = [
    pytest.param(type_, member, value, selected, id=f"{type_}.{member}-{value}")
    for type_, members in FILTERS.items()
    for member, case in members.items()
    for value, selected in case
]


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture(scope="module")
def known(wire: Wire) -> Names:
    return set_up(wire)


def selected(wire: Wire, known: Names, type_: str, where: dict[str, Any]) -> set[str]:
    """The names of what a where selects; the count must agree."""
    names = {identity: name for name, identity in known.items()}
    count = wire.call(COUNTS[type_], where=where)
    if type_ not in LISTS:
        return {"plugin"} if count else set()
    found = [names[each] for each in wire.ids(LISTS[type_], where)]
    assert count == len(found)
    return set(found)


@pytest.mark.parametrize(("type_", "member", "value", "expected"), VALUES)
def test_a_condition_selects_this_and_nothing_else(
    wire: Wire, known: Names, type_: str, member: str, value: object, expected: set[str]
) -> None:
    where = filled({member: value}, known)
    assert selected(wire, known, type_, where) == expected


@pytest.mark.parametrize(("type_", "member"), MEMBERS)
def test_a_condition_is_shown_to_include_and_to_exclude(
    wire: Wire, known: Names, type_: str, member: str
) -> None:
    results = [expected for _, expected in FILTERS[type_][member]]
    everything = selected(wire, known, type_, {}).union(*results)
    assert any(results)
    assert any(each != everything for each in results)


@pytest.mark.parametrize("type_", FILTERS)
def test_null_and_an_empty_object_filter_nothing(wire: Wire, known: Names, type_: str) -> None:
    everything = selected(wire, known, type_, {})
    assert selected(wire, known, type_, dict.fromkeys(FILTERS[type_])) == everything


def test_conditions_hold_together(wire: Wire, known: Names) -> None:
    where = {"project": {"id": known["project"]}, "statusIn": ["TODO"], "externalIdIn": ["car"]}
    assert selected(wire, known, "AssetWhere", where) == {"car-park"}
    assert selected(wire, known, "AssetWhere", {**where, "skipped": True}) == set()


def test_conditions_on_a_label_hold_on_one_same_label(wire: Wire, known: Names) -> None:
    """The street has a DEFAULT label, and one by Rita, but no DEFAULT label by Rita."""
    where = {"label": {"typeIn": ["DEFAULT"], "user": {"id": known["rita"]}}}
    assert selected(wire, known, "AssetWhere", where) == set()


@pytest.mark.parametrize("type_", LISTS)
def test_a_list_is_paged(wire: Wire, known: Names, type_: str) -> None:
    def page(first: int, skip: int) -> list[dict[str, str]]:
        return list(wire.call(LISTS[type_], selection="id", where={}, first=first, skip=skip))

    everything = page(1000, 0)
    assert page(0, 0) == []
    assert page(1, 0) == everything[:1]
    assert page(2, 1) == everything[1:3]
    assert page(10, len(everything)) == []
    assert page(10, 10_000) == []


def test_a_page_without_its_size_is_refused(wire: Wire) -> None:
    answer = wire.post({"query": "{ assets(where: {}, skip: 0) { id } }"})
    assert answer.status_code == 400
    assert 'argument "first"' in answer.json()["errors"][0]["message"]


def test_existing_assets_are_found_by_project_and_external_id(wire: Wire, known: Names) -> None:
    def existing(project: str, *external_ids: str) -> object:
        return wire.call("filterExistingAssets", projectID=project, externalIDs=external_ids)

    assert existing(known["project"], "pond", "farm", "hidden", "po") == ["pond", "farm"]
    assert existing(known["hidden project"], "pond", "hidden") == ["hidden"]
    assert existing(GHOST, "pond") == []


def test_a_deleted_projects_assets_and_labels_are_in_no_list(known: Names, wire: Wire) -> None:
    mark = wire.emulator.mark()
    wire.call("deleteProject", where={"id": known["hidden project"]})
    where = {"project": {"id": known["hidden project"]}}
    for operation in ("assets", "labels", "issues"):
        assert wire.ids(operation, where) == []
        assert known["hidden asset"] not in wire.ids(operation, {})
    assert selected(wire, known, "ProjectWhere", {}) == PROJECTS - {"hidden project"}
    wire.emulator.reset(mark)
