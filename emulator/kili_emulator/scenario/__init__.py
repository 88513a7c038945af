"""Scenarios: YAML files with the content of a new world, loaded through the domain.

``seed_data/scenario.schema.json`` describes the format; ``seed_data/default.yaml`` is an example
that uses most of the format.

``yaml_document`` parses YAML with line numbers, ``scenario_file`` reads and checks a scenario file,
``times`` reads the times in it, ``loading`` loads a scenario into a world. The scenarios of the
emulator have a prepared form, which is read without YAML. This room imports neither ``api`` nor
``plugins``.

Imported by: app, cli, http.
"""

from kili_emulator.config import seed_data_folder
from kili_emulator.scenario.loading import load_scenario
from kili_emulator.scenario.problem import ScenarioError
from kili_emulator.scenario.scenario_file import Scenario, read_scenario, scenario_names

__all__ = [
    "Scenario",
    "ScenarioError",
    "load_scenario",
    "read_scenario",
    "scenario_names",
    "seed_data_folder",
]
