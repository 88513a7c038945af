"""The file of a state: a zip archive that people can read, and that the state alone decides."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast

from kili_emulator import errors
from kili_emulator.clock import ClockState
from kili_emulator.domain.consistency import missing_members
from kili_emulator.domain.tables import TABLES
from kili_emulator.ids import IdSource
from kili_emulator.replays import bundle_file
from kili_emulator.replays.bundle_file import Entries
from kili_emulator.replays.table_lines import loaded_rows, table_line, without_collections
from kili_emulator.rules.json_text import parse_json
from kili_emulator.transfer.state_form import (
    FILES,
    FORMAT,
    MANIFEST,
    README,
    VERSION,
    WORLD,
    Manifest,
    State,
)

# The errors that a value of another form than expected causes.
_FORM_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)

_README = """# State of Kili Emulator

`state.json` says where this state comes from and what it has. `world/` has the documents, a table
per file and a document per line; `files/` has the files of assets and plugins by their digest.

Load it into a running emulator with `kili-emulator state load FILE`; `kili-emulator state diff`
says what has changed since.
{secrets}"""
_SECRETS = """
**The API keys and password hashes of the world are in this file, in clear**: a world that is loaded
again needs them. Treat it like a password, and hand `kili-emulator bundle` on instead.
"""


def pack_state(state: State) -> bytes:
    """Return the file of a state: the same state gives the same bytes."""
    secrets = "" if state.manifest["project"] else _SECRETS
    entries = {
        README: _README.format(secrets=secrets).encode(),
        MANIFEST: json.dumps(state.manifest, indent=2, ensure_ascii=False).encode() + b"\n",
    }
    for name, rows in sorted(state.tables.items()):
        if rows:
            entries[f"{WORLD}{name}.jsonl"] = b"".join(
                table_line(place, dict(sorted(document.items()))) for place, document in rows
            )
    for digest, content in sorted(state.files.items()):
        entries[f"{FILES}{digest}"] = content
    return bundle_file.pack_entries(entries)


def read_state_file(path: Path) -> State:
    """Read the file of a state.

    Raises:
        KiliError: the file cannot be read, is damaged, or is of another version.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise errors.state_not_readable(str(path), error.strerror) from None
    return unpack_state(content, str(path))


def write_state_file(path: Path, content: bytes) -> None:
    """Write a file that only this user can read, whole or not at all.

    Raises:
        KiliError: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        bundle_file.write_archive(temporary, content)
        temporary.replace(path)
    except (OSError, errors.KiliError) as error:
        temporary.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or "check the folder and its permissions"
        raise errors.state_not_writable(str(path), reason) from None


def unpack_state(content: bytes, name: str) -> State:
    """Return the state in the bytes of a file.

    Args:
        name: the name of the file, for errors.

    Raises:
        KiliError: the bytes are not those of a state, are damaged, or of another version.
    """
    try:
        entries = bundle_file.entries_of(content)
    except bundle_file.ArchiveError as error:
        raise errors.state_damaged(name, str(error)) from None
    try:
        manifest = _read_manifest(entries, name)
        with without_collections():
            tables = _read_tables(entries)
        files = _read_files(entries)
    except _FORM_ERRORS as error:
        raise errors.state_damaged(
            name, f"an entry has not the expected content: {error}"
        ) from None
    state = State(manifest, tables, files)
    _check(state, name)
    return state


def _read_manifest(entries: Entries, name: str) -> Manifest:
    found: Any = parse_json(entries.get(MANIFEST, b"null"))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise errors.state_damaged(name, errors.STATE_NOT_OURS)
    if found.get("formatVersion") != VERSION:
        raise errors.state_of_other_version(name, found.get("formatVersion"), VERSION)
    manifest = cast("Manifest", found)
    world, project = manifest["world"], manifest["project"]
    if (manifest["kind"] == "world") != (world is not None) or (world is None) == (project is None):
        raise ValueError("state.json is neither that of a world nor that of a project")
    if world is not None:
        ClockState.parse(world["clock"])
        IdSource().restore(world["ids"])
        if not isinstance(world["start"] + world["decisions"], int):
            raise TypeError("start and decisions are numbers")
    return manifest


def _read_tables(entries: Entries) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    known = {f"{WORLD}{each.name}.jsonl": each.name for each in TABLES}
    unknown = sorted(each for each in entries if each.startswith(WORLD) and each not in known)
    if unknown:
        raise ValueError(f"no table has the name of {unknown[0]}")
    return {
        known[entry]: [(row.position, document) for _, row, document in loaded_rows(content)]
        for entry, content in entries.items()
        if entry in known
    }


def _read_files(entries: Entries) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry, content in entries.items():
        if entry.startswith(FILES):
            digest = entry.removeprefix(FILES)
            if hashlib.sha256(content).hexdigest() != digest:
                raise ValueError(f"{entry} was changed: its name is not the digest of its content")
            files[digest] = content
    return files


def _check(state: State, name: str) -> None:
    """Check that documents are complete and that their files are there.

    Raises:
        KiliError: a document lacks a member, or a file is missing.
    """
    for table, rows in state.tables.items():
        for _, document in rows:
            missing = missing_members(table, document)
            if missing:
                reason = f"{table} {document['id']} lacks {', '.join(missing)}"
                raise errors.state_damaged(name, reason)
    for document in state.documents("files"):
        if document["digest"] not in state.files:
            raise errors.state_damaged(name, f"the file {document['id']} is missing")
