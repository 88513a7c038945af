"""Each successful mutation changes the stored state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS, Call
from tests.contract.full_world.world import FullWorld

# Tables that record events: a mutation must also change another table.
REPORTS = ("events", "decisions", "transactions", "runs", "pluginLogs")


def state(full_world: FullWorld) -> dict[str, list[dict[str, Any]]]:
    """Return the stored documents without their modification times."""
    return {
        table: [{k: v for k, v in each.items() if k != "updatedAt"} for each in documents]
        for table, documents in full_world.export().items()
        if table not in REPORTS
    }


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_successful_mutation_changes_the_stored_state(full_world: FullWorld, call: Call) -> None:
    before = state(full_world)
    full_world.wire.call(call.mutation, **full_world.fill(call.arguments))
    assert state(full_world) != before
