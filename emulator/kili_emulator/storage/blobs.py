"""The blob store: uploaded bytes, stored under the SHA-256 of their content.

A blob is written before the commit of the document that names it, so a document never names missing
bytes; bytes that no document names are harmless, and are removed later. The store never returns a
blob that was damaged on disk, and the next upload of the same bytes repairs the blob.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

from kili_emulator import errors, private_files

_DIGEST = re.compile(r"[0-9a-f]{64}")
# The names of blobs, and of temporary files that a killed process left.
_OWN_FILE_NAME = re.compile(r"[0-9a-f]{64}|tmp\w{8}")

# A collection is due after that many uploads and released files, or that many bytes of them. As it
# looks at all blobs, it waits for a quarter as many uploads as there are blobs in a large store.
_BLOBS_PER_COLLECTION = 256
_PARTS_PER_COLLECTION = 4
_BYTES_PER_COLLECTION = 64 * 1024 * 1024

# Size, time of the last change in ns, and inode number of a file; a write changes at least one.
_Signature = tuple[int, int, int]


class BlobStore:
    """The bytes of uploaded files by digest.

    Args:
        folder: the folder of the blobs; ``None`` keeps them in memory.
        origin: the store from which blobs are read that this one does not have.
    """

    def __init__(self, folder: Path | None, *, origin: BlobStore | None = None) -> None:
        self._folder = folder
        self._origin = origin
        self._memory: dict[str, bytes] = {}
        self._verified: dict[str, _Signature] = {}  # the files whose content was checked
        self._unnamed: set[str] = set()  # the blobs that no document named at the last collection
        self._named_count = 0  # the number of blobs that documents named at the last collection
        self._blobs_since_collection = 0
        self._bytes_since_collection = 0
        if folder:
            private_files.make_folder(folder)
            for path in folder.iterdir():
                if _DIGEST.fullmatch(path.name):
                    private_files.restrict_permissions(path)

    def put(self, content: bytes) -> str:
        """Store the bytes durably and return their digest (64 hexadecimal digits).

        Raises:
            StorageError: the bytes cannot be written; no part of them stays on the disk.
        """
        digest = hashlib.sha256(content).hexdigest()
        self.count(len(content))
        if self._folder is None:
            self._memory[digest] = content
            return digest
        path = self._folder / digest
        try:
            if not self._is_intact(path):
                _write(path, content)
        except OSError as error:
            raise errors.not_stored(error) from error
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes with this digest.

        Raises:
            StorageError: the bytes are missing, damaged, or cannot be read.
        """
        if self._folder is None:
            if digest not in self._memory:
                if self._origin:
                    return self._origin.get(digest)
                raise errors.blob_damaged(digest, "are missing")
            return self._memory[digest]
        path = self._folder / digest
        try:
            content = path.read_bytes()
            if not self._is_intact(path, content):
                raise errors.blob_damaged(digest, "are damaged")
        except FileNotFoundError:
            raise errors.blob_damaged(digest, "are missing") from None
        except OSError as error:
            raise errors.blob_damaged(digest, f"cannot be read ({error.strerror})") from error
        return content

    def count(self, size: int) -> None:
        """Count an upload, or the deletion of a document, towards the next collection.

        Args:
            size: the size of the blob in bytes.
        """
        self._blobs_since_collection += 1
        self._bytes_since_collection += size

    @property
    def is_collection_due(self) -> bool:
        """Whether many blobs were stored or released since the last collection."""
        due = max(_BLOBS_PER_COLLECTION, self._named_count // _PARTS_PER_COLLECTION)
        return (
            self._blobs_since_collection >= due
            or self._bytes_since_collection >= _BYTES_PER_COLLECTION
        )

    def collect(self, named: Collection[str], *, at_start: bool = False) -> None:
        """Remove blobs that no document names, and that no document named at the last collection.

        A reader of an older view thus has until the next collection to read a blob. A blob that
        cannot be removed stays.

        Args:
            named: the digests that documents name.
            at_start: there are no readers: remove all unnamed blobs, and temporary files.
        """
        if self._folder and self._folder.is_symlink():  # the files there may be those of others
            return
        try:
            names = [each.name for each in self._folder.iterdir()] if self._folder else self._memory
        except OSError:
            return
        pattern = _OWN_FILE_NAME if at_start else _DIGEST
        unnamed = {each for each in names if pattern.fullmatch(each) and each not in named}
        removable = unnamed if at_start else unnamed & self._unnamed
        for name in removable:
            self._remove(name)
        self._unnamed = unnamed - removable
        self._named_count = len(named)
        self._blobs_since_collection = self._bytes_since_collection = 0

    def _remove(self, name: str) -> None:
        self._memory.pop(name, None)
        self._verified.pop(name, None)
        if self._folder:
            with contextlib.suppress(OSError):
                (self._folder / name).unlink()

    def _is_intact(self, path: Path, content: bytes | None = None) -> bool:
        """Return whether a file exists and its content has the digest in its name.

        The content is checked again only if the file has changed.

        Args:
            content: the content of the file, if the caller has already read it.
        """
        try:
            stat = path.stat()
        except FileNotFoundError:
            return False
        signature = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        if self._verified.get(path.name) == signature:
            return True
        if content is None:
            content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != path.name:
            return False
        self._verified[path.name] = signature
        return True


def _write(path: Path, content: bytes) -> None:
    """Write a whole file, or no file at all.

    Raises:
        OSError: the file cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(content)
            file.close()
            private_files.restrict_permissions(Path(file.name))
            Path(file.name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                file.close()
            Path(file.name).unlink(missing_ok=True)
            raise


def remove_blobs(folder: Path) -> None:
    """Remove the blobs in a folder, and the folder if it is then empty."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if _OWN_FILE_NAME.fullmatch(path.name):
            path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
