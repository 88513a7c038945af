"""A project of an emulator with process isolation, on which plugins are active."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from kili_emulator import Emulator

EASY = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}


class PluginProject:
    """An emulator, and a project that plugins are active on."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self.emulator = emulator
        self.folder = folder
        self.kili = emulator.client()
        (project,) = emulator.world.view.projects.all()
        self.project = str(project["id"])

    def upload(self, name: str, on_submit: str, top: str = "", **modules: str) -> None:
        folder = self.folder / name
        folder.mkdir()
        lines = [
            "import os, sys, time",
            "from kili.plugins import PluginCore",
            top,
            "class PluginHandler(PluginCore):",
            "    def on_submit(self, label, asset_id):",
            *(f"        {line}" for line in on_submit.splitlines()),
        ]
        (folder / "main.py").write_text("\n".join(lines), encoding="utf-8")
        for module, text in modules.items():
            (folder / f"{module}.py").write_text(text, encoding="utf-8")
        self.kili.upload_plugin(str(folder), name)
        self.kili.activate_plugin_on_project(name, project_id=self.project)

    def submit(self) -> None:
        (asset, *_) = self.kili.assets(self.project, fields=["id"], disable_tqdm=True)
        self.kili.append_labels([asset["id"]], [EASY], disable_tqdm=True)

    def lines(self, name: str) -> list[tuple[str, str]]:
        text = self.kili.get_plugin_logs(project_id=self.project, plugin_name=name)
        return [(line["logType"], line["content"]) for line in reversed(json.loads(text))]

    def printed_lines(self, name: str) -> list[str]:
        return [content for _, content in self.lines(name)]

    def build_error(self, name: str) -> str:
        (error,) = json.loads(self.kili.get_plugin_build_errors(plugin_name=name))
        return str(error["content"])

    def runs(self) -> list[dict[str, Any]]:
        return list(self.emulator.world.view.runs.all())

    def run_once(self, on_submit: str, top: str = "", **modules: str) -> dict[str, Any]:
        """Upload a plugin P, submit a label, and return the run."""
        self.upload("P", on_submit, top, **modules)
        self.submit()
        return self.runs()[-1]


def is_alive(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    return False
