"""Packs a plugin on disk as clients pack it for an upload (contract/plugin.md#upload).

Of a folder all that is Python goes in, and ``requirements.txt``; a single file becomes ``main.py``.
Links between folders are not followed, those to files are. The archive says nothing but what the
files hold, so that the same files have the same digest, whoever saved them and when.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from kili_emulator import messages
from kili_emulator.plugins.build.plugin_archive import MAX_ENTRIES, MAX_MB

MAIN = "main.py"
_REQUIREMENTS = "requirements.txt"
_UNIX = 3

# Name, time of the last change in ns, size, and the file's number, of each file.
Signature = tuple[tuple[str, int, int, int], ...]


class PackError(Exception):
    """What is on disk cannot be packed; the message says why and what to do."""


@dataclass(frozen=True)
class Packed:
    """A plugin as it stood on disk at one moment.

    Attributes:
        archive: a zip.
        files: what is in it, by path.
        main: the file that its ``main.py`` was read from.
    """

    archive: bytes
    files: dict[str, bytes]
    main: Path


def pack(path: Path) -> Packed:
    """Pack a folder, or a single file.

    Raises:
        PackError: it is not there, cannot be read, is too large, or is no plugin.
    """
    try:
        paths = _list_files(path)
        files = _read(path, paths)
        if MAIN not in files:
            raise PackError(messages.LINK_NO_MAIN.format(path=path))
        return Packed(_zip(files), files, paths[MAIN])
    except (OSError, ValueError) as error:  # such as a name that is no text
        raise PackError(messages.LINK_UNREADABLE.format(path=path, reason=error)) from None


def signature(path: Path) -> Signature:
    """What changes when somebody saves something, as far as can be told without reading it.

    Two saves at the same moment, in a file system with coarse times, may look like one.
    """
    try:
        return tuple(
            (name, stat.st_mtime_ns, stat.st_size, stat.st_ino)
            for name, file in sorted(_list_files(path).items())
            for stat in (file.stat(),)
        )
    except (OSError, PackError):
        return ()


def _list_files(path: Path) -> dict[str, Path]:
    """The files to pack, by the name that they get.

    Raises:
        PackError: there are none, or too many.
        OSError: the system does not tell.
    """
    if path.is_dir():
        if not (path / MAIN).is_file():  # before all the rest is searched, which may be much
            raise PackError(messages.LINK_NO_MAIN.format(path=path))
        files = dict(islice(_iterate_folder(path), MAX_ENTRIES + 1))
        if len(files) > MAX_ENTRIES:
            raise PackError(messages.LINK_TOO_MANY_FILES.format(path=path, limit=MAX_ENTRIES))
        return files
    if not path.exists():
        raise PackError(messages.LINK_PATH_NOT_FOUND.format(path=path))
    if not path.is_file() or path.suffix.lower() != ".py":
        raise PackError(messages.LINK_NOT_PYTHON.format(path=path))
    return {MAIN: path}


def _iterate_folder(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in chain((folder / _REQUIREMENTS,), folder.glob("**/*.py")):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file


def _read(path: Path, paths: dict[str, Path]) -> dict[str, bytes]:
    """The content of the files to pack; one that goes meanwhile is not there.

    Raises:
        PackError: there is too much.
        OSError: a file cannot be read.
    """
    files: dict[str, bytes] = {}
    room = MAX_MB * 1024 * 1024
    for name, file in sorted(paths.items()):
        try:
            room -= file.stat().st_size
            if room < 0:
                raise PackError(messages.LINK_TOO_LARGE.format(path=path, limit=MAX_MB))
            files[name] = file.read_bytes()
        except FileNotFoundError:
            continue
    return files


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = _UNIX  # on every system
            archive.writestr(entry, content)
    return stream.getvalue()
