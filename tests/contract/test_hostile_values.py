"""No value makes an operation fail as a defect does: it is taken, or refused for what it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kili_emulator.app import Emulator
from tests.contract.hostile import hostile_arguments, operations
from tests.stage import Names, set_stage
from tests.wire import Wire

DEFECT = "[unexpectedRetrieving]"
# The normal suite tries every so-many-th value of each operation; `make contract` all.
STRIDE = 101


@pytest.fixture(scope="module")
def _wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture(scope="module")
def names(_wire: Wire) -> Names:
    return set_stage(_wire)


@pytest.fixture
def wire(_wire: Wire, names: Names) -> Iterator[Wire]:
    mark = _wire.emulator.mark()
    yield _wire
    _wire.emulator.reset(mark)


def check(wire: Wire, names: Names, operation: str, begin: int, stride: int) -> None:
    for number, arguments in enumerate(hostile_arguments(operation, names)):
        if number % stride == begin:
            answer = wire.send(operation, **arguments)
            assert answer.status_code in (200, 400), arguments
            assert DEFECT not in answer.text, arguments


@pytest.mark.parametrize("operation", operations())
def test_some_hostile_values_of_each_operation(wire: Wire, names: Names, operation: str) -> None:
    begin = operations().index(operation) % STRIDE  # not the same values for all
    check(wire, names, operation, begin, STRIDE)


@pytest.mark.contract
@pytest.mark.parametrize("operation", operations())
def test_all_hostile_values_of_each_operation(wire: Wire, names: Names, operation: str) -> None:
    check(wire, names, operation, 0, 1)
