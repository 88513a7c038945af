"""The form of a state: the names of its entries, and the members of ``state.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypedDict

from kili_emulator.clock import StoredClock

FORMAT = "kili-emulator-state"
VERSION = 1

MANIFEST = "state.json"
README = "README.md"
WORLD = "world/"
FILES = "files/"

Documents = Sequence[dict[str, Any]]


class WorldState(TypedDict):
    """What a world has besides its documents.

    - ``name``: the name of the world, with which its API keys end.
    - ``ids``: the state of its ids and random draws; ``clock``: that of its clock.
    - ``start``: how many documents come from the scenario; ``decisions``: before which document no
      dispatch decisions were stored.
    """

    name: str
    ids: list[Any]
    clock: StoredClock
    start: int
    decisions: int


class Manifest(TypedDict):
    """The content of ``state.json``.

    - ``kind``: what the file has: a whole world, or one project with the users that it names.
    - ``project``: the id of the project, ``None`` for a world; ``world``: the reverse.
    - ``source``: where the documents come from, for people.
    - ``counts``: table → the number of its documents.
    - ``notes``: what the source has and the state lacks, in sentences.
    """

    format: str
    formatVersion: int
    kind: Literal["world", "project"]
    project: str | None
    world: WorldState | None
    source: str
    counts: dict[str, int]
    notes: list[str]


class State(NamedTuple):
    """A state.

    Attributes:
        tables: table → its documents, each with its place in the order of creation of all
            documents, from 0.
        files: the digest of each file → its bytes.
    """

    manifest: Manifest
    tables: Mapping[str, Sequence[tuple[int, dict[str, Any]]]]
    files: Mapping[str, bytes]

    def documents(self, table: str) -> list[dict[str, Any]]:
        """Return the documents of a table in the order of their creation."""
        return [document for _, document in self.tables.get(table, ())]


def project_state(
    project_id: str,
    tables: Mapping[str, Documents],
    files: Mapping[str, bytes],
    *,
    source: str,
    notes: Sequence[str] = (),
) -> State:
    """Return the state of a project.

    Args:
        tables: table → documents in the order of their creation.
        files: digest → bytes.
    """
    placed: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    place = 0
    for name, documents in tables.items():
        placed[name] = list(enumerate(documents, place))
        place += len(documents)
    manifest: Manifest = {
        "format": FORMAT,
        "formatVersion": VERSION,
        "kind": "project",
        "project": project_id,
        "world": None,
        "source": source,
        "counts": counts_of(placed),
        "notes": list(notes),
    }
    return State(manifest, placed, files)


def counts_of(tables: Mapping[str, Sequence[object]]) -> dict[str, int]:
    """Return the number of documents of each table that has any."""
    return {name: len(rows) for name, rows in tables.items() if rows}
