"""The world that a request is for, and how long its answer waits for plugins."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.plugins.dispatch.host import PluginHost
from kili_emulator.services.session import WorldSession

# In seconds. The commands give up after a minute, and those that follow something ask again before.
MAX_WAIT_SECONDS = 50.0


@dataclass(frozen=True)
class Sessions:
    """Opens a session of the services for a request.

    Attributes:
        host: runs the plugins of the worlds.
        wait: seconds that an answer waits, at most, unless a route says otherwise.
    """

    registry: WorldRegistry
    host: PluginHost
    wait: float

    def open(self, name: str, seconds: float | None = None) -> WorldSession:
        """The session for the world of a name.

        Args:
            seconds: how long the answer waits, at most; no answer waits longer than
                :data:`MAX_WAIT_SECONDS`.

        Raises:
            WorldError: there is no such world.
        """
        requested = self.wait if seconds is None else seconds
        return WorldSession(self.registry.get(name), self.host, min(requested, MAX_WAIT_SECONDS))
