"""Checks of the file of documents of an earlier process, without a change to the file."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from kili_emulator.storage.commit_witness import read_witness
from kili_emulator.storage.layouts import LAYOUT, is_known_layout, witness_path
from kili_emulator.storage.sqlite_file import READ_ERRORS

# The first bytes of an SQLite file; the value of ``PRAGMA user_version`` is in them.
_MAGIC, _HEADER_SIZE, _LAYOUT_BYTES = b"SQLite format 3\0", 100, slice(60, 64)


def find_fault(path: Path, required_key: str) -> str | None:
    """Check the file of documents of an earlier process, without a change to the file.

    ``PRAGMA quick_check`` reads the whole file: about 1 ms per MB.

    Args:
        required_key: the key of a meta value that every complete file has.

    Returns:
        the fault, in the form that follows the name of the file in a sentence; ``None`` if the file
        has no fault.
    """
    if not path.exists():
        return "is missing"
    if not path.is_file():
        return "is not a file"
    if path.stat().st_size == 0:
        return "is empty"
    try:
        with contextlib.closing(open_read_only(path)) as connection:
            size = None if _has_log(path) else path.stat().st_size
            return _find_database_fault(connection, size, required_key)
    except READ_ERRORS as error:
        return f"cannot be read ({error})"


def find_lost_commits(path: Path) -> str | None:
    """Check a file without other faults for commits that were acknowledged and are missing.

    A file of an earlier layout has no witness: one beside it belongs to the file that the user has
    replaced by a copy from before an upgrade.

    Returns:
        the fault, as of :func:`find_fault`.
    """
    witness = read_witness(witness_path(path))
    with contextlib.closing(open_read_only(path)) as connection:
        found = connection.execute("SELECT value FROM meta WHERE key='sequence'").fetchone()
        if _fetch_value(connection, "PRAGMA user_version") != LAYOUT:
            return None
    lost = (witness or 0) - (int(found[0]) if found else 0)
    if lost <= 0:
        return None
    changes = "change is" if lost == 1 else f"{lost} changes are"
    log = f"{path.name}-wal"
    return f"is not whole: its last {changes} missing, because {log} is damaged, cut or missing"


def forget_lost_commits(path: Path) -> None:
    """Accept that commits are missing from a file.

    Raises:
        OSError: the file of the witness cannot be deleted.
    """
    witness_path(path).unlink(missing_ok=True)


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open the file of documents of an earlier process, without a change to the file.

    Raises:
        sqlite3.DatabaseError: the file cannot be opened.
    """
    # Without a log SQLite needs no recovery; with ``immutable`` it creates no other files.
    mode = "mode=ro" if _has_log(path) else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)


def _has_log(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.is_file() and wal.stat().st_size > 0


def _find_database_fault(
    connection: sqlite3.Connection, size: int | None, required_key: str
) -> str | None:
    """Return the fault of a database; ``None`` if it has no fault.

    Args:
        size: the size of the file in bytes; ``None`` if a part of the database is in the log.
    """
    found = _fetch_value(connection, "PRAGMA quick_check(1)")
    if found != "ok":
        return f"cannot be read ({found})"
    if size is not None and size % _fetch_value(connection, "PRAGMA page_size"):
        return "cannot be read (its end is missing)"
    tables = "SELECT count(*) FROM sqlite_master WHERE name IN (?,?,?)"
    if _fetch_value(connection, tables, "documents", "journal", "meta") != 3:
        return "holds no documents"
    if not _fetch_value(connection, "SELECT count(*) FROM meta WHERE key=?", required_key):
        return f"is not whole: the row `{required_key}` of its table `meta` is missing"
    return None


def has_other_layout(path: Path) -> bool:
    """Return whether another version of the emulator wrote a file, which can be damaged.

    A file that is too damaged to tell counts as one of this version.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except OSError:
        return False
    layout = int.from_bytes(header[_LAYOUT_BYTES], "big")
    is_database = header.startswith(_MAGIC) and len(header) == _HEADER_SIZE
    return is_database and layout != 0 and not is_known_layout(layout)


def _fetch_value(connection: sqlite3.Connection, query: str, *values: str) -> Any:
    """Return the first value that a query finds."""
    return connection.execute(query, values).fetchone()[0]
