"""The condition that a worker is in: what a call changes is put back, what it leaves is told."""

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
    """How this process is before a call.

    Args:
        folder: where the plugin's version is unpacked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._values = process_settings.take_snapshot(signals=True)
        self._attributes = module_attributes.take_snapshot()
        self._threads = threading.enumerate()

    def restore_and_report(self) -> Dict[str, Any]:  # noqa: UP006
        """Put back what is not as it was.

        Returns:
            ``changed``: what that was; ``threads``: the names of those that are new, and go on.
            Both for people.
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
