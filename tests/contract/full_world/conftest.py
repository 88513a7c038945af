"""The full world, restored to its initial state for each test; each test leaves it consistent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kili_emulator.domain.consistency import find_inconsistencies
from tests.contract.full_world.world import FullWorld, open_full_world


@pytest.fixture(scope="package")
def _full_world() -> Iterator[FullWorld]:
    with open_full_world() as made:
        yield made


@pytest.fixture
def full_world(_full_world: FullWorld) -> Iterator[FullWorld]:
    mark = _full_world.wire.emulator.mark()
    yield _full_world
    found = find_inconsistencies(_full_world.wire.emulator.world.documents.snapshot)
    _full_world.wire.emulator.reset(mark)
    assert [str(each) for each in found] == []
