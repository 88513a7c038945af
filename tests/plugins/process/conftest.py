"""Fixtures for plugins in process isolation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_timeout=15.0) as running:
        yield running


@pytest.fixture
def plugin_project(shared_emulator: Emulator, tmp_path: Path) -> Iterator[PluginProject]:
    shared_emulator.reset()
    yield PluginProject(shared_emulator, tmp_path)
    shared_emulator.reset()


@pytest.fixture(scope="module")
def short_timeout_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_timeout=5.0) as running:
        yield running


@pytest.fixture
def short_timeout_project(
    short_timeout_emulator: Emulator, tmp_path: Path
) -> Iterator[PluginProject]:
    """A project whose plugins time out after five seconds."""
    short_timeout_emulator.reset()
    yield PluginProject(short_timeout_emulator, tmp_path)
    short_timeout_emulator.reset()
