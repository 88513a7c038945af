"""An example plugin that is active on the projects of its scenario."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from kili_emulator import Emulator
from tests.kit.plugin_project import read_log

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PLUGINS = EXAMPLES / "plugins"


def find_scenario(name: str) -> str:
    """Return the scenario of an example."""
    own = PLUGINS / name / "project.yaml"
    return str(own) if own.exists() else "default"


def load_module(name: str, module: str = "main") -> ModuleType:
    """Load a module of an example that imports no other module of the example."""
    path = PLUGINS / name / f"{module}.py"
    spec = importlib.util.spec_from_file_location(f"example_{name}_{module}", path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class ExampleEmulator:
    """An emulator with an example that is active on each project.

    Args:
        emulator: a running emulator with the scenario of the example.
        name: of the example.
    """

    def __init__(self, emulator: Emulator, name: str) -> None:
        self.emulator = emulator
        self.name = name
        self.kili: Any = emulator.client()
        self.projects = {
            each["title"]: each["id"] for each in self.kili.projects(fields=["id", "title"])
        }

    def upload(self) -> None:
        self.kili.upload_plugin(str(PLUGINS / self.name), self.name)
        for project_id in self.projects.values():
            self.kili.activate_plugin_on_project(self.name, project_id=project_id)

    def asset(self, title: str, name: str, *fields: str) -> dict[str, Any]:
        """Return an asset by the title of its project and its external id."""
        (found,) = self.kili.assets(
            self.projects[title], external_id_strictly_in=[name], fields=["id", *fields]
        )
        return dict(found)

    def submitted_responses(self, title: str, name: str) -> list[dict[str, Any]]:
        """Return the json responses of all submitted labels of an asset, oldest first."""
        asset_id = self.asset(title, name)["id"]
        found = self.kili.labels(
            self.projects[title], asset_id=asset_id, type_in=["DEFAULT"], fields=["jsonResponse"]
        )
        return [each["jsonResponse"] for each in found]

    def issues(self, title: str) -> list[tuple[str | None, str]]:
        """Return the ``objectMid`` and the text of each issue."""
        fields = ["objectMid", "comments.text"]
        found = self.kili.issues(self.projects[title], fields=fields)
        return [(each["objectMid"], each["comments"][0]["text"]) for each in found]

    def log_lines(self, title: str) -> list[str]:
        """Return the log lines of the plugin, oldest first, without progress bars of the SDK."""
        lines = read_log(self.kili, self.projects[title], self.name)
        return [text for _, text in lines if "it/s" not in text]

    def outcomes(self) -> list[str]:
        """Return the outcome of each run, or the reason of its refusal."""
        return [each["refusal"] or each["outcome"] for each in self.emulator.world.view.runs.all()]
