"""The file of a bundle: a zip archive, whose entries are checked before they are used."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from kili_emulator import errors, private_files

_MAX_ENTRIES = 20_000
_MAX_MB = 2048
_CHUNK = 1024 * 1024
# An archive unpacks to at most so many times its size, unless it is small.
_MAX_RATIO = 100
_SMALL = 100 * 1024 * 1024
_UNIX = 3  # the creating system of a zip entry
_FILE_MODE = 0o600 << 16

Entries = Mapping[str, bytes]


def pack_entries(entries: Entries) -> bytes:
    """Return the archive with these entries: the same entries give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = _UNIX, _FILE_MODE
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 1)
    return stream.getvalue()


def write_archive(path: Path, archive: bytes) -> None:
    """Write a bundle that only this user can read.

    Raises:
        KiliError: the file cannot be written.
    """
    try:
        private_files.make_file(path)
        path.write_bytes(archive)
    except OSError as error:
        raise errors.bundle_not_writable(str(path), error.strerror) from None


def read_file(path: Path) -> dict[str, bytes]:
    """Return the entries of a bundle.

    Raises:
        KiliError: the file cannot be read, or is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise errors.bundle_not_readable(str(path), error.strerror) from None
    return unpack_entries(content, str(path))


def unpack_entries(archive: bytes, name: str) -> dict[str, bytes]:
    """Return the entries of a bundle.

    Args:
        name: the name of the file, for errors.

    Raises:
        KiliError: it is not a zip archive, is damaged, or has entries that no bundle has.
    """
    try:
        return entries_of(archive)
    except ArchiveError as error:
        raise errors.bundle_damaged(name, str(error)) from None


class ArchiveError(Exception):
    """Bytes are no archive, or one with entries that no bundle has; the message says why."""


def entries_of(archive: bytes) -> dict[str, bytes]:
    """Return the entries of an archive.

    Raises:
        ArchiveError: it is not a zip archive, is damaged, or has entries that no bundle has.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return _read_entries(opened, len(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError) as error:
        raise ArchiveError(errors.BUNDLE_NOT_A_ZIP.format(reason=error)) from None


def _read_entries(opened: zipfile.ZipFile, size: int) -> dict[str, bytes]:
    infos = opened.infolist()
    if len(infos) > _MAX_ENTRIES:
        raise ArchiveError(errors.BUNDLE_TOO_MANY_ENTRIES.format(limit=_MAX_ENTRIES))
    entries: dict[str, bytes] = {}
    room = min(_MAX_MB * 1024 * 1024, max(_SMALL, _MAX_RATIO * size))
    if sum(each.file_size for each in infos) > room:  # before anything is unpacked
        raise ArchiveError(errors.BUNDLE_TOO_LARGE.format(limit=room // (1024 * 1024)))
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        is_unsafe = path.is_absolute() or ".." in path.parts or ":" in info.filename
        if is_unsafe or stat.S_ISLNK(info.external_attr >> 16):
            raise ArchiveError(errors.BUNDLE_ENTRY_UNSAFE.format(name=info.filename))
        if info.filename in entries:
            raise ArchiveError(errors.BUNDLE_ENTRY_DOUBLE.format(name=info.filename))
        if info.is_dir():
            continue
        entries[info.filename] = _read_entry(opened, info)
    return entries


def _read_entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Unpack an entry in pieces: then no more than the size in its header is ever unpacked."""
    content = bytearray()
    with opened.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            content += chunk
    return bytes(content)
