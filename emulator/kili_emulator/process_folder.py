"""The folder for all temporary folders of this process, which the next emulator can remove.

A killed process cannot remove its folders. Therefore the folder of each process has a lock file,
which the system releases at the end of the process, also of a killed one. The first temporary
folder of a process starts a thread that removes the folders of this user whose lock is free.
Process ids play no part, as another process may have the same id later.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from kili_emulator.file_lock import try_lock

_PREFIX = "kili-emulator-process-"
_LOCK = "lock"
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


class _ProcessFolder:
    """The folder of one process.

    Raises:
        OSError: the temporary folder of the system cannot be used.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self.path.chmod(0o700)  # under any umask
            self._lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            if try_lock(self._lock) and (self.path / _LOCK).exists():
                break
            os.close(self._lock)  # another emulator removes the folder, as it was not locked yet
        atexit.register(self.remove)

    @property
    def is_usable(self) -> bool:
        """Whether the folder belongs to this process, and nobody has removed it."""
        return self._owner == os.getpid() and self.path.is_dir()

    def release(self) -> None:
        """Close the lock file: the folder stays only while another process has it open."""
        os.close(self._lock)

    def remove(self) -> None:
        """Remove the folder, unless this is a forked process."""
        if self._owner == os.getpid():
            self.release()
            shutil.rmtree(self.path, ignore_errors=True)


_folder: _ProcessFolder | None = None
_creation = threading.Lock()


def _release_in_child() -> None:
    """Release the folder of the parent in a forked process, which may outlive the emulator."""
    global _folder  # noqa: PLW0603
    if _folder is not None:
        _folder.release()
        _folder = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_in_child)


def process_folder() -> Path:
    """Return the folder of this process; create it if necessary.

    Raises:
        OSError: the temporary folder of the system cannot be used.
    """
    global _folder  # noqa: PLW0603
    with _creation:
        if _folder is None or not _folder.is_usable:
            _folder = _ProcessFolder()
            threading.Thread(
                target=remove_abandoned_folders, name="temporary folders", daemon=True
            ).start()
        return _folder.path


def remove_abandoned_folders() -> None:
    """Remove the folders that killed processes of this user have left."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and _is_own_folder(entry):
                _remove_if_abandoned(Path(entry.path))


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether this user owns a folder that is not a link: anyone can create one there."""
    with contextlib.suppress(OSError):
        is_folder = entry.is_dir(follow_symlinks=False)
        owner = entry.stat(follow_symlinks=False).st_uid
        return is_folder and (sys.platform == "win32" or owner == os.getuid())
    return False


def _remove_if_abandoned(folder: Path) -> None:
    """Remove a folder unless a process has locked it; the lock file goes last."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as lock:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | _NO_LINKS)
        lock.callback(os.close, descriptor)
        if not try_lock(descriptor):
            return
        for each in folder.iterdir():
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each, ignore_errors=True)
            elif each.name != _LOCK:
                each.unlink()
        if sys.platform == "win32":  # an open file cannot be deleted
            lock.close()
        (folder / _LOCK).unlink()
        folder.rmdir()
