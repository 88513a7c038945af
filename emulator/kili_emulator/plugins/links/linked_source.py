"""Read the code of a linked plugin from disk, as the version that a deployment would make."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kili_emulator.domain.plugin_link import SavedPlugin
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.plugins.build import plugin_archive
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.links.packing import Packed, PackError, pack
from kili_emulator.rules.plugin_source import MAIN, SourceError, SourceTriggers, read_triggers

# Code with an error may be half-written: it is read again after this many seconds, up to 20 times.
_RETRY_SECONDS = 0.05
_RETRIES = 20

# The plugin on disk, or the reason why there is none.
ReadResult = SavedPlugin | str


@dataclass(frozen=True)
class LinkedSource:
    """The folder or file that a plugin is linked to.

    Attributes:
        path: a folder, or a single file.
        event_matcher: the patterns of the events for the plugin's ``on_event``.
        client_version: the version of the SDK that plugins run with, as if it uploaded the plugin.
    """

    path: Path
    event_matcher: Sequence[str]
    client_version: str | None

    def read(self) -> ReadResult:
        """Read the code that is on disk now."""
        try:
            packed = pack(self.path)
        except PackError as error:
            return str(error)
        triggers, problems = self._read_triggers(packed)
        subscription = PluginSubscription(
            triggers.handler_types, triggers.event_matcher, self.client_version
        )
        return SavedPlugin(packed.archive, str(packed.main), subscription, tuple(problems))

    def read_settled(self, read_result: ReadResult, closed: threading.Event) -> ReadResult:
        """Read until the code has no error, or has the same error twice in a row.

        Args:
            read_result: the result of the first reading.
            closed: ends the waiting.
        """
        for _ in range(_RETRIES):
            if isinstance(read_result, SavedPlugin) and not read_result.problems:
                break
            closed.wait(_RETRY_SECONDS)
            previous, read_result = read_result, self.read()
            if read_result == previous:
                break
        return read_result

    def _read_triggers(self, packed: Packed) -> tuple[SourceTriggers, list[str]]:
        """Return the triggers of the plugin, and the problems of its code."""
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
