"""The state of a worker before a call: restore it after the call, and report the changes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any, Dict  # noqa: UP035  (loaded by old interpreters, too)

from kili_emulator.plugins.guest.process_state import (
    left_running,
    module_attributes,
    process_settings,
)


class WorkerState:
    """The state of this process before a call.

    Args:
        folder: where the plugin's version is unpacked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._values = process_settings.take_snapshot(signals=True)
        self._attributes = module_attributes.take_snapshot()
        self._threads = threading.enumerate()

    def restore_and_report(self) -> Dict[str, Any]:  # noqa: UP006
        """Restore the settings and module attributes that have changed.

        Returns:
            ``changed``: a description of the changes; ``threads``: the names of new threads that
            are still running. Both are texts for people, empty if there are none.
        """
        changed = process_settings.find_changes(self._values)
        changed += module_attributes.find_changes(self._attributes, self._is_plugin_module)
        process_settings.restore(changed)
        new = [each for each in threading.enumerate() if each not in self._threads]
        threads = [each.name for each in left_running.still_running(new)]
        return {
            "changed": process_settings.describe(changed),
            "threads": process_settings.list_names(threads),
        }

    def _is_plugin_module(self, module: str) -> bool:
        file = getattr(sys.modules.get(module), "__file__", None)
        return file is not None and file.startswith(self._folder)
