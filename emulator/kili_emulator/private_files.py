"""Folders and files that only this user can open: 0700 and 0600, under any umask.

They hold API keys and uploaded data. Windows has no such modes: a file there has the permissions of
its folder.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from kili_emulator.process_folder import process_folder

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def restrict_permissions(path: Path) -> None:
    """Set the mode of a folder or file that the emulator created.

    Symbolic links, other users' files, and file systems without modes stay as they are.
    """
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        current_mode = path.lstat().st_mode
        expected_mode = FOLDER_MODE if stat.S_ISDIR(current_mode) else FILE_MODE
        if not stat.S_ISLNK(current_mode) and stat.S_IMODE(current_mode) != expected_mode:
            path.chmod(expected_mode)


def make_folder(path: Path) -> None:
    """Create a folder with its parents; restrict the permissions of an existing folder.

    Raises:
        OSError: the folder cannot be created.
    """
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    restrict_permissions(path)


def make_file(path: Path) -> None:
    """Create an empty file; an existing file keeps its content, with restricted permissions.

    Raises:
        OSError: the file cannot be created.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE))
    restrict_permissions(path)


def write_file(path: Path, text: str) -> None:
    """Write a file atomically: after an error, the file is as it was before.

    Raises:
        OSError: the file cannot be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary_file = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        restrict_permissions(temporary_file)
        temporary_file.replace(path)
    except OSError as error:
        temporary_file.unlink(missing_ok=True)
        error.filename = str(path)  # for the message: a failed write does not name the file
        raise
    except BaseException:
        temporary_file.unlink(missing_ok=True)
        raise


def temporary_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """Create a temporary folder, which is removed when the object is cleaned up or collected.

    If this process is killed, the next emulator removes it.

    Raises:
        OSError: the temporary folder of the system cannot be used.
    """
    folder = tempfile.TemporaryDirectory(prefix=prefix, dir=process_folder())
    restrict_permissions(Path(folder.name))
    return folder
