"""The folder that a world lies in: made, opened with checks, and removed.

The emulator removes only what it made. A marker in a folder says that a world is being made or
deleted there: it comes before the first document, goes when the world is whole, and is the last
file to be deleted. A whole world is kept in spite of it, and so is what somebody else put there.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

from kili_emulator import errors, private_files
from kili_emulator.domain.api_key import world_of_key
from kili_emulator.domain.world import World
from kili_emulator.storage import sqlite_file
from kili_emulator.storage.blobs import remove_blobs

UNFINISHED_MARKER = ".kili-emulator-unfinished"
PLUGINS = "plugins"
_DOCUMENTS = "documents.sqlite"
_BLOBS = "blobs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_VERSION = re.compile(r"c[0-9a-z]{24}_[0-9]+(\.packages)?")  # a plugin version's id and a number


class WorldError(Exception):
    """A world cannot be made, opened or found; the message says why and what to do."""


def is_valid_name(name: str) -> bool:
    """Whether a world can have this name."""
    return _NAME.fullmatch(name) is not None


def is_unfinished(folder: Path) -> bool:
    """Whether a process ended while it was making or deleting the world in a folder."""
    marker = folder / UNFINISHED_MARKER
    is_marked = marker.is_file() and marker.stat().st_size == 0
    return is_marked and _find_fault(folder) is not None


def has_world_files(folder: Path) -> bool:
    """Whether there is anything of a world in a folder, whole or damaged."""
    documents = sqlite_file.database_files(folder / _DOCUMENTS)
    return any(path.exists() for path in (*documents, folder / _BLOBS))


def create_folder(folder: Path) -> None:
    """Make the folder of a new world, marked as unfinished.

    Raises:
        WorldError: there is a folder of that name with something in it.
    """
    private_files.make_folder(folder.parent)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorldError(errors.WORLD_FOLDER_EXISTS.format(folder=folder))
    private_files.make_folder(folder)
    private_files.make_file(folder / UNFINISHED_MARKER)


def mark_complete(folder: Path) -> None:
    """Take the mark off a world that is whole, if it has one."""
    (folder / UNFINISHED_MARKER).unlink(missing_ok=True)


def remove_world(folder: Path) -> None:
    """Remove a world's files; the folder too, if it holds nothing else.

    The documents go first. If the process ends after that, the next one goes on by the mark.
    """
    private_files.make_file(folder / UNFINISHED_MARKER)
    for path in sqlite_file.database_files(folder / _DOCUMENTS):
        path.unlink(missing_ok=True)
    remove_blobs(folder / _BLOBS)
    remove_plugin_versions(folder / PLUGINS)
    (folder / UNFINISHED_MARKER).unlink()
    with contextlib.suppress(OSError):  # somebody else has put something there
        folder.rmdir()


def remove_plugin_versions(folder: Path) -> None:
    """Remove the plugin versions that were unpacked in a folder; the folder too, if it is empty."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if _VERSION.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def open_world(folder: Path) -> World:
    """Open the world of an earlier process.

    Nothing in the folder is changed or removed unless the world is whole and in its own folder.

    Raises:
        WorldError: it is damaged, was made by another version, or belongs to another name.
    """
    file = folder / _DOCUMENTS
    fault = _find_fault(folder)
    if fault:
        raise _damaged_error(file, fault)
    with contextlib.ExitStack() as undo:
        try:
            world = undo.enter_context(contextlib.closing(World(folder.name, folder)))
            _check_name(world, file)
        except sqlite_file.OtherLayoutError as error:
            raise WorldError(str(error)) from None
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged_error(file, f"cannot be read ({error!r})") from None
        undo.pop_all()
    return world


def _check_name(world: World, file: Path) -> None:
    assert world.start is not None  # and it has the form of a mark
    home = world.stored_name or _world_name_of_keys(world)
    if home not in (None, world.name):
        raise WorldError(
            errors.WORLD_FOLDER_MISMATCH.format(folder=file.parent, name=world.name, home=home)
        )


def _world_name_of_keys(world: World) -> str | None:
    """The name of the world that a scenario's keys belong to, where no name is stored."""
    keys = [str(key["key"]) for key in world.view.api_keys.all()]
    homes = {home for home in map(world_of_key, keys) if home}
    return None if not homes or world.name in homes else min(homes)


def _find_fault(folder: Path) -> str | None:
    return sqlite_file.find_fault(folder / _DOCUMENTS, World.START)


def _damaged_error(file: Path, fault: str) -> WorldError:
    return WorldError(errors.WORLD_DAMAGED.format(file=file, fault=fault, folder=file.parent))
