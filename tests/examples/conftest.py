"""The example that a module is about (its ``NAME``), in both isolations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kili_emulator import Emulator
from kili_emulator.domain.world import Mark
from kili_emulator.testing.sdk import fast_sdk
from tests.examples.example_emulator import Trial, scenario_of


@pytest.fixture(scope="module", params=["inline", "process"])
def _uploaded(request: pytest.FixtureRequest) -> Iterator[tuple[Trial, Mark]]:
    name = request.module.NAME
    options = {"seed": 0, "plugin_isolation": request.param}
    with fast_sdk(), Emulator(scenario_of(name), **options) as emulator:
        trial = Trial(emulator, name)
        trial.upload()
        yield trial, emulator.mark()


@pytest.fixture
def trial(_uploaded: tuple[Trial, Mark]) -> Iterator[Trial]:
    """The example at work, on projects as its scenario has them."""
    made, mark = _uploaded
    yield made
    made.emulator.reset(mark)
