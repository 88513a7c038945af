"""Each condition of each filter selects the expected rows and omits the others.

The cases are in :mod:`tests.contract.filter_cases`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.domain.filters.selection import CONDITIONS
from tests.contract.filter_cases import COUNTS, FILTERS, LISTS, PROJECTS, UNKNOWN_ID, set_up
from tests.contract.schema import OWN_TYPES
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, fill_ids

MEMBERS = [(type_, member) for type_, members in FILTERS.items() for member in members]
VALUES = [
    pytest.param(type_, member, value, selected, id=f"{type_}.{member}-{value}")
    for type_, members in FILTERS.items()
    for member, case in members.items()
    for value, selected in case
]

# The input types and the modules of tables whose names differ from the noun.
_TYPES = {"event": "EventsWhere", "member": "ProjectUserWhere"}
_MODULES = {"comment": "issue"}


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture(scope="module")
def world_ids(wire: Wire) -> WorldIds:
    return set_up(wire)


def selected(wire: Wire, world_ids: WorldIds, type_: str, where: dict[str, Any]) -> set[str]:
    """Return the names of the rows that a filter selects; the count must agree."""
    names = {identity: name for name, identity in world_ids.items()}
    count = wire.call(COUNTS[type_], where=where)
    if type_ not in LISTS:
        return {"plugin"} if count else set()
    found = [names[each] for each in wire.ids(LISTS[type_], where)]
    assert count == len(found)
    return set(found)


@pytest.mark.parametrize("noun", CONDITIONS)
def test_each_condition_of_the_schema_is_compiled(noun: str) -> None:
    type_ = _TYPES.get(noun, f"{noun.title().replace('_', '')}Where")
    module = f"domain/filters/{_MODULES.get(noun, noun)}.py"
    served, compiled = set(OWN_TYPES[type_]), set(CONDITIONS[noun])
    messages = [
        *(f"`{type_}.{each}` has no condition in {module}" for each in served - compiled),
        *(
            f"{module} has a condition for `{type_}.{each}`, which is not in api/schema"
            for each in compiled - served
        ),
    ]
    assert not messages, "\n".join(sorted(messages))


@pytest.mark.parametrize(("type_", "member", "value", "expected"), VALUES)
def test_condition_selects_exactly_the_expected_rows(
    wire: Wire, world_ids: WorldIds, type_: str, member: str, value: object, expected: set[str]
) -> None:
    where = fill_ids({member: value}, world_ids)
    assert selected(wire, world_ids, type_, where) == expected


@pytest.mark.parametrize(("type_", "member"), MEMBERS)
def test_cases_of_a_condition_include_and_exclude_rows(
    wire: Wire, world_ids: WorldIds, type_: str, member: str
) -> None:
    results = [expected for _, expected in FILTERS[type_][member]]
    everything = selected(wire, world_ids, type_, {}).union(*results)
    assert any(results)
    assert any(each != everything for each in results)


@pytest.mark.parametrize("type_", FILTERS)
def test_null_conditions_and_empty_filters_select_everything(
    wire: Wire, world_ids: WorldIds, type_: str
) -> None:
    everything = selected(wire, world_ids, type_, {})
    assert selected(wire, world_ids, type_, dict.fromkeys(FILTERS[type_])) == everything


def test_all_conditions_of_a_filter_must_hold(wire: Wire, world_ids: WorldIds) -> None:
    where = {"project": {"id": world_ids["project"]}, "statusIn": ["TODO"], "externalIdIn": ["car"]}
    assert selected(wire, world_ids, "AssetWhere", where) == {"car-park"}
    assert selected(wire, world_ids, "AssetWhere", {**where, "skipped": True}) == set()


def test_conditions_on_labels_must_hold_for_the_same_label(wire: Wire, world_ids: WorldIds) -> None:
    """The street has a DEFAULT label, and one by Rita, but no DEFAULT label by Rita."""
    where = {"label": {"typeIn": ["DEFAULT"], "user": {"id": world_ids["rita"]}}}
    assert selected(wire, world_ids, "AssetWhere", where) == set()


@pytest.mark.parametrize("type_", LISTS)
def test_a_list_is_paged(wire: Wire, world_ids: WorldIds, type_: str) -> None:
    def page(first: int, skip: int) -> list[dict[str, str]]:
        return list(wire.call(LISTS[type_], selection="id", where={}, first=first, skip=skip))

    everything = page(1000, 0)
    assert page(0, 0) == []
    assert page(1, 0) == everything[:1]
    assert page(2, 1) == everything[1:3]
    assert page(10, len(everything)) == []
    assert page(10, 10_000) == []


def test_list_query_without_first_is_refused(wire: Wire) -> None:
    answer = wire.post({"query": "{ assets(where: {}, skip: 0) { id } }"})
    assert answer.status_code == 400
    assert 'argument "first"' in answer.json()["errors"][0]["message"]


def test_existing_assets_are_found_by_project_and_external_id(
    wire: Wire, world_ids: WorldIds
) -> None:
    def existing(project: str, *external_ids: str) -> object:
        return wire.call("filterExistingAssets", projectID=project, externalIDs=external_ids)

    assert existing(world_ids["project"], "pond", "farm", "hidden", "po") == ["pond", "farm"]
    assert existing(world_ids["hidden project"], "pond", "hidden") == ["hidden"]
    assert existing(UNKNOWN_ID, "pond") == []


def test_lists_omit_assets_and_labels_of_a_deleted_project(world_ids: WorldIds, wire: Wire) -> None:
    mark = wire.emulator.mark()
    wire.call("deleteProject", where={"id": world_ids["hidden project"]})
    where = {"project": {"id": world_ids["hidden project"]}}
    for operation in ("assets", "labels", "issues"):
        assert wire.ids(operation, where) == []
        assert world_ids["hidden asset"] not in wire.ids(operation, {})
    assert selected(wire, world_ids, "ProjectWhere", {}) == PROJECTS - {"hidden project"}
    wire.emulator.reset(mark)
