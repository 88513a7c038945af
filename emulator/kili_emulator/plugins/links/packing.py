"""Pack a plugin on disk as clients pack it for an upload (contract/plugin.md#upload).

Of a folder, all Python files and ``requirements.txt`` are packed; a single file becomes
``main.py``. Symbolic links to folders are not followed, those to files are. The archive has
neither times nor owners, so that the same files always have the same digest.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kili_emulator import messages
from kili_emulator.plugins.build.plugin_archive import MAX_ENTRIES, MAX_MB
from kili_emulator.plugins.build.requirements import FILE as REQUIREMENTS_FILE
from kili_emulator.rules.plugin_source import MAIN

_UNIX = 3  # the creating system of a zip entry

# Of each file: its name, the times of the last changes of its content and its status in ns, its
# size and its inode number.
Signature = tuple[tuple[str, int, int, int, int], ...]


class PackError(Exception):
    """The plugin on disk cannot be packed; the message says why, and what to do."""


@dataclass(frozen=True)
class Packed:
    """A packed plugin.

    Attributes:
        archive: the zip archive.
        files: the content of its files by path.
        main: the file on disk that became ``main.py``.
    """

    archive: bytes
    files: dict[str, bytes]
    main: Path


def pack(path: Path) -> Packed:
    """Pack a folder, or a single file.

    Raises:
        PackError: the path does not exist, cannot be read, is too large, or has no plugin.
    """
    try:
        paths = _list_files(path)
        files = _read(path, paths)
        if MAIN not in files:
            raise PackError(messages.LINK_NO_MAIN.format(path=path))
        return Packed(zip_files(files), files, paths[MAIN])
    except (OSError, ValueError) as error:  # such as a name that is not Unicode
        raise PackError(messages.LINK_UNREADABLE.format(path=path, reason=error)) from None


def signature(path: Path) -> Signature:
    """Return a value that changes when a file is saved, without reading the files.

    In a file system with coarse times, two saves at the same moment may look like one.
    """
    try:
        return tuple(
            (name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
            for name, file in sorted(_list_files(path).items())
            for stat in (file.stat(),)
        )
    except (OSError, PackError):
        return ()


def newest_change(found: Signature) -> float:
    """Return the time of the last change of any file, in seconds since 1970."""
    return max(max(each[1:3]) for each in found) / 1e9


def _list_files(path: Path) -> dict[str, Path]:
    """Return the files to pack by their names in the archive.

    Raises:
        PackError: there are none, or too many.
        OSError: the folder cannot be read.
    """
    if path.is_dir():
        if not (path / MAIN).is_file():  # checked first, as the search below may take long
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
    """Yield the existing files to pack; ``os.walk`` takes half the time of ``Path.glob``."""
    top = str(folder)
    for place, _, names in os.walk(top):
        prefix = "" if place == top else f"{Path(os.path.relpath(place, top)).as_posix()}/"
        for name in names:
            is_packed = name.endswith(".py") or (not prefix and name == REQUIREMENTS_FILE)
            file = Path(place, name)
            if is_packed and file.is_file():
                yield prefix + name, file


def _read(path: Path, paths: dict[str, Path]) -> dict[str, bytes]:
    """Return the content of the files to pack; skip a file that was deleted meanwhile.

    Raises:
        PackError: the files are too large.
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


def zip_files(files: dict[str, bytes]) -> bytes:
    """Return the archive of a plugin with these files by path."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = _UNIX  # on every system
            archive.writestr(entry, content)
    return stream.getvalue()
