"""Sessions of the services for requests: the world, and the wait for plugins."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.plugins.dispatch.host import PluginHost
from kili_emulator.services.session import WorldSession

# The commands have a timeout of a minute; following commands send the next request before.
MAX_WAIT_SECONDS = 50.0


@dataclass(frozen=True)
class Sessions:
    """A factory of service sessions for requests.

    Attributes:
        host: runs the plugins of the worlds.
        wait: the default of the seconds that an answer waits at most.
    """

    registry: WorldRegistry
    host: PluginHost
    wait: float

    def open(self, name: str, seconds: float | None = None) -> WorldSession:
        """Open a session for the world with this name.

        Args:
            seconds: the seconds that the answer waits at most, up to
                :data:`MAX_WAIT_SECONDS`; ``None`` for the default.

        Raises:
            WorldError: no world has this name.
        """
        requested = self.wait if seconds is None else seconds
        return WorldSession(self.registry.get(name), self.host, min(requested, MAX_WAIT_SECONDS))
