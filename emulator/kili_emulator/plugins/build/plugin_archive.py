"""Unpack an uploaded version of a plugin, and check its files.

Clients from 2.128 on upload a zip archive, older clients a single Python file; the first bytes
distinguish them.
"""

from __future__ import annotations

import io
import shutil
import stat
import traceback
import zipfile
from pathlib import Path, PurePosixPath

from kili_emulator import errors, messages, private_files
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.rules.plugin_source import MAIN

MAX_ENTRIES = 1000
MAX_MB = 100
_MB = 1024 * 1024
_MAX_UNPACKED = MAX_MB * _MB
_CHUNK = _MB
# Compiling takes 0.3 s and 115 MB of memory for each MB of literals, and happens twice.
MAX_SOURCE_MB = 2
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")


def unpack(archive: bytes, folder: Path) -> None:
    """Check the files of an upload, and write them into a folder.

    Args:
        folder: replaced if it exists.

    Raises:
        BuildError: the archive or a file in it is invalid, or the disk is full.
    """
    files = read_archive(archive)
    if MAIN not in files:
        raise BuildError(messages.BUILD_NO_MAIN)
    check_syntax(files)
    try:
        _write(files, folder)
    except (OSError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        is_full = isinstance(error, OSError) and errors.is_disk_full(error)
        text = messages.BUILD_DISK_FULL if is_full else messages.BUILD_ARCHIVE_UNREADABLE
        raise BuildError(text.format(reason=error)) from None


def _write(files: dict[str, bytes], folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    for name, content in files.items():
        for parent in reversed(PurePosixPath(name).parents):
            private_files.make_folder(folder / parent)
        (folder / name).write_bytes(content)
        private_files.restrict_permissions(folder / name)


def read_archive(archive: bytes) -> dict[str, bytes]:
    """Return the files of an upload by their relative path, without checking their content.

    Raises:
        BuildError: the archive is invalid.
    """
    if not archive.startswith(_ZIP_MAGIC):
        return {MAIN: archive}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return _read_entries(opened)
    except BuildError:
        raise
    except Exception as error:  # zipfile raises many kinds of errors for a damaged archive
        raise BuildError(messages.BUILD_ARCHIVE_UNREADABLE.format(reason=error)) from None


def _read_entries(opened: zipfile.ZipFile) -> dict[str, bytes]:
    entries = opened.infolist()
    if len(entries) > MAX_ENTRIES:
        raise BuildError(
            messages.BUILD_TOO_MANY_ENTRIES.format(count=len(entries), limit=MAX_ENTRIES)
        )
    files: dict[str, bytes] = {}
    room = _MAX_UNPACKED
    for entry in entries:
        _check_entry(entry)
        if entry.is_dir():
            continue
        name = str(PurePosixPath(entry.filename))
        if name in files:
            raise BuildError(messages.BUILD_DUPLICATE_ENTRY.format(name=name))
        files[name] = _read_entry(opened, entry, room)
        room -= len(files[name])
    return files


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        raise BuildError(messages.BUILD_UNSAFE_ENTRY.format(name=entry.filename))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BuildError(messages.BUILD_LINK_IN_ARCHIVE.format(name=entry.filename))


def _read_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """Unpack one entry; limit its real size, as the size in the header may be wrong.

    Args:
        room: how many bytes it may have.
    """
    content = bytearray()
    with opened.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            content += chunk
            if len(content) > room:
                raise BuildError(messages.BUILD_TOO_LARGE.format(limit=MAX_MB))
    return bytes(content)


def check_syntax(files: dict[str, bytes]) -> None:
    """Compile every Python file.

    Raises:
        BuildError: files are too large or cannot be compiled; it has a problem for each of them.
    """
    problems = []
    for name, content in sorted(files.items()):
        if not name.endswith(".py"):
            continue
        if len(content) > MAX_SOURCE_MB * _MB:
            text = messages.BUILD_SOURCE_TOO_LARGE
            problems.append(text.format(file=name, size=len(content) / _MB, limit=MAX_SOURCE_MB))
            continue
        try:
            compile(content.decode("utf-8-sig"), name, "exec", dont_inherit=True)
        except UnicodeDecodeError:
            problems.append(messages.BUILD_NOT_UTF8.format(file=name))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            problems.append("".join(traceback.format_exception_only(type(error), error)).rstrip())
    if problems:
        raise BuildError(*problems)
