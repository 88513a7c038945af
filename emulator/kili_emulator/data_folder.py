"""The data folder: the names of its files, the permissions of the folder, and its errors."""

from __future__ import annotations

import re
from pathlib import Path

from kili_emulator import errors, private_files

LOCK = "lock"  # an empty file, locked by the emulator that uses the folder
STATE = "server.json"  # the server's process, address and key
LOG = "server.log"  # the output of a detached server
SECRET = "secret"  # the key that signs upload URLs
WORLDS = "worlds"  # one folder per world

BACKUPS = "backups"  # copies of worlds from before a repair

_SECRET = re.compile(rb"[A-Za-z0-9_-]{32,}")

_REMEDIES: tuple[tuple[tuple[type[OSError], ...], str], ...] = (
    ((FileExistsError, IsADirectoryError, NotADirectoryError), "move it away"),
    ((PermissionError,), "give this user the permission"),
)
_NAMES = {BACKUPS, LOCK, STATE, LOG, SECRET, WORLDS}


class DataFolderError(Exception):
    """A data folder cannot be used; the message names the file, and says why and what to do."""


def refusal_of(folder: Path, error: OSError) -> DataFolderError:
    """Return the error for a data folder that the system refuses to use."""
    place = display_path(Path(error.filename or folder))
    remedies = [text for kinds, text in _REMEDIES if isinstance(error, kinds)]
    if errors.is_disk_full(error):
        remedies.append("free space on its disk")
    remedies.append("give another --data-dir")
    details = {"place": place, "reason": error.strerror, "remedies": ", or ".join(remedies)}
    return DataFolderError(errors.DATA_FOLDER_REFUSED.format(**details))


def display_path(path: Path) -> Path:
    """Return a path for messages: relative, if it is inside the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def prepare_folder(path: Path) -> None:
    """Create a data folder, or restrict the permissions of an existing one to this user.

    An existing folder with other content (``--data-dir .``) keeps its permissions, which are its
    owner's decision. The emulator's own files in the folder are always restricted.

    Raises:
        OSError: the folder cannot be created.
    """
    if not path.is_dir() or all(each.name in _NAMES for each in path.iterdir()):
        private_files.make_folder(path)


def read_secret(folder: Path) -> str | None:
    """Return the secret of a data folder.

    Returns:
        ``None`` if there is no secret yet, also if a process ended before it wrote the secret.

    Raises:
        DataFolderError: the file does not contain a secret.
        OSError: the file cannot be read.
    """
    path = folder / SECRET
    if not path.exists():
        return None
    private_files.restrict_permissions(path)
    content = path.read_bytes().strip()
    if content and not _SECRET.fullmatch(content):
        raise DataFolderError(errors.SECRET_DAMAGED.format(file=display_path(path)))
    return content.decode() or None
