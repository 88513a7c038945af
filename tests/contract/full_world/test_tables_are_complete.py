"""The tables of this folder cover each operation of the schema."""

from __future__ import annotations

import pytest

from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUERIES, QUERY_ARGUMENTS, run_query
from tests.contract.full_world.world import FullWorld
from tests.contract.schema import SCHEMA

# Queries that answer nothing here, and why.
EMPTY = {"dataConnections": "cloud storage is not emulated"}


def test_each_query_has_arguments_and_each_mutation_a_call() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(QUERY_ARGUMENTS) == set(QUERIES)
    assert {call.mutation for call in CALLS} == set(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize("query", QUERY_ARGUMENTS)
def test_query_with_its_arguments_returns_content(full_world: FullWorld, query: str) -> None:
    answer = run_query(full_world, query, **full_world.fill(QUERY_ARGUMENTS[query]))
    assert bool(answer) == (query not in EMPTY)
