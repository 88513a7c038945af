"""Uploaded bytes, stored under the SHA-256 of their content.

A blob is written before the document that names it is committed, so a document never points at
bytes that are not there; bytes that no document names are harmless.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from pathlib import Path

from emulator import private

_DIGEST = re.compile(r"[0-9a-f]{64}")
_OWN = re.compile(r"[0-9a-f]{64}|tmp\w{8}")  # and what a killed process had begun to write


class BlobStore:
    """Keeps bytes by digest.

    Args:
        folder: where they go; ``None`` keeps them in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        if folder:
            private.make_folder(folder)
            for path in folder.iterdir():
                if _DIGEST.fullmatch(path.name):
                    private.tighten(path)

    def put(self, content: bytes) -> str:
        """Store the bytes durably and return their digest (64 hexadecimal digits)."""
        digest = hashlib.sha256(content).hexdigest()
        if self._folder is None:
            self._memory[digest] = content
        elif not (self._folder / digest).exists():
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(content)
            private.tighten(Path(file.name))
            Path(file.name).replace(self._folder / digest)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a digest.

        Raises:
            KeyError: nothing is stored under it.
        """
        if self._folder is None:
            return self._memory[digest]
        try:
            return (self._folder / digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None


def remove_blobs(folder: Path) -> None:
    """Remove the blobs in a folder; the folder too, if it holds nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if _OWN.fullmatch(path.name):
            path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
