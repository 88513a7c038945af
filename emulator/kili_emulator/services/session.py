"""What a service works on: a world, the host of its plugins, and how long to wait for them."""

from __future__ import annotations

from typing import NamedTuple

from kili_emulator.domain.world import World
from kili_emulator.plugins.dispatch.host import PluginHost


class WorldSession(NamedTuple):
    """One call of a service.

    Attributes:
        host: runs the plugins of the world.
        seconds: how long the call may wait for plugins.
    """

    world: World
    host: PluginHost
    seconds: float

    def deploy_saved(self) -> WorldSession:
        """Deploy what was saved in the folders of linked plugins.

        Returns:
            a session with the seconds that are left.
        """
        return self._replace(seconds=self.host.deploy_saved(self.world, self.seconds))
