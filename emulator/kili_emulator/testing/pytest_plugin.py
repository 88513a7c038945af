"""Pytest fixtures: one emulator for the session, reset before each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from kili_emulator.testing.sdk import fast_sdk

if TYPE_CHECKING:
    from kili_emulator.app import Emulator


@pytest.fixture(scope="session")
def kili_emulator_session() -> Iterator[Emulator]:
    """Run one emulator for the session, with seed 0, the project's settings and a fast SDK."""
    from kili_emulator.app import Emulator  # here, because every pytest run imports this module

    with fast_sdk(), Emulator(seed=0) as emulator:
        yield emulator


@pytest.fixture
def kili_emulator(kili_emulator_session: Emulator) -> Iterator[Emulator]:
    """Reset the emulator to its scenario; after the test, wait for the plugin runs it caused."""
    kili_emulator_session.reset()
    yield kili_emulator_session
    kili_emulator_session.wait_idle()


@pytest.fixture
def kili(kili_emulator: Emulator) -> Any:
    """Return a ``kili.client.Kili`` of the emulator's administrator."""
    return kili_emulator.client()
