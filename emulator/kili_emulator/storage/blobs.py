"""Uploaded bytes, stored under the SHA-256 of their content.

A blob is written before the document that names it is committed, so a document never points at
bytes that are not there; bytes that no document names are harmless. A blob that was damaged on
disk is never handed out, and the next upload of the same bytes repairs it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from pathlib import Path

from kili_emulator import errors, private_files

_DIGEST = re.compile(r"[0-9a-f]{64}")
_OWN_FILE_NAME = re.compile(
    r"[0-9a-f]{64}|tmp\w{8}"
)  # and what a killed process had begun to write

# Size, time of the last change in ns, and number of a file: they differ once it was changed.
_Signature = tuple[int, int, int]


class BlobStore:
    """Keeps bytes by digest.

    Args:
        folder: where they go; ``None`` keeps them in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        self._verified: dict[str, _Signature] = {}  # the files whose content was checked
        if folder:
            private_files.make_folder(folder)
            for path in folder.iterdir():
                if _DIGEST.fullmatch(path.name):
                    private_files.restrict_permissions(path)

    def put(self, content: bytes) -> str:
        """Store the bytes durably and return their digest (64 hexadecimal digits).

        Raises:
            StorageError: they cannot be written; nothing is left of them.
        """
        digest = hashlib.sha256(content).hexdigest()
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
        """The bytes of a digest.

        Raises:
            StorageError: they are missing or damaged.
        """
        if self._folder is None:
            if digest not in self._memory:
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

    def _is_intact(self, path: Path, content: bytes | None = None) -> bool:
        """Whether a file is there and holds what its name says; checked anew when it changed.

        Args:
            content: what the file holds, where that was read already.
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
    """Write a file as a whole, or leave nothing.

    Raises:
        OSError: the system does not let it.
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
    """Remove the blobs in a folder; the folder too, if it holds nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if _OWN_FILE_NAME.fullmatch(path.name):
            path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
