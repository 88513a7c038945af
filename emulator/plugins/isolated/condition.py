"""The condition that a worker is in: whether a call has left it as it was."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from emulator.plugins import leftovers, patches, surroundings


class Condition:
    """How this process is before a call.

    Args:
        folder: where the plugin's version is unpacked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._values = surroundings.take(signals=True)
        self._attributes = patches.take()
        self._threads = threading.enumerate()
        self._children = leftovers.own_children()

    def left_behind(self) -> str:
        """What is not as it was, for people."""
        changed = surroundings.changes(self._values)
        changed += patches.changes(self._attributes, self._is_own)
        new = [each for each in threading.enumerate() if each not in self._threads]
        threads = [each.name for each in leftovers.going_on(new)]
        processes = leftovers.new_children(self._children)
        parts = [
            surroundings.described(changed),
            f"threads ({surroundings.listed(threads)})" if threads else "",
            f"processes ({surroundings.listed(processes)})" if processes else "",
        ]
        return ", ".join(filter(None, parts))

    def _is_own(self, module: str) -> bool:
        file = getattr(sys.modules.get(module), "__file__", None)
        return file is not None and file.startswith(self._folder)
