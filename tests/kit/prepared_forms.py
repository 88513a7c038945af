"""Write the prepared forms of the GraphQL schema and of the emulator's scenarios.

``python -m tests.kit.prepared_forms`` rewrites them.
"""

from __future__ import annotations

import json
from pathlib import Path

from kili_emulator.api import executable_schema
from kili_emulator.config import seed_data_folder
from kili_emulator.prepared_forms import make_form
from kili_emulator.scenario import scenario_names
from kili_emulator.scenario.scenario_file import parse_scenario, prepared_path


def make_forms() -> dict[Path, str]:
    """Return the path and the text of each prepared form."""
    paths = [seed_data_folder() / f"{name}.yaml" for name in scenario_names()]
    return {**_schema_form(), **{prepared_path(path): _scenario_form(path) for path in paths}}


def _schema_form() -> dict[Path, str]:
    text = executable_schema.read_files()
    return {executable_schema.PREPARED: make_form(text, executable_schema.make_body(text))}


def _scenario_form(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return make_form(text, json.dumps(parse_scenario(path, text), indent=1) + "\n")


if __name__ == "__main__":
    for path, text in make_forms().items():
        path.write_text(text, encoding="utf-8", newline="\n")
