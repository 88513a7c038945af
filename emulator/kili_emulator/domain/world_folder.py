"""The folder of a world: create it, open it with checks, and remove it.

The emulator removes only its own files. While it creates or deletes a world, a marker file is in
the folder: written before the first document, deleted when the world is complete, and in a deletion
the last file to go. A complete world is kept in spite of a marker; files of others are always kept.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

from kili_emulator import errors, private_files
from kili_emulator.domain.api_key import world_of_key
from kili_emulator.domain.world import World
from kili_emulator.storage import file_check, layouts
from kili_emulator.storage.blobs import remove_blobs

UNFINISHED_MARKER = ".kili-emulator-unfinished"
PLUGINS = "plugins"
DOCUMENTS = "documents.sqlite"
BLOBS = "blobs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_VERSION = re.compile(r"c[0-9a-z]{24}_[0-9]+(\.packages)?")  # a plugin version's id and a number


class WorldError(Exception):
    """A world cannot be created, opened or found; the message says why and what to do."""


def is_valid_name(name: str) -> bool:
    """Return whether a world can have this name."""
    return _NAME.fullmatch(name) is not None


def is_unfinished(folder: Path) -> bool:
    """Return whether a process ended while it was creating or deleting the world in a folder."""
    marker = folder / UNFINISHED_MARKER
    is_marked = marker.is_file() and marker.stat().st_size == 0
    return is_marked and _find_fault(folder) is not None


def has_world_files(folder: Path) -> bool:
    """Return whether a folder has files of a world, complete or damaged."""
    documents = layouts.database_files(folder / DOCUMENTS)
    return any(path.exists() for path in (*documents, folder / BLOBS))


def create_folder(folder: Path) -> None:
    """Create the folder of a new world, marked as unfinished.

    Raises:
        WorldError: the folder exists and is not empty.
        StorageError: the folder cannot be created.
    """
    try:
        private_files.make_folder(folder.parent)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WorldError(errors.WORLD_FOLDER_EXISTS.format(folder=folder))
        private_files.make_folder(folder)
        private_files.make_file(folder / UNFINISHED_MARKER)
    except OSError as error:
        raise errors.not_stored(error) from error


def mark_complete(folder: Path) -> None:
    """Delete the marker from the folder of a complete world."""
    marker = folder / UNFINISHED_MARKER
    if marker.is_file():  # otherwise it is not a file of the emulator
        marker.unlink()


def remove_world(folder: Path) -> None:
    """Remove a world's files, and the folder if it has no other files.

    The documents are deleted first. If the process ends then, the marker lets the next process
    finish the removal.
    """
    private_files.make_file(folder / UNFINISHED_MARKER)
    file = folder / DOCUMENTS
    for path in (*layouts.database_files(file), *layouts.copies_of_earlier_layouts(file)):
        path.unlink(missing_ok=True)
    remove_blobs(folder / BLOBS)
    remove_plugin_versions(folder / PLUGINS)
    (folder / UNFINISHED_MARKER).unlink()
    with contextlib.suppress(OSError):  # the folder has other files
        folder.rmdir()


def remove_plugin_versions(folder: Path) -> None:
    """Remove the plugin versions that were unpacked in a folder, and the folder if it is empty."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if _VERSION.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def open_world(folder: Path) -> World:
    """Open the world of an earlier process.

    The folder is not changed unless the world is complete and in its own folder.

    Raises:
        WorldError: the world is damaged, has the layout of another version, or has another name.
    """
    file = folder / DOCUMENTS
    fault = _find_fault(folder) or file_check.find_lost_commits(file)
    if fault:
        raise _damaged_error(folder, file, fault)
    with contextlib.ExitStack() as undo:
        try:
            world = undo.enter_context(contextlib.closing(World(folder.name, folder)))
            _check_name(world, file)
        except layouts.OtherLayoutError as error:
            raise WorldError(str(error)) from None
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged_error(folder, file, f"cannot be read ({error!r})") from None
        except PermissionError as error:
            details = {"file": error.filename or folder, "reason": error.strerror}
            raise WorldError(errors.WORLD_NOT_ACCESSIBLE.format(**details)) from None
        except OSError as error:
            place = Path(error.filename or folder)
            raise _damaged_error(folder, place, f"cannot be used ({error.strerror})") from None
        except errors.StorageError as error:
            details = {"file": file, "error": error.message}
            raise WorldError(errors.WORLD_NOT_WRITABLE.format(**details)) from None
        undo.pop_all()
    return world


def _check_name(world: World, file: Path) -> None:
    assert world.start is not None  # raises a TypeError if the start is not a mark
    stored_name = world.stored_name or _world_name_of_keys(world)
    if stored_name not in (None, world.name):
        details = {"folder": file.parent, "name": world.name, "home": stored_name}
        raise WorldError(errors.WORLD_FOLDER_MISMATCH.format(**details))


def _world_name_of_keys(world: World) -> str | None:
    """Return another world's name if the scenario keys end with it, else ``None``.

    For worlds that older versions created, which have no stored name.
    """
    keys = [str(key["key"]) for key in world.view.api_keys.all()]
    names = {name for name in map(world_of_key, keys) if name}
    return None if not names or world.name in names else min(names)


def _find_fault(folder: Path) -> str | None:
    return file_check.find_fault(folder / DOCUMENTS, World.START)


def _damaged_error(folder: Path, file: Path, fault: str) -> WorldError:
    return WorldError(errors.WORLD_DAMAGED.format(file=file, fault=fault, folder=folder))
