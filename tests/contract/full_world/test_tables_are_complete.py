"""An operation that is new in the schema fails here until the tests of this folder know it."""

from __future__ import annotations

import pytest

from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUERIES, QUESTIONS, ask
from tests.contract.full_world.world import Whole
from tests.contract.schema import SCHEMA

# Queries that answer nothing here, and why.
EMPTY = {"dataConnections": "cloud storage is not emulated"}


def test_each_query_has_a_question_and_each_mutation_a_call() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(QUESTIONS) == set(QUERIES)
    assert {call.mutation for call in CALLS} == set(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize("query", QUESTIONS)
def test_a_question_is_answered_with_something(whole: Whole, query: str) -> None:
    answer = ask(whole, query, **whole.fill(QUESTIONS[query]))
    assert bool(answer) == (query not in EMPTY)
