"""What fails when the emulator writes or reads its own data (ours)."""

from __future__ import annotations

import errno

from kili_emulator.errors.kili_error import INTERNAL_ERROR, KiliError, business_error

# What a disk without room answers: full, over the user's quota, over a limit of the file's size.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageError(KiliError):
    """The data folder cannot be written, or holds a damaged file.

    Attributes:
        status: the HTTP status of routes other than GraphQL.
    """

    def __init__(self, error: KiliError, status: int) -> None:
        super().__init__(error.message, error.code, error.context)
        self.status = status


def is_disk_full(error: OSError) -> bool:
    """Whether an error of the system says that the disk has no room."""
    return error.errno in _NO_ROOM


def not_stored(reason: object) -> StorageError:
    """A change cannot be written to the data folder, and did not happen."""
    detail = f"{reason}; make room on the disk of the data folder, then try again"
    error = business_error("notStored", "The data could not be stored.", detail, INTERNAL_ERROR)
    return StorageError(error, 507)


def blob_damaged(digest: str, problem: str) -> StorageError:
    """The stored bytes of an uploaded file are not those that were uploaded.

    Args:
        problem: what is wrong with them.
    """
    detail = f"its stored bytes (blobs/{digest}) {problem}; upload the same file again to repair it"
    error = business_error("fileDamaged", "The file cannot be read.", detail, INTERNAL_ERROR)
    return StorageError(error, 500)
