"""Scenarios: the content of a new world, from YAML files or dictionaries, loaded by the domain.

``seed_data/scenario.schema.json`` describes the format; ``seed_data/default.yaml`` is an example
that uses most of the format.

``yaml_document`` parses YAML with line numbers, ``scenario_file`` reads and checks a scenario file,
``times`` reads the times in it, ``loading`` loads a scenario into a world. The scenarios of the
emulator have a prepared form, which is read without YAML. This room imports neither ``api`` nor
``plugins``.

Imported by: app, cli, client, http, testing.
"""

from kili_emulator.config import seed_data_folder
from kili_emulator.scenario.loading import load_scenario
from kili_emulator.scenario.problem import ScenarioError
from kili_emulator.scenario.scenario_file import (
    Scenario,
    is_scenario_name,
    read_scenario,
    scenario_names,
    scenario_of,
)

__all__ = [
    "Scenario",
    "ScenarioError",
    "is_scenario_name",
    "load_scenario",
    "read_scenario",
    "scenario_names",
    "scenario_of",
    "seed_data_folder",
]
