"""The worlds of one process: made, found by API key, reset and deleted.

World ``default`` has the documented keys (``emulator-admin``); world ``w`` has
``emulator-admin.w``, and so on, so that a key alone says which world a request is about.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from emulator.config import DEFAULT_WORLD
from emulator.domain.api_key import authenticate
from emulator.domain.world import Actor, Mark, World

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Furnish = Callable[[World, str], None]
Attach = Callable[[World], None]


class WorldError(Exception):
    """A world cannot be made or found; the message says why and what to do."""


class WorldRegistry:
    """All worlds of a process.

    Args:
        folder: where they are kept; ``None`` keeps them in memory.
        furnish: loads a scenario, given by name or path, into a new world.
        attach: connects a world with what listens to it, once it has its content.
        detach: undoes that, before the world is deleted.
    """

    def __init__(
        self, folder: Path | None, furnish: Furnish, attach: Attach, detach: Attach
    ) -> None:
        self._folder = folder / "worlds" if folder else None
        self._furnish = furnish
        self._attach = attach
        self._detach = detach
        self._worlds: dict[str, World] = {}
        self._lock = threading.RLock()

    def open_all(self) -> None:
        """Open every world that an earlier process left; half-made ones are cleared away."""
        if self._folder is None or not self._folder.is_dir():
            return
        for folder in sorted(each for each in self._folder.iterdir() if each.is_dir()):
            world = World(folder.name, folder)
            if world.start is None:
                world.close()
                shutil.rmtree(folder)
                continue
            self._attach(world)
            self._worlds[world.name] = world

    def create(self, name: str, scenario: str, seed: int | None = None) -> World:
        """Make a world.

        Raises:
            WorldError: the name is taken or not allowed.
        """
        with self._lock:
            if not _NAME.fullmatch(name):
                raise WorldError(
                    f"{name!r} cannot be the name of a world: use lower-case letters, digits and -"
                )
            if name in self._worlds:
                raise WorldError(f"world {name!r} exists already: reset or delete it, or use it")
            folder = self._folder / name if self._folder else None
            world = World(name, folder, seed)
            try:
                self._furnish(world, scenario)
                world.set_start(scenario)
                self._attach(world)
            except BaseException:
                world.close()
                if folder:
                    shutil.rmtree(folder)
                raise
            self._worlds[name] = world
            return world

    def get(self, name: str) -> World:
        """The world of that name.

        Raises:
            WorldError: there is none.
        """
        world = self._worlds.get(name)
        if world is None:
            known = ", ".join(sorted(self._worlds)) or "none"
            raise WorldError(f"there is no world {name!r} (there are: {known})")
        return world

    def all(self) -> list[World]:
        """All worlds, by name."""
        return [self._worlds[name] for name in sorted(self._worlds)]

    def reset(self, name: str, mark: Mark | None = None) -> World:
        """Bring a world back to its scenario, or to a mark.

        Raises:
            WorldError: there is no such world, or the mark is of a time that was undone.
        """
        world = self.get(name)
        start = mark or world.start
        assert start is not None
        try:
            world.roll_back(start)
        except ValueError as error:
            raise WorldError(str(error)) from None
        return world

    def delete(self, name: str) -> None:
        """Delete a world with everything in it.

        Raises:
            WorldError: there is no such world, or it is the default one.
        """
        with self._lock:
            world = self.get(name)
            if name == DEFAULT_WORLD:
                raise WorldError("the default world cannot be deleted: reset it instead")
            del self._worlds[name]
            self._detach(world)
            world.close()
            if world.folder:
                shutil.rmtree(world.folder)

    def authenticate(self, key: str) -> tuple[World, Actor] | None:
        """The world and the user that a key opens."""
        for world in list(self._worlds.values()):
            actor = authenticate(world, key)
            if actor:
                return world, actor
        return None

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for world in self._worlds.values():
                world.close()
            self._worlds.clear()
