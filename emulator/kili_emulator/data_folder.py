"""The names in a data folder, and the folder itself: made, or recognized, and closed to others."""

from __future__ import annotations

from pathlib import Path

from kili_emulator import private_files

LOCK = "lock"  # held by the emulator that runs on the folder; always empty
STATE = "server.json"  # its process, address and key
LOG = "server.log"  # its output, where it was detached
SECRET = "secret"  # what upload URLs are signed with
WORLDS = "worlds"  # a folder per world


_NAMES = {LOCK, STATE, LOG, SECRET, WORLDS}


def prepare_folder(path: Path) -> None:
    """Make a data folder; close one that is there to others, unless it holds something else.

    A folder with other content (``--data-dir .``) keeps its mode: closing it is its owner's matter.
    The emulator's own files in it are closed in any case.

    Raises:
        OSError: there cannot be such a folder.
    """
    if not path.is_dir() or all(each.name in _NAMES for each in path.iterdir()):
        private_files.make_folder(path)
