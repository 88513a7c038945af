"""What stands on disk where a plugin is linked to, as the version that it would be."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kili_emulator.domain.plugin_link import Saved
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.plugins.build import plugin_archive
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.links.packing import MAIN, Packed, PackError, pack
from kili_emulator.rules.plugin_source import Asked, SourceError, read_asked

# What has a fault may be half-written: it is read again after so many seconds, so many times.
_MOMENT = 0.05
_TIMES = 20

# A version to be, or why there is none.
Found = Saved | str


@dataclass(frozen=True)
class OnDisk:
    """Where a plugin is linked to.

    Attributes:
        path: a folder, or a single file.
        event_matcher: the patterns of events that its ``on_event`` is for.
        client_version: that of the SDK that would upload it.
    """

    path: Path
    event_matcher: Sequence[str]
    client_version: str | None

    def read(self) -> Found:
        """What stands there now."""
        try:
            packed = pack(self.path)
        except PackError as error:
            return str(error)
        asked, problems = self._asked(packed)
        subscription = PluginSubscription(
            asked.handler_types, asked.event_matcher, self.client_version
        )
        return Saved(packed.archive, str(packed.main), subscription, tuple(problems))

    def settled(self, found: Found, closed: threading.Event) -> Found:
        """What stands there once it has no fault, or the same fault for a moment.

        Args:
            found: what was read just now.
            closed: ends the waiting.
        """
        for _ in range(_TIMES):
            if isinstance(found, Saved) and not found.problems:
                break
            closed.wait(_MOMENT)
            before, found = found, self.read()
            if found == before:
                break
        return found

    def _asked(self, packed: Packed) -> tuple[Asked, list[str]]:
        """What it is to be called for, and why it cannot be built, as far as can be read."""
        nothing = Asked([])
        try:
            plugin_archive.check_syntax(packed.files)
        except BuildError as error:
            return nothing, error.problems
        source = packed.files[MAIN].decode("utf-8-sig")
        try:
            return read_asked(source, self.event_matcher, self.client_version), []
        except SourceError as error:
            return nothing, [str(error)]
