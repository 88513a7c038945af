"""The layouts of the file of documents: its tables, and the upgrade from earlier layouts."""

from __future__ import annotations

from pathlib import Path

LAYOUT = 5
OLDER_LAYOUTS = (
    3,  # no stored decisions, and the differences of layout 4
    4,  # documents WITHOUT ROWID, and a journal of whole documents, a span per commit
)

# The meta value with the position in creation order from which on decisions are stored.
DECISIONS_POSITION = "decisions_position"

# A table WITHOUT ROWID would move the end of each body above 1 kB to a page of its own. An entry of
# the journal with a position is the row of a deleted document; without one, it is a difference.
_DOCUMENTS = """
CREATE TABLE documents (
    tbl TEXT, id TEXT, position INTEGER, body TEXT, PRIMARY KEY (tbl, id)
)
"""
_CHECKPOINTS = "CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, position INTEGER)"
_JOURNAL_INDEX = "CREATE UNIQUE INDEX journal_document ON journal (seq, tbl, id)"
SCHEMA = f"""
{_DOCUMENTS};
{_CHECKPOINTS};
CREATE TABLE journal (seq INTEGER, tbl TEXT, id TEXT, position INTEGER, before TEXT);
{_JOURNAL_INDEX};
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
UPGRADE_3 = f"""
REPLACE INTO meta SELECT '{DECISIONS_POSITION}', value FROM meta WHERE key='next_position'
"""
# Each commit of an earlier layout is a span of its own, with entries of its inserted documents.
UPGRADE = (
    "ALTER TABLE documents RENAME TO old_documents",
    _DOCUMENTS,
    "INSERT INTO documents SELECT tbl, id, position, body FROM old_documents ORDER BY position",
    "DROP TABLE old_documents",
    "UPDATE journal SET seq = seq - 1",
    "DROP INDEX journal_seq",
    _JOURNAL_INDEX,
    _CHECKPOINTS,
    """
    INSERT INTO checkpoints
    WITH RECURSIVE past(seq) AS (
        SELECT 0 UNION ALL
        SELECT seq + 1 FROM past
        WHERE seq + 1 < (SELECT CAST(value AS INTEGER) FROM meta WHERE key='sequence')
    )
    SELECT seq, CAST(value AS INTEGER) FROM past, meta WHERE key='next_position'
    """,
    f"PRAGMA user_version={LAYOUT}",
)


def database_files(path: Path) -> list[Path]:
    """Return the paths of the files that belong to a file of documents; not all need to exist."""
    suffixes = ("", "-wal", "-shm", "-journal")
    return [*(path.with_name(path.name + suffix) for suffix in suffixes), witness_path(path)]


def copy_path(path: Path, layout: int) -> Path:
    """Return the path of the copy of a file that was made before the upgrade of its layout."""
    return path.with_name(f"{path.stem}.layout-{layout}{path.suffix}")


def copies_of_earlier_layouts(path: Path) -> list[Path]:
    """Return the paths of the copies of a file that were made before upgrades."""
    return sorted(path.parent.glob(f"{path.stem}.layout-*"))


def witness_path(path: Path) -> Path:
    return path.with_name(path.name + "-commit")


def is_known_layout(layout: int) -> bool:
    """Return whether this version reads files of a layout, if necessary after an upgrade."""
    return layout in (*OLDER_LAYOUTS, LAYOUT)


class OtherLayoutError(ValueError):
    """The file of documents was written by a version of the emulator with another layout."""
