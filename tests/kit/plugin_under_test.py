"""A plugin folder that can be linked to an emulator, with a project to submit labels in."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kili_emulator import Emulator
from kili_emulator.plugins.logs import FAILURES
from tests.kit.plugin_project import PluginProject

NAME = "Boxes / 100 %"
MAIN = """
import helpers
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(helpers.TEXT)
"""


class PluginUnderTest(PluginProject):
    """A plugin in a folder of its developer, which tests can link to the emulator.

    Args:
        folder: the folder of the plugin, which is created.
    """

    name = NAME

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        super().__init__(emulator, folder)
        self.write(MAIN)
        self.set_printed_text("one")

    def source_folder(self, name: str) -> Path:
        return self.folder

    def save(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def set_printed_text(self, text: str) -> None:
        """Change the text that the plugin prints, and save the file."""
        self.save("helpers.py", f"TEXT = {text!r}\n")

    def link(self, **options: Any) -> dict[str, Any]:
        options = {"projects": [self.project], **options}
        return self.emulator.link_plugin(NAME, self.folder, **options)

    def submit_and_read(self) -> str:
        """Submit a label; return the newest line of the log after the run."""
        self.submit()
        assert self.emulator.wait_idle()
        return self.log_texts()[-1]

    def statuses(self) -> list[str]:
        """Return the status of each version of the plugin."""
        return [each["status"] for each in self.emulator.plugin_versions(NAME)]

    def link_view(self) -> dict[str, Any]:
        (plugin,) = [each for each in self.emulator.plugins() if each["name"] == NAME]
        return plugin


def link_log_lines(records: list[logging.LogRecord]) -> list[str]:
    """Return the messages that the emulator logged about linked folders and about failures."""
    loggers = ("kili_emulator.plugins.links.linked_folders", FAILURES.name)
    return [each.getMessage() for each in records if each.name in loggers]
