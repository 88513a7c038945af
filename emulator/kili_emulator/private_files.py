"""Folders and files that only this user can open: 0700 and 0600, under any umask.

API keys and uploaded data lie in them. Windows has no such modes: a file there has the permissions
of the folder that it is in.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def restrict_permissions(path: Path) -> None:
    """Give a folder or file that the emulator made its mode, if it has another.

    A symbolic link is left alone, and so is what belongs to another user or has no modes.
    """
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        current_mode = path.lstat().st_mode
        expected_mode = FOLDER_MODE if stat.S_ISDIR(current_mode) else FILE_MODE
        if not stat.S_ISLNK(current_mode) and stat.S_IMODE(current_mode) != expected_mode:
            path.chmod(expected_mode)


def make_folder(path: Path) -> None:
    """Make a folder, with its parents; one that is there is tightened.

    Raises:
        OSError: there cannot be such a folder.
    """
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    restrict_permissions(path)


def make_file(path: Path) -> None:
    """Make an empty file; one that is there keeps its content, and is tightened.

    Raises:
        OSError: there cannot be such a file.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE))
    restrict_permissions(path)


def write_file(path: Path, text: str) -> None:
    """Write a file; it is there as a whole, or as it was.

    Raises:
        OSError: it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary_file = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        restrict_permissions(temporary_file)
        temporary_file.replace(path)
    except BaseException:
        temporary_file.unlink(missing_ok=True)
        raise


def temporary_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A temporary folder that is removed when it is closed or forgotten."""
    folder = tempfile.TemporaryDirectory(prefix=prefix)
    restrict_permissions(Path(folder.name))
    return folder
