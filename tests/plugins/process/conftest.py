"""The stages on which plugins are tried in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.plugins.process.plugin_project import Stage


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_timeout=15.0) as running:
        yield running


@pytest.fixture
def stage(shared: Emulator, tmp_path: Path) -> Iterator[Stage]:
    shared.reset()
    yield Stage(shared, tmp_path)
    shared.reset()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_timeout=5.0) as running:
        yield running


@pytest.fixture
def short(hasty: Emulator, tmp_path: Path) -> Iterator[Stage]:
    """A stage on which a plugin has no more than some seconds."""
    hasty.reset()
    yield Stage(hasty, tmp_path)
    hasty.reset()
