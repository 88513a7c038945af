"""Keep what was read from the folders of linked plugins, until a file in them changes."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, NamedTuple

from kili_emulator.clock import Clock

if TYPE_CHECKING:
    from kili_emulator.plugins.links.linked_source import LinkedSource, ReadResult
    from kili_emulator.plugins.links.packing import Signature

# File systems count times in up to two seconds. Within this time after a save, a second save of the
# same size may have the same signature.
_SETTLED_SECONDS = 2.5


class _KeptRead(NamedTuple):
    source: LinkedSource
    signature: Signature
    result: ReadResult


class KeptReads:
    """The last result of reading each linked plugin."""

    def __init__(self) -> None:
        self._kept: dict[str, _KeptRead] = {}

    def read(self, plugin_id: str, source: LinkedSource) -> ReadResult:
        """Return the code of a plugin that is on disk now; read it only after a change."""
        from kili_emulator.plugins.links.packing import newest_change, signature

        found = signature(source.path)
        kept = self._kept.get(plugin_id)
        if kept and (kept.source, kept.signature) == (source, found):
            return kept.result
        result = source.read()
        if found and newest_change(found) + _SETTLED_SECONDS < Clock().now().timestamp():
            self._kept[plugin_id] = _KeptRead(source, found, result)
        else:
            self._kept.pop(plugin_id, None)
        return result

    def retain(self, plugin_ids: Container[str]) -> None:
        """Forget all other plugins."""
        self._kept = {key: each for key, each in self._kept.items() if key in plugin_ids}
