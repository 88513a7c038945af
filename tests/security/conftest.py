"""The worlds and callers of the access tests, restored to their initial state for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.callers import Callers, open_callers


@pytest.fixture(scope="package")
def _callers() -> Iterator[Callers]:
    with open_callers() as made:
        yield made


@pytest.fixture
def callers(_callers: Callers) -> Iterator[Callers]:
    mark = _callers.wire.emulator.mark()
    yield _callers
    _callers.wire.emulator.reset(mark)
