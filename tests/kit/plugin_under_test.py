"""A plugin in a folder, an emulator that it is linked to, and somebody who labels."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kili_emulator import Emulator
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
    """A plugin that a developer has in a folder, and may link to the emulator.

    Args:
        folder: the folder of the plugin; it is created.
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
        """Save another text for the plugin to print."""
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
