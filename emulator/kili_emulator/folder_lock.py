"""The lock of a data folder: one emulator at a time uses a folder, in this process or another.

The lock belongs to an open file, so that the system unlocks the folder if the process dies.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from kili_emulator import data_folder, errors, private_files
from kili_emulator.data_folder import DataFolderError, display_path, refusal_of
from kili_emulator.file_lock import try_lock

_ATTEMPTS = 10  # a command that looks for an emulator holds the lock for a moment
_PAUSE_SECONDS = 0.05

_locked_files: weakref.WeakSet[IO[Any]] = weakref.WeakSet()


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Create a data folder, and lock it against other emulators during the block.

    Raises:
        DataFolderError: another emulator uses the folder, or the folder cannot be used.
    """
    path = folder / data_folder.LOCK
    try:
        data_folder.prepare_folder(folder)
        if not path.exists() or path.stat().st_size == 0:  # otherwise a foreign file
            private_files.make_file(path)
        file = path.open("a")
    except OSError as error:
        raise refusal_of(folder, error) from None
    with file:
        if not _try_repeatedly(file.fileno()):
            raise DataFolderError(errors.DATA_FOLDER_IN_USE.format(folder=display_path(folder)))
        _locked_files.add(file)
        yield


def _try_repeatedly(descriptor: int) -> bool:
    pause = threading.Event()
    for _ in range(_ATTEMPTS):
        if try_lock(descriptor):
            return True
        pause.wait(_PAUSE_SECONDS)
    return False


def _close_in_child() -> None:
    """Close the locked files in a forked process, which may outlive the emulator."""
    for file in list(_locked_files):
        with contextlib.suppress(OSError):
            file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
