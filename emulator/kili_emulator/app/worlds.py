"""The part ``emulator.worlds``: isolated platforms side by side in one emulator."""

from __future__ import annotations

from collections.abc import Callable

from kili_emulator.app.platform import Platform
from kili_emulator.domain.world import Mark
from kili_emulator.services import worlds
from kili_emulator.services.session import WorldSession
from kili_emulator.services.worlds import WorldView

WorldViews = list[WorldView]
IDLE_SECONDS = 30.0


class Worlds:
    """The worlds of an emulator: ``emulator.worlds``.

    Args:
        session: returns the context of a service call on the emulator's own world.
        platform: returns the running emulator.
    """

    def __init__(
        self, session: Callable[[], WorldSession], platform: Callable[[], Platform]
    ) -> None:
        self._session = session
        self._platform = platform

    def list(self) -> WorldViews:
        """Return all worlds."""
        return worlds.list_worlds(self._platform().registry)

    def create(
        self, name: str, scenario: str | None = None, *, seed: int | None = None
    ) -> WorldView:
        """Create a world; its API keys end with its name.

        Args:
            scenario: the content of the world; by default, the scenario of the emulator.
            seed: makes random draws and the random part of ids repeatable.

        Raises:
            WorldError: the name is taken or not allowed.
            ScenarioError: the scenario does not exist or cannot be read.
        """
        platform = self._platform()
        chosen = scenario or platform.settings.scenario
        return worlds.create_world(platform.registry, name, chosen, seed)

    def delete(self, name: str) -> None:
        """Delete a world with everything in it.

        Raises:
            WorldError: the world is unknown, or it is the default world.
        """
        self._platform().registry.delete(name)

    def mark(self) -> Mark:
        """Return a mark of the present state of the emulator's world."""
        return worlds.mark_world(self._session())

    def reset(self, name: str | None = None, *, mark: Mark | None = None) -> WorldView:
        """Wait for a world's plugins, then roll the world back to a mark, or to its scenario.

        Args:
            name: the name of the world; by default, the emulator's own world.
            mark: ``None`` for the state after the scenario was loaded.

        Returns:
            the world.

        Raises:
            WorldError: the world is unknown, or the mark is of a time that was undone.
        """
        platform, chosen = self._platform(), name or self._session().world.name
        platform.host.wait_idle(platform.registry.get(chosen), IDLE_SECONDS)
        return worlds.reset_world(platform.registry, chosen, mark)

    def wait_idle(self, seconds: float = IDLE_SECONDS) -> bool:
        """Wait until no plugin of the emulator's world is running; return whether all were idle."""
        return worlds.wait_idle(self._session()._replace(seconds=seconds))
