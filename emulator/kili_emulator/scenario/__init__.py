"""Scenarios: what a new world holds, written in YAML and loaded through the domain.

The format is described in ``seed_data/scenario.schema.json``; ``seed_data/default.yaml`` is an
example that uses most of it.
"""

from kili_emulator.config import seed_data_folder
from kili_emulator.scenario.loading import load_scenario
from kili_emulator.scenario.scenario_file import Scenario, read_scenario, scenario_names
from kili_emulator.scenario.yaml_document import ScenarioError

__all__ = [
    "Scenario",
    "ScenarioError",
    "load_scenario",
    "read_scenario",
    "scenario_names",
    "seed_data_folder",
]
