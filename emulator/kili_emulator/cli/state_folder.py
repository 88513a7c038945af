"""The folder in which commands find a running server: its lock, announcement and log.

A persistent server uses its data folder. An ephemeral server writes nothing there: it has its own
folder in the user's temporary folder, so that any number can be started from one place. Commands
find it by the data folder that it was started with.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from kili_emulator import data_folder, private_files
from kili_emulator.data_folder import DataFolderError, display_path, refusal_of
from kili_emulator.file_lock import try_lock
from kili_emulator.folder_lock import lock_folder

_POLL_SECONDS = 0.05

T = TypeVar("T")


class StateFolder:
    """The state folder of one server.

    Args:
        path: the folder.
        ephemeral: whether the folder belongs to an ephemeral server, which removes it at its end.
    """

    def __init__(self, path: Path, *, ephemeral: bool = False) -> None:
        self.path = path
        self.ephemeral = ephemeral
        self.log = path / data_folder.LOG
        self._lock = path / data_folder.LOCK
        self._state = path / data_folder.STATE

    def make(self) -> None:
        """Create the folder, if it does not exist.

        Raises:
            click.ClickException: the folder cannot be created, or has a foreign file.
        """
        try:
            data_folder.prepare_folder(self.path)
        except OSError as error:
            raise click.ClickException(str(refusal_of(self.path, error))) from None
        if self._state.exists() and self.read() is None:
            raise click.ClickException(
                f"{display_path(self._state)} was not written by the emulator, which needs a file "
                "of this name: move the file away, or give another --data-dir"
            )

    @contextlib.contextmanager
    def exclusive_lock(self) -> Iterator[None]:
        """Lock the folder against other emulators; the system unlocks it if the process dies.

        At the end, the folder of an ephemeral server is removed, except the log of a failed one.

        Raises:
            click.ClickException: another emulator uses the folder, or it cannot be created.
        """
        self.make()
        try:
            with lock_folder(self.path):
                yield
        except DataFolderError as error:
            raise click.ClickException(str(error)) from None
        except BaseException:
            if self.ephemeral:
                self._remove(self._state, self._lock)
            raise
        if self.ephemeral:
            self.remove()

    @contextlib.contextmanager
    def _lock_if_unused(self) -> Iterator[bool]:
        """Yield whether no emulator uses the folder; if so, none can start during the block."""
        try:
            file = self._lock.open("r+")
        except (FileNotFoundError, NotADirectoryError):
            yield True
        except OSError:  # this user cannot lock the file
            yield False
        else:
            with file:
                yield try_lock(file.fileno())

    def is_in_use(self) -> bool:
        """Return whether an emulator uses the folder, ready or not."""
        with self._lock_if_unused() as is_unused:
            return not is_unused

    @contextlib.contextmanager
    def announcement(self, content: Mapping[str, Any]) -> Iterator[None]:
        """Announce this server to other commands; only this user can read the content.

        Raises:
            click.ClickException: the file cannot be written.
        """
        try:
            private_files.write_file(self._state, json.dumps(content))
        except OSError as error:
            raise click.ClickException(str(refusal_of(self.path, error))) from None
        try:
            yield
        finally:
            self._remove_announcement()

    def read(self) -> dict[str, Any] | None:
        """Return the announcement of a server; ``None`` if it is missing or a foreign file."""
        try:
            content = json.loads(self._state.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        is_announcement = isinstance(content, dict) and content.keys() == {"pid", "url", "key"}
        return content if is_announcement else None

    def running_process(self) -> dict[str, Any] | None:
        """Return the announcement of the running server; remove that of a killed one."""
        with self._lock_if_unused() as is_unused:
            if not is_unused:
                return self.read()
            if self.read() is not None:
                self._remove_announcement()
                if self.ephemeral:
                    self._remove(self._lock)
        return None

    def _remove_announcement(self) -> None:
        with contextlib.suppress(OSError):  # Windows: another process reads it
            self._state.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder of an ephemeral server that has ended."""
        self._remove(self._lock, self._state, self.log)

    def _remove(self, *files: Path) -> None:
        with contextlib.suppress(OSError):  # an open file stays, and a folder with other files
            for file in files:
                file.unlink(missing_ok=True)
            self.path.rmdir()


def new_ephemeral_folder(data_dir: Path) -> StateFolder:
    """Create a folder for an ephemeral server; remove the files of killed ones.

    Raises:
        click.ClickException: the temporary folder cannot be used.
    """
    servers_folder = _servers_folder()
    try:
        private_files.make_folder(servers_folder)
        if not _belongs_to_user(servers_folder):
            raise PermissionError(1, "it belongs to another user")
        for each in servers_folder.iterdir():
            StateFolder(each, ephemeral=True).running_process()
        new_folder = Path(tempfile.mkdtemp(prefix=f"{_digest(data_dir)}-", dir=servers_folder))
        return StateFolder(new_folder, ephemeral=True)
    except OSError as error:
        raise click.ClickException(
            f"{servers_folder} cannot be used ({error.strerror}): set TMPDIR to another folder"
        ) from None


def ephemeral_folders(data_dir: Path) -> list[StateFolder]:
    """Return the folders of the ephemeral servers that were started with a data folder."""
    servers_folder = _servers_folder()
    if not servers_folder.is_dir() or not _belongs_to_user(servers_folder):
        return []
    return [
        StateFolder(each, ephemeral=True)
        for each in sorted(servers_folder.glob(f"{_digest(data_dir)}-*"))
    ]


def _servers_folder() -> Path:
    """Return the parent folder of the folders of this user's ephemeral servers."""
    user = f"-{os.getuid()}" if sys.platform != "win32" else ""
    return Path(tempfile.gettempdir(), f"kili-emulator-servers{user}")


def _belongs_to_user(folder: Path) -> bool:
    """Return whether this user owns a folder: anyone can create one in the temporary folder."""
    return sys.platform == "win32" or (
        not folder.is_symlink() and folder.stat().st_uid == os.getuid()
    )


def _digest(data_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]


def poll(probe: Callable[[], T | None], seconds: float) -> T | None:
    """Call ``probe`` until it returns a value; ``None`` after the time limit."""
    pause = threading.Event()
    for _ in range(max(1, round(seconds / _POLL_SECONDS))):
        result = probe()
        if result is not None:
            return result
        pause.wait(_POLL_SECONDS)
    return None
