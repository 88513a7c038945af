"""Errors about the files of the emulator's own data (ours)."""

from __future__ import annotations

import errno

from kili_emulator.errors.kili_error import INTERNAL_ERROR, KiliError, business_error

DATA_FOLDER_REFUSED = "{place} cannot be used ({reason}): {remedies}"
DATA_FOLDER_IN_USE = (
    "another emulator uses {folder}: stop it with `kili-emulator stop` or end its process, or give "
    "another --data-dir"
)
SECRET_DAMAGED = (
    "{file} is damaged: it does not contain a secret. Delete the file, or run `kili-emulator "
    "repair`: the next start makes a new secret, and the upload URLs that were made in the last "
    "hour are no longer valid"
)

# The errors of a disk without free space, of a user's quota, and of a limit of the file size.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageError(KiliError):
    """An error of the data folder: it cannot be written, or contains a damaged file.

    Attributes:
        status: the HTTP status of routes other than GraphQL.
    """

    def __init__(self, error: KiliError, status: int) -> None:
        super().__init__(error.message, error.code, error.context)
        self.status = status


def is_disk_full(error: OSError) -> bool:
    """Return whether an error of the system means that no space is left."""
    return error.errno in _NO_SPACE


# A part of the text of an error of the system or of SQLite → what to do.
_REMEDIES = {
    "too many open files": "close files or connections, or raise the limit with `ulimit -n`",
    "unable to open database file": "give this user the permission for the data folder, or raise "
    "the limit of open files with `ulimit -n`",
    "read-only": "make the data folder writable",
    "readonly": "make the data folder writable",
    "permission denied": "give this user the permission for the data folder",
    "malformed": "stop the emulator and run `kili-emulator repair`",
    "not a database": "stop the emulator and run `kili-emulator repair`",
}
_DISK_FULL = "free space on the disk of the data folder"


def not_stored(reason: object) -> StorageError:
    """A change was not made, because it cannot be written to the data folder.

    Args:
        reason: an error of the system or of SQLite.
    """
    text = str(reason.strerror if isinstance(reason, OSError) else reason).lower()
    remedy = next((each for part, each in _REMEDIES.items() if part in text), _DISK_FULL)
    detail = f"{reason}; {remedy}, then try again"
    error = business_error("notStored", "The data could not be stored.", detail, INTERNAL_ERROR)
    return StorageError(error, 507)


def blob_damaged(digest: str, problem: str) -> StorageError:
    """The stored bytes of an uploaded file are damaged.

    Args:
        problem: a predicate of the bytes, such as ``are missing``.
    """
    detail = f"its stored bytes (blobs/{digest}) {problem}; upload the same file again to repair it"
    error = business_error("fileDamaged", "The file cannot be read.", detail, INTERNAL_ERROR)
    return StorageError(error, 500)
