"""One whole world for all tests here, each of which finds it as it was made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.full_world.world import Whole, whole_world


@pytest.fixture(scope="package")
def _whole() -> Iterator[Whole]:
    with whole_world() as made:
        yield made


@pytest.fixture
def whole(_whole: Whole) -> Iterator[Whole]:
    mark = _whole.wire.emulator.mark()
    yield _whole
    _whole.wire.emulator.reset(mark)
