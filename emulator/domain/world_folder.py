"""The folder that a world lies in: made, opened with checks, and removed.

The emulator removes only what it made. A folder with the marker ``unfinished`` holds a world in the
making, or one that is being deleted: the marker is there before the first document and until the
world is whole, and it is the last file to go. What else somebody has put into such a folder stays.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

from emulator import errors, private
from emulator.domain.api_key import home_of
from emulator.domain.world import World
from emulator.storage import sqlite_file

UNFINISHED = "unfinished"
_DOCUMENTS = "documents.sqlite"
_FOLDERS = ("blobs", "plugins")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class WorldError(Exception):
    """A world cannot be made, opened or found; the message says why and what to do."""


def is_name(name: str) -> bool:
    """Whether a world can have this name."""
    return _NAME.fullmatch(name) is not None


def is_unfinished(folder: Path) -> bool:
    """Whether the emulator was making or deleting the world in a folder when it ended."""
    return (folder / UNFINISHED).is_file()


def holds_world(folder: Path) -> bool:
    """Whether there is anything of a world in a folder, whole or damaged."""
    documents = sqlite_file.parts(folder / _DOCUMENTS)
    return any(path.exists() for path in (*documents, folder / "blobs"))


def begin(folder: Path) -> None:
    """Make the folder of a new world, marked as unfinished.

    Raises:
        WorldError: there is a folder of that name with something in it.
    """
    private.make_folder(folder.parent)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorldError(errors.WORLD_FOLDER_TAKEN.format(folder=folder))
    private.make_folder(folder)
    private.make_file(folder / UNFINISHED)


def finish(folder: Path) -> None:
    """Take the mark off: the world is whole."""
    (folder / UNFINISHED).unlink()


def discard(folder: Path) -> None:
    """Remove a world's files; the folder too, if it holds nothing else.

    A process that ends meanwhile leaves the mark, and the next one goes on.
    """
    private.make_file(folder / UNFINISHED)
    for path in sqlite_file.parts(folder / _DOCUMENTS):
        path.unlink(missing_ok=True)
    for name in _FOLDERS:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
    (folder / UNFINISHED).unlink()
    with contextlib.suppress(OSError):  # somebody else has put something there
        folder.rmdir()


def open_world(folder: Path) -> World:
    """Open the world of an earlier process.

    Nothing in the folder is changed or removed unless the world is whole and in its own folder.

    Raises:
        WorldError: it is damaged, was made by another version, or belongs to another name.
    """
    file = folder / _DOCUMENTS
    fault = sqlite_file.fault_of(file)
    if fault:
        raise _damaged(file, fault)
    with contextlib.ExitStack() as undo:
        try:
            world = undo.enter_context(contextlib.closing(World(folder.name, folder)))
            _check(world, file)
        except sqlite_file.OtherLayoutError as error:
            raise WorldError(str(error)) from None
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(file, f"cannot be read ({error!r})") from None
        undo.pop_all()
    return world


def _check(world: World, file: Path) -> None:
    if world.start is None:
        raise _damaged(file, "is not whole: the row `start` of its table `meta` is missing")
    home = world.stored_name or _name_of_keys(world)
    if home not in (None, world.name):
        raise WorldError(
            errors.WORLD_ELSEWHERE.format(folder=file.parent, name=world.name, home=home)
        )


def _name_of_keys(world: World) -> str | None:
    """The name of the world that a scenario's keys belong to, where no name is stored."""
    keys = [str(key["key"]) for key in world.view.api_keys.all()]
    homes = {home for home in map(home_of, keys) if home}
    return None if not homes or world.name in homes else min(homes)


def _damaged(file: Path, fault: str) -> WorldError:
    return WorldError(errors.WORLD_DAMAGED.format(file=file, fault=fault, folder=file.parent))
