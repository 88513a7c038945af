"""Worlds: isolated platforms side by side in one emulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kili_emulator.app.platform import Platform
from kili_emulator.domain.world import Mark
from kili_emulator.services import worlds
from kili_emulator.services.session import WorldSession

WorldViews = list[dict[str, Any]]
IDLE_SECONDS = 30.0


class Worlds:
    """The worlds of an emulator: ``emulator.worlds``.

    Args:
        session: opens the session of a call on the emulator's own world.
        platform: the running emulator.
    """

    def __init__(
        self, session: Callable[[], WorldSession], platform: Callable[[], Platform]
    ) -> None:
        self._session = session
        self._platform = platform

    def list(self) -> WorldViews:
        """All worlds: see :func:`kili_emulator.services.worlds.world_view`."""
        return worlds.list_worlds(self._platform().registry)

    def create(
        self, name: str, scenario: str | None = None, *, seed: int | None = None
    ) -> dict[str, Any]:
        """Create a world; the names of its API keys end with its name.

        Args:
            scenario: what it holds; the scenario of the emulator, unless given.

        Raises:
            WorldError: there is a world of this name, or the name cannot be used.
            ScenarioError: there is no such scenario, or it cannot be read.
        """
        platform = self._platform()
        chosen = scenario or platform.settings.scenario
        return worlds.create_world(platform.registry, name, chosen, seed)

    def delete(self, name: str) -> None:
        """Delete a world with everything in it.

        Raises:
            WorldError: there is no such world, or it is the default one.
        """
        self._platform().registry.delete(name)

    def mark(self) -> Mark:
        """Remember the present state of the emulator's world."""
        return worlds.mark_world(self._session())

    def reset(self, name: str | None = None, *, mark: Mark | None = None) -> dict[str, Any]:
        """Bring a world back to a mark, or to its scenario; waits for its plugins before.

        Args:
            name: the world; the emulator's own, unless given.

        Raises:
            WorldError: there is no such world, or the mark is of a time that was undone.
        """
        platform, chosen = self._platform(), name or self._session().world.name
        platform.host.wait_idle(platform.registry.get(chosen), IDLE_SECONDS)
        return worlds.reset_world(platform.registry, chosen, mark)

    def wait_idle(self, seconds: float = IDLE_SECONDS) -> bool:
        """Wait until no plugin is at work in the emulator's world; whether it came to that."""
        return worlds.wait_idle(self._session()._replace(seconds=seconds))
