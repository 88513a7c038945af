"""The full world, restored to its initial state for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.full_world.world import FullWorld, open_full_world


@pytest.fixture(scope="package")
def _full_world() -> Iterator[FullWorld]:
    with open_full_world() as made:
        yield made


@pytest.fixture
def full_world(_full_world: FullWorld) -> Iterator[FullWorld]:
    mark = _full_world.wire.emulator.mark()
    yield _full_world
    _full_world.wire.emulator.reset(mark)
