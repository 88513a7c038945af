"""Upload plugins, submit labels and read logs, through an SDK client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.responses import EASY

Response = Mapping[str, Any]


def submit_source(on_submit: str, top: str = "") -> str:
    """Return the source of a plugin.

    Args:
        on_submit: the body of its ``on_submit``, not indented.
        top: statements before the class; the first one is on line 3.
    """
    lines = [
        "import os, random, sys, time",
        "from kili.plugins import PluginCore",
        top,
        "class PluginHandler(PluginCore):",
        "    def on_submit(self, label, asset_id):",
        *(f"        {line}" for line in on_submit.splitlines()),
    ]
    return "\n".join(lines)


def append_label(kili: Any, asset: str, kind: str = "DEFAULT", response: Response = EASY) -> str:
    """Append a label to an asset; return the id of the label."""
    model = "model" if kind in ("PREDICTION", "INFERENCE") else None
    (label,) = kili.append_labels(
        [asset], [response], label_type=kind, model_name=model, disable_tqdm=True
    )
    return str(label["id"])


def read_log(kili: Any, project: str, name: str) -> list[tuple[str, str]]:
    """Return type and text of all lines of a plugin's log, oldest first."""
    text = kili.get_plugin_logs(project, name, limit=100_000)
    return [(line["logType"], line["content"]) for line in reversed(json.loads(text))]


class PluginClient:
    """A project and its plugins, accessed through an SDK client.

    The emulator may run in this process or in another one.

    Args:
        kili: a client whose user may upload plugins.
        project: the id of the project.
        folder: the parent of the source folders of the plugins.

    Attributes:
        name: the plugin that methods use by default.
    """

    name = "P"

    def __init__(self, kili: Any, project: str, folder: Path) -> None:
        self.kili = kili
        self.project = project
        self.folder = folder

    def source_folder(self, name: str) -> Path:
        """Return the folder with the source of a plugin."""
        return self.folder / name

    def write(
        self, source: str, name: str | None = None, files: Mapping[str, str] | None = None
    ) -> str:
        """Save the files of a plugin, and return its folder.

        Args:
            source: the text of ``main.py``.
            files: the texts of further files, by their relative paths.
        """
        folder = self.source_folder(name or self.name)
        for path, text in {"main.py": source, **(files or {})}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return str(folder)

    def upload(
        self,
        source: str,
        name: str | None = None,
        files: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Upload a plugin; the options are those of ``kili.upload_plugin``."""
        with fast_sdk():
            self.kili.upload_plugin(self.write(source, name, files), name or self.name, **options)

    def update(self, source: str, name: str | None = None, **options: Any) -> None:
        """Upload a new version; the options are those of ``kili.update_plugin``."""
        with fast_sdk():
            self.kili.update_plugin(self.write(source, name), name or self.name, **options)

    def activate(self, name: str | None = None) -> None:
        self.kili.activate_plugin_on_project(name or self.name, project_id=self.project)

    def deactivate(self, name: str | None = None) -> None:
        self.kili.deactivate_plugin_on_project(name or self.name, project_id=self.project)

    def install(
        self,
        source: str,
        name: str | None = None,
        files: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Upload a plugin and activate it."""
        self.upload(source, name, files, **options)
        self.activate(name)

    @cached_property
    def asset(self) -> str:
        """Return the id of the project's first asset."""
        (asset, *_) = self.kili.assets(self.project, first=1, fields=["id"], disable_tqdm=True)
        return str(asset["id"])

    def submit(self, kind: str = "DEFAULT", response: Response = EASY) -> str:
        """Append a label to the first asset; return the id of the label."""
        return append_label(self.kili, self.asset, kind, response)

    def log_lines(self, name: str | None = None) -> list[tuple[str, str]]:
        """Return type and text of all lines of a plugin's log, oldest first."""
        return read_log(self.kili, self.project, name or self.name)

    def log_texts(self, name: str | None = None) -> list[str]:
        """Return the texts of all lines of a plugin's log, oldest first."""
        return [text for _, text in self.log_lines(name)]

    def build_errors(self, name: str | None = None) -> list[str]:
        """Return the texts of a plugin's build errors, oldest first."""
        lines = json.loads(self.kili.get_plugin_build_errors(plugin_name=name or self.name))
        return [line["content"] for line in reversed(lines)]


class PluginProject(PluginClient):
    """The first project of an emulator in this process, and its plugins.

    Args:
        emulator: a running emulator.
        folder: the parent of the source folders of the plugins.
    """

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        project = emulator.world.view.projects.all()[0]
        super().__init__(emulator.client(), str(project["id"]), folder)
        self.emulator = emulator

    def install_handler(
        self, on_submit: str, top: str = "", name: str | None = None, **modules: str
    ) -> None:
        """Install a plugin with this body of ``on_submit``, and further modules by their names."""
        files = {f"{module}.py": text for module, text in modules.items()}
        self.install(submit_source(on_submit, top), name, files)

    def build_error(self, name: str | None = None) -> str:
        """Return the text of a plugin's only build error."""
        (error,) = self.build_errors(name)
        return error

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs of the world, oldest first."""
        return list(self.emulator.world.view.runs.all())

    def run_once(self, on_submit: str, top: str = "", **modules: str) -> dict[str, Any]:
        """Install a plugin with this body of ``on_submit``, submit once; return the run."""
        self.install_handler(on_submit, top, **modules)
        self.submit()
        return self.runs()[-1]
