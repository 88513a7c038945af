"""Fixtures for the example that a test module names (``NAME``), in both isolations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kili_emulator import Emulator
from kili_emulator.domain.world import Mark
from kili_emulator.testing.sdk import fast_sdk
from tests.examples.example_emulator import ExampleEmulator, find_scenario


@pytest.fixture(scope="module", params=["inline", "process"])
def _uploaded(request: pytest.FixtureRequest) -> Iterator[tuple[ExampleEmulator, Mark]]:
    name = request.module.NAME
    options = {"seed": 0, "plugin_isolation": request.param}
    with fast_sdk(), Emulator(find_scenario(name), **options) as emulator:
        example_emulator = ExampleEmulator(emulator, name)
        example_emulator.upload()
        yield example_emulator, emulator.mark()


@pytest.fixture
def example_emulator(_uploaded: tuple[ExampleEmulator, Mark]) -> Iterator[ExampleEmulator]:
    """The active example, on the unchanged projects of its scenario."""
    example_with_plugin, mark = _uploaded
    yield example_with_plugin
    example_with_plugin.emulator.reset(mark)
