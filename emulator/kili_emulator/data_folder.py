"""The data folder: the names of its files, and the permissions of the folder."""

from __future__ import annotations

from pathlib import Path

from kili_emulator import private_files

LOCK = "lock"  # an empty file, locked by the emulator that uses the folder
STATE = "server.json"  # the server's process, address and key
LOG = "server.log"  # the output of a detached server
SECRET = "secret"  # the key that signs upload URLs
WORLDS = "worlds"  # one folder per world

_NAMES = {LOCK, STATE, LOG, SECRET, WORLDS}


def prepare_folder(path: Path) -> None:
    """Create a data folder, or restrict the permissions of an existing one to this user.

    An existing folder with other content (``--data-dir .``) keeps its permissions, which are its
    owner's decision. The emulator's own files in the folder are always restricted.

    Raises:
        OSError: the folder cannot be created.
    """
    if not path.is_dir() or all(each.name in _NAMES for each in path.iterdir()):
        private_files.make_folder(path)
