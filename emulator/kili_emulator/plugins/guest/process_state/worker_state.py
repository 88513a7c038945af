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


class Condition:
    """How this process is before a call.

    Args:
        folder: where the plugin's version is unpacked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._values = process_settings.take(signals=True)
        self._attributes = module_attributes.take()
        self._threads = threading.enumerate()

    def restored(self) -> Dict[str, Any]:  # noqa: UP006
        """Put back what is not as it was.

        Returns:
            ``changed``: what that was; ``threads``: the names of those that are new, and go on.
            Both for people.
        """
        changed = process_settings.changes(self._values)
        changed += module_attributes.changes(self._attributes, self._is_own)
        process_settings.put_back(changed)
        new = [each for each in threading.enumerate() if each not in self._threads]
        threads = [each.name for each in left_running.going_on(new)]
        return {
            "changed": process_settings.described(changed),
            "threads": process_settings.listed(threads),
        }

    def _is_own(self, module: str) -> bool:
        file = getattr(sys.modules.get(module), "__file__", None)
        return file is not None and file.startswith(self._folder)
