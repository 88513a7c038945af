"""The registry of a process's worlds: create, find by API key, reset and delete them.

World ``default`` has the documented keys (``emulator-admin``); world ``w`` has
``emulator-admin.w``, and so on: a request's key alone identifies its world.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kili_emulator import data_folder, errors, messages, private_files
from kili_emulator.clock import ClockState, default_clock
from kili_emulator.config import DEFAULT_WORLD
from kili_emulator.domain import world_folder
from kili_emulator.domain.api_key import authenticate, world_of_key
from kili_emulator.domain.blob_collection import collect_blobs
from kili_emulator.domain.world import Actor, Mark, World
from kili_emulator.domain.world_folder import WorldError

__all__ = [
    "GivenScenario",
    "ScenarioLoader",
    "ScenarioSource",
    "WorldError",
    "WorldHook",
    "WorldRegistry",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GivenScenario:
    """A scenario that is given as a dictionary, rather than by its name or path.

    Attributes:
        data: the content, with the members of a scenario file.
        origin: the path of the file from which ``data`` was read; empty if there is none.
    """

    data: Mapping[str, Any]
    origin: str = ""

    def __str__(self) -> str:
        return self.origin or "dictionary"


# The name or path of a scenario, or its content.
ScenarioSource = str | GivenScenario


class ScenarioLoader(Protocol):
    """Loads scenarios."""

    def __call__(self, world: World, scenario: ScenarioSource, *, replace: bool = False) -> None:
        """Load a scenario into a world, in place of its documents if ``replace`` is true."""


WorldHook = Callable[[World], None]
# Returns how the clock of a new world goes; the argument is the seed of the world.
FirstClock = Callable[[int | None], ClockState]


class WorldRegistry:
    """All worlds of a process.

    Args:
        folder: the data folder; ``None`` keeps the worlds in memory.
        load_content: loads a scenario into a world.
        attach: connects a world, after its content is loaded, with its event listeners.
        detach: disconnects a world from its event listeners, before the world is deleted.
        first_clock: how the clock of a new world goes.
    """

    def __init__(
        self,
        folder: Path | None,
        load_content: ScenarioLoader,
        attach: WorldHook,
        detach: WorldHook,
        first_clock: FirstClock = default_clock,
    ) -> None:
        self._folder = folder / data_folder.WORLDS if folder else None
        self._load_content = load_content
        self._attach = attach
        self._detach = detach
        self._first_clock = first_clock
        self._worlds: dict[str, World] = {}
        self._lock = threading.RLock()

    def open_all(self) -> None:
        """Open the worlds of earlier processes, and remove those that were never completed.

        Folders without a world stay as they are; the log names them.

        Raises:
            WorldError: a world is damaged or in the folder of another world, or two worlds have the
                same key.
        """
        if self._folder is None or not self._folder.exists():
            return
        if not self._folder.is_dir():
            raise WorldError(errors.WORLDS_NOT_A_FOLDER.format(folder=self._folder))
        private_files.restrict_permissions(self._folder)
        with contextlib.ExitStack() as undo:
            opened = [
                undo.enter_context(contextlib.closing(world_folder.open_world(folder)))
                for folder in _find_worlds(self._folder)
            ]
            _check_keys(opened)
            undo.pop_all()
        for world in opened:
            world.documents.upgrade()
            collect_blobs(world.documents, world.blobs, at_start=True)
            if world.stored_name is None:
                world.store_name()
            assert world.folder is not None
            world_folder.mark_complete(world.folder)
            self._add(world)

    def create(self, name: str, scenario: ScenarioSource, seed: int | None = None) -> World:
        """Create a world.

        Raises:
            WorldError: the name is taken or not allowed, the folder has other content, or another
                world has one of its keys.
            StorageError: the files of the world cannot be written.
        """
        with self._lock:
            if not world_folder.is_valid_name(name):
                raise WorldError(errors.WORLD_NAME_INVALID.format(name=name))
            if name in self._worlds:
                raise WorldError(errors.WORLD_EXISTS.format(name=name))
            folder = self._folder / name if self._folder else None
            if folder:
                world_folder.create_folder(folder)
            try:
                world = _new_world(name, folder, seed, self._first_clock(seed))
                try:
                    self._load_content(world, scenario)
                    self._check_new_keys(world)
                    world.set_start(str(scenario))
                    if folder:
                        world_folder.mark_complete(folder)
                    self._add(world)
                except BaseException:
                    world.close()
                    raise
            except BaseException:
                if folder:
                    with contextlib.suppress(OSError):  # the next start removes it
                        world_folder.remove_world(folder)
                raise
            return world

    def _add(self, world: World) -> None:
        world.is_key_of_other_world = lambda key: any(
            other.view.api_keys.find("key", key) for other in self.all() if other is not world
        )
        self._attach(world)
        self._worlds[world.name] = world

    def add_copy(self, copy: World) -> None:
        """Add a copy of a world of another registry; it is attached already."""
        self._worlds[copy.name] = copy

    def _check_new_keys(self, world: World) -> None:
        for key, name in _active_keys(world).items():
            for other in self.all():
                if authenticate(other, key):
                    details = {"name": world.name, "key": name, "other": other.name}
                    raise WorldError(errors.WORLD_KEY_EXISTS.format(**details))

    def get(self, name: str) -> World:
        """Return the world of that name.

        Raises:
            WorldError: no world has this name.
        """
        world = self._worlds.get(name)
        if world is None:
            known = ", ".join(sorted(self._worlds)) or "none"
            raise WorldError(errors.WORLD_UNKNOWN.format(name=name, known=known))
        return world

    def all(self) -> list[World]:
        """Return all worlds, sorted by name."""
        return [world for _, world in sorted(self._worlds.copy().items())]

    def reset(self, name: str, mark: Mark | None = None, *, keep_plugins: bool = False) -> World:
        """Roll a world back to its scenario, or to a mark, with or without its present plugins.

        Raises:
            WorldError: the world is unknown, or the mark is of a time that was undone.
        """
        world = self.get(name)
        start = mark or world.start
        assert start is not None
        try:
            world.roll_back(start, keep_plugins=keep_plugins)
        except ValueError as error:
            raise WorldError(str(error)) from None
        return world

    def load(self, name: str, scenario: ScenarioSource) -> World:
        """Replace the documents of a world by those of a scenario; a reset undoes it.

        Raises:
            WorldError: the world is unknown.
            StorageError: the data folder cannot be written.
        """
        world = self.get(name)
        self._load_content(world, scenario, replace=True)
        return world

    def delete(self, name: str) -> None:
        """Delete a world with everything in it.

        Raises:
            WorldError: the world is unknown, or it is the default world.
        """
        with self._lock:
            world = self.get(name)
            if name == DEFAULT_WORLD:
                raise WorldError(errors.WORLD_IS_DEFAULT)
            del self._worlds[name]
            self._detach(world)
            world.close()
            if world.folder:
                world_folder.remove_world(world.folder)

    def authenticate(self, key: str) -> tuple[World, Actor] | None:
        """Return the world and the user of an API key, or ``None``.

        The key of a scenario ends with the name of its world, and is valid in no other world. A
        key that several worlds accept is refused, as it does not identify one of them.
        """
        world_name = world_of_key(key)
        worlds = self._worlds.copy()
        candidates = (
            worlds.values() if world_name is None else filter(None, [worlds.get(world_name)])
        )
        opened = [(world, actor) for world in candidates if (actor := authenticate(world, key))]
        return opened[0] if len(opened) == 1 else None

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for world in self._worlds.values():
                world.close()
            self._worlds.clear()


def _new_world(name: str, folder: Path | None, seed: int | None, clock: ClockState) -> World:
    try:
        return World(name, folder, seed, clock)
    except OSError as error:
        raise errors.not_stored(error) from error


def _find_worlds(folder: Path) -> list[Path]:
    """Return the folders of worlds in the folder ``worlds``; remove unfinished worlds.

    Raises:
        WorldError: a folder or a file cannot be read or removed.
    """
    try:
        return [each for each in sorted(folder.iterdir()) if each.is_dir() and _should_open(each)]
    except OSError as error:
        place = error.filename or folder
        details = {"file": place, "reason": error.strerror}
        raise WorldError(errors.WORLD_NOT_ACCESSIBLE.format(**details)) from None


def _should_open(folder: Path) -> bool:
    """Return whether a folder holds a world; remove an unfinished world, log any other folder."""
    if not world_folder.is_valid_name(folder.name):
        logger.warning(messages.FOLDER_NAME_INVALID.format(folder=str(folder)))
    elif world_folder.is_unfinished(folder):
        world_folder.remove_world(folder)
    elif world_folder.has_world_files(folder):
        return True
    else:
        logger.warning(messages.FOLDER_WITHOUT_WORLD.format(folder=str(folder)))
    return False


def _check_keys(worlds: Iterable[World]) -> None:
    """Check that no two worlds accept the same key.

    Raises:
        WorldError: two worlds have the same active key.
    """
    owners: dict[str, World] = {}
    for world in worlds:
        for key, name in _active_keys(world).items():
            owner = owners.setdefault(key, world)
            if owner is not world:
                details = {"one": owner.name, "other": world.name, "key": name}
                raise WorldError(errors.WORLD_KEY_DUPLICATE.format(folder=world.folder, **details))


def _active_keys(world: World) -> dict[str, str]:
    """Return the active keys of a world, each with its name."""
    keys = world.view.api_keys.all()
    return {key["key"]: key["name"] for key in keys if authenticate(world, key["key"])}
