"""The built versions of a world's plugins: a cache that can be made anew from the uploads."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from emulator.domain.world import World
from emulator.plugins import builder, sandbox


class Versions:
    """Builds versions once per process.

    Args:
        seconds: how long importing one may take.
    """

    def __init__(self, world: World, seconds: float) -> None:
        self._world = world
        self._seconds = seconds
        self._handlers: dict[str, type] = {}
        self._lock = threading.Lock()
        self._temporary = None if world.folder else tempfile.TemporaryDirectory(prefix="kili-")

    def handler(self, version_id: str) -> type:
        """The ``PluginHandler`` of a version.

        Raises:
            BuildError: it cannot be built.
        """
        with self._lock:
            if version_id not in self._handlers:
                version = self._world.view.plugin_versions.the(version_id)
                self._handlers[version_id] = builder.build(
                    version_id,
                    self._world.blobs.get(version["digest"]),
                    self._folder / version_id,
                    self._seconds,
                )
            return self._handlers[version_id]

    def close(self) -> None:
        """Forget everything."""
        for version_id in self._handlers:
            sandbox.forget(version_id)
        if self._temporary:
            self._temporary.cleanup()

    @property
    def _folder(self) -> Path:
        if self._temporary:
            return Path(self._temporary.name)
        assert self._world.folder is not None
        return self._world.folder / "plugins"
