"""The witness of the last commit: its number, in a file beside the documents.

SQLite cannot tell a write-ahead log whose end is lost from a shorter one: it opens the documents
without the lost commits. The witness tells. It can name an earlier commit than the last one, if the
process was killed between the two writes, but never a later one.
"""

from __future__ import annotations

import contextlib
import weakref
from pathlib import Path

from kili_emulator import private_files

_DIGITS = 20


class CommitWitness:
    """The open file of the witness.

    Args:
        path: the path of the file, which is created if it does not exist.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        private_files.make_file(path)
        self._file = path.open("r+b", buffering=0)
        self._close = weakref.finalize(self, self._file.close)

    def write(self, sequence: int) -> None:
        """Write the number of the last commit; a failure leaves an earlier one, which is right."""
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.write(f"{sequence:0{_DIGITS}}\n".encode())

    def close(self) -> None:
        self._close()


def read_witness(path: Path) -> int | None:
    """Return the number of the last commit; ``None`` if no file has it, as in earlier versions.

    Raises:
        OSError: the file exists, but cannot be read.
    """
    try:
        content = path.read_bytes().strip()
    except FileNotFoundError:
        return None
    return int(content) if len(content) == _DIGITS and content.isdigit() else None
