"""The context of a service call: a world, its plugin host, and a time limit."""

from __future__ import annotations

from typing import NamedTuple

from kili_emulator.domain.world import World
from kili_emulator.plugins.dispatch.host import PluginHost


class WorldSession(NamedTuple):
    """The context of one service call.

    Attributes:
        world: the world to read or change.
        host: runs the plugins of the world.
        seconds: the longest time that the call may wait for plugins.
    """

    world: World
    host: PluginHost
    seconds: float

    def deploy_saved(self) -> WorldSession:
        """Deploy the changes that were saved in the folders of linked plugins.

        Returns:
            a session with the remaining seconds.
        """
        return self._replace(seconds=self.host.deploy_saved(self.world, self.seconds))
