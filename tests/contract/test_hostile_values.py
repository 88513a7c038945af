"""Hostile values are accepted or refused; no value causes an internal error."""

from __future__ import annotations

import pytest

from tests.contract.hostile_arguments import hostile_arguments, operations
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds

DEFECT = "[unexpectedRetrieving]"
# The normal suite tries each n-th value of an operation, `make contract` all values.
STRIDE = 101


def check(wire: Wire, world_ids: WorldIds, operation: str, begin: int, stride: int) -> None:
    for number, arguments in enumerate(hostile_arguments(operation, world_ids)):
        if number % stride == begin:
            answer = wire.send(operation, **arguments)
            assert answer.status_code in (200, 400), arguments
            assert DEFECT not in answer.text, arguments


@pytest.mark.parametrize("operation", operations())
def test_operation_handles_a_sample_of_hostile_values(
    wire: Wire, world_ids: WorldIds, operation: str
) -> None:
    begin = operations().index(operation) % STRIDE  # not the same values for all
    check(wire, world_ids, operation, begin, STRIDE)


@pytest.mark.contract
@pytest.mark.parametrize("operation", operations())
def test_operation_handles_all_hostile_values(
    wire: Wire, world_ids: WorldIds, operation: str
) -> None:
    check(wire, world_ids, operation, 0, 1)
