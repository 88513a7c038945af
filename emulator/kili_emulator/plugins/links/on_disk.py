"""What stands on disk where a plugin is linked to, as the version that it would be."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kili_emulator.domain.plugin_link import SavedPlugin
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.plugins.build import plugin_archive
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.links.packing import MAIN, Packed, PackError, pack
from kili_emulator.rules.plugin_source import SourceError, SourceTriggers, read_triggers

# What has a fault may be half-written: it is read again after so many seconds, so many times.
_RETRY_SECONDS = 0.05
_RETRIES = 20

# A version to be, or why there is none.
ReadResult = SavedPlugin | str


@dataclass(frozen=True)
class LinkedSource:
    """Where a plugin is linked to.

    Attributes:
        path: a folder, or a single file.
        event_matcher: the patterns of events that its ``on_event`` is for.
        client_version: that of the SDK that would upload it.
    """

    path: Path
    event_matcher: Sequence[str]
    client_version: str | None

    def read(self) -> ReadResult:
        """What stands there now."""
        try:
            packed = pack(self.path)
        except PackError as error:
            return str(error)
        asked, problems = self._read_subscription(packed)
        subscription = PluginSubscription(
            asked.handler_types, asked.event_matcher, self.client_version
        )
        return SavedPlugin(packed.archive, str(packed.main), subscription, tuple(problems))

    def read_settled(self, read_result: ReadResult, closed: threading.Event) -> ReadResult:
        """What stands there once it has no fault, or the same fault for a moment.

        Args:
            read_result: what was read just now.
            closed: ends the waiting.
        """
        for _ in range(_RETRIES):
            if isinstance(read_result, SavedPlugin) and not read_result.problems:
                break
            closed.wait(_RETRY_SECONDS)
            before, read_result = read_result, self.read()
            if read_result == before:
                break
        return read_result

    def _read_subscription(self, packed: Packed) -> tuple[SourceTriggers, list[str]]:
        """What it is to be called for, and why it cannot be built, as far as can be read."""
        empty = SourceTriggers([])
        try:
            plugin_archive.check_syntax(packed.files)
        except BuildError as error:
            return empty, error.problems
        source = packed.files[MAIN].decode("utf-8-sig")
        try:
            return read_triggers(source, self.event_matcher, self.client_version), []
        except SourceError as error:
            return empty, [str(error)]
