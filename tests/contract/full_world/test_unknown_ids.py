"""For an unknown id, a query returns nothing, and a mutation is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS, Call
from tests.contract.full_world.paths import Path, dotted, id_conditions, named_values, put
from tests.contract.full_world.queries import QUERIES, QUERY_ARGUMENTS, run_query
from tests.contract.full_world.world import FullWorld
from tests.kit.world_content import fill_ids

UNKNOWN_ID = "cl00000000000000000000000"

# Queries that refuse unknown objects, and their error messages.
REFUSING = {"asset(id)": "no asset that you can see has the id"}  # it cannot be null

CONDITIONS = [
    pytest.param(query, path, template, id=dotted(query, path))
    for query, field in QUERIES.items()
    for path, template in id_conditions(field)
]

# Mutations that take an id they do not know, and why.
TAKING = {
    "deleteAssets(where.id)": "what is deleted already is deleted (contract/asset.md#deletion)",
    "deleteAssets(where.idIn.0)": "what is deleted already is deleted (contract/asset.md#deletion)",
}

CALLS_WITH_IDS = [
    pytest.param(call, path, id=dotted(call.mutation, path))
    for call in CALLS
    for path in named_values(call.arguments)
]


@pytest.mark.parametrize(("query", "path", "template"), CONDITIONS)
def test_query_for_an_unknown_id_returns_nothing(
    full_world: FullWorld, query: str, path: Path, template: Any
) -> None:
    arguments = put(
        full_world.fill(QUERY_ARGUMENTS[query]), path, fill_ids(template, {"id": UNKNOWN_ID})
    )
    says = REFUSING.get(dotted(query, path))
    if says:
        assert says in full_world.wire.refusal(query, **arguments)
    else:
        assert run_query(full_world, query, **arguments) in ([], 0, None)


@pytest.mark.parametrize(("call", "path"), CALLS_WITH_IDS)
def test_mutation_of_an_unknown_id_is_refused_and_changes_nothing(
    full_world: FullWorld, call: Call, path: Path
) -> None:
    before = full_world.export()
    arguments = full_world.fill(put(call.arguments, path, UNKNOWN_ID))
    answer = full_world.wire.send(call.mutation, **arguments).json()
    assert full_world.export() == before
    if dotted(call.mutation, path) in TAKING:
        assert "errors" not in answer
    else:
        (error,) = answer["errors"]
        assert error["extensions"]["code"]
        assert not (answer["data"] or {}).get("data")


def test_exceptions_name_existing_cases() -> None:
    assert TAKING.keys() <= {param.id for param in CALLS_WITH_IDS}
    assert REFUSING.keys() <= {param.id for param in CONDITIONS}
