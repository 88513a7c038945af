"""A plugin in a folder, an emulator that it is linked to, and somebody who labels."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from kili_emulator import Emulator

EASY = {"CLASSIFICATION_JOB": {"categories": [{"name": "EASY"}]}}
NAME = "Boxes / 100 %"
MAIN = """
import helpers
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(helpers.TEXT)
"""


class PluginUnderTest:
    """What somebody has before them who develops a plugin.

    Args:
        folder: where the plugin is to be; made.

    Attributes:
        kili: the SDK, as the administrator.
        project: the id of the scenario's project.
    """

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self.emulator = emulator
        self.folder = folder
        self.kili = emulator.client()
        (project,) = emulator.world.view.projects.all()
        self.project = str(project["id"])
        self.save("main.py", MAIN)
        self.set_printed_text("one")

    def save(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def set_printed_text(self, text: str) -> None:
        """Save another text for the plugin to print."""
        self.save("helpers.py", f"TEXT = {text!r}\n")

    def link(self, **options: Any) -> dict[str, Any]:
        options = {"projects": [self.project], **options}
        return self.emulator.link_plugin(NAME, self.folder, **options)

    def submit(self) -> str:
        """Label an asset through the SDK; the last line that the plugin has printed by then."""
        (asset, *_) = self.kili.assets(self.project, fields=["id"], disable_tqdm=True)
        self.kili.append_labels([asset["id"]], [EASY], label_type="DEFAULT", disable_tqdm=True)
        assert self.emulator.wait_idle()
        return self.logs()[-1]

    def logs(self) -> list[str]:
        link_view = self.kili.get_plugin_logs(project_id=self.project, plugin_name=NAME)
        return [each["content"] for each in reversed(json.loads(link_view))]

    def build_errors(self) -> list[str]:
        link_view = json.loads(self.kili.get_plugin_build_errors(plugin_name=NAME))
        return [each["content"] for each in reversed(link_view)]

    def statuses(self) -> list[str]:
        """The status of each version."""
        return [each["status"] for each in self.emulator.plugin_versions(NAME)]

    def link_view(self) -> dict[str, Any]:
        (plugin,) = [each for each in self.emulator.plugins() if each["name"] == NAME]
        return plugin


def link_log_lines(records: list[logging.LogRecord]) -> list[str]:
    """What the emulator said on its own output about saves."""
    return [
        each.getMessage()
        for each in records
        if each.name == "kili_emulator.plugins.links.linked_folders"
    ]
