"""Every input of the schema is stored or refused; no input is silently dropped.

The cases are in :mod:`tests.contract.inputs`. Those of most filters are in
:mod:`tests.contract.filter_cases`. A new input of the schema fails here until it has a case.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from kili_emulator.app import Emulator
from tests.contract.events.declared import check, stored
from tests.contract.filter_cases import FILTERS
from tests.contract.inputs import CASES, CaseWorld
from tests.contract.schema import SCHEMA
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, set_up_world

# Inputs that are accepted but have no effect, by contract.
WITHOUT_EFFECT = {
    **dict.fromkeys(
        (
            "DataConnectionsWhere.integrationId",
            "DataConnectionsWhere.projectId",
            "dataConnections(first)",
            "dataConnections(skip)",
            "dataConnections(where)",
        ),
        "cloud storage is not emulated; clients before 2.150 query connections before a download",
    ),
    # contract/issue.md#issues
    "IssueToCreate.issueNumber": "the server assigns the number; clients send a constant",
    "AppendToIssuesData.issueNumber": "the server assigns the number",
    "CopyLabelsInput.skipRebuilds": "no rebuild is needed: marks are always up to date",
}


def _inputs() -> set[str]:
    """Return every argument of every operation, and every member of their inputs."""
    found: set[str] = set()
    for root in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type):
        assert isinstance(root, GraphQLObjectType)
        for name, field in root.fields.items():
            for argument, each in field.args.items():
                found.add(f"{name}({argument})")
                _add_members(get_named_type(each.type), found)
    return found


def _add_members(type_: object, found: set[str]) -> None:
    if not isinstance(type_, GraphQLInputObjectType):
        return
    for name, field in type_.fields.items():
        if f"{type_.name}.{name}" not in found:
            found.add(f"{type_.name}.{name}")
            _add_members(get_named_type(field.type), found)


CONDITIONS = {f"{type_}.{member}" for type_, members in FILTERS.items() for member in members}


@pytest.fixture(scope="module")
def _emulator() -> Iterator[Emulator]:
    with Emulator(seed=0) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def _wire(_emulator: Emulator) -> Iterator[Wire]:
    wire = Wire(_emulator)
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def _names(_wire: Wire) -> WorldIds:
    return set_up_world(_wire)


@pytest.fixture
def case_world(_wire: Wire, _names: WorldIds) -> Iterator[CaseWorld]:
    mark, before = _wire.emulator.mark(), len(stored(_wire))
    yield CaseWorld(_wire, _names)
    events = stored(_wire)[before:]
    _wire.emulator.reset(mark)
    for each in events:
        check(each)


@pytest.mark.parametrize("key", CASES)
def test_an_input_is_read_back_or_refused(case_world: CaseWorld, key: str) -> None:
    CASES[key](case_world)


def test_every_input_of_the_schema_has_a_case() -> None:
    covered, served = {*CASES, *CONDITIONS, *WITHOUT_EFFECT}, _inputs()
    missing, outdated = served - covered, covered - served
    assert not missing, (
        "add a case to tests/contract/filter_cases.py or tests/contract/inputs/<noun>.py: "
        f"{missing}"
    )
    assert not outdated, f"remove the case of an input that the schema does not have: {outdated}"


def test_no_input_has_both_a_case_and_an_exception() -> None:
    assert not CASES.keys() & WITHOUT_EFFECT.keys()
    assert not CONDITIONS & (CASES.keys() | WITHOUT_EFFECT.keys())


@pytest.mark.parametrize("number", [0, 7, -1])
def test_issue_number_from_the_client_is_ignored(case_world: CaseWorld, number: int) -> None:
    rows = [{"assetId": case_world.names["farm"], "issueNumber": number}] * 2
    created = case_world.wire.call("createIssues", issues=rows, where={}, selection="issueNumber")
    assert created == [{"issueNumber": 1}, {"issueNumber": 2}]
    data, where = {"issueNumber": number}, {"id": case_world.names["farm"]}
    old = case_world.wire.call("appendToIssues", data=data, where=where, selection="issueNumber")
    assert old == {"issueNumber": 3}
