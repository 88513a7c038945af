"""Take the state of a world, or of one of its projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kili_emulator.domain.lookup import find_project
from kili_emulator.domain.references import REFERENCES, referenced_ids
from kili_emulator.domain.world import View, World
from kili_emulator.storage.snapshot import Row, TableSnapshot
from kili_emulator.transfer.state_form import (
    FORMAT,
    VERSION,
    Manifest,
    State,
    WorldState,
    counts_of,
)

# Table → the members whose values belong to the process or the machine of a world, and what a state
# has instead.
NEUTRAL: Mapping[str, Mapping[str, Any]] = {
    "runs": {"mark": None, "sequence": 0, "ended": None},
    "plugins": {"link": None},
    "pluginVersions": {"origin": None},
}
# The tables of a project, besides the project itself.
PROJECT_TABLES = (
    "projectUsers",
    "stepGroups",
    "steps",
    "assets",
    "labels",
    "issues",
    "comments",
    "locks",
    "projectVersions",
    "files",
)


def state_of_world(world: World) -> State:
    """Return the state of a whole world.

    Raises:
        StorageError: a file of the world is missing or damaged.
    """
    with world.documents.write_lock:
        snapshot = world.documents.snapshot
        ids, clock = world.ids.state(), world.clock.own_state.stored()
    tables = _placed({name: table.rows() for name, table in snapshot.items()})
    positions = sorted(row.position for table in snapshot.values() for row in table.rows())
    around: WorldState = {
        "name": world.name,
        "ids": ids,
        "clock": clock,
        "start": sum(each < world.start_position for each in positions),
        "decisions": sum(each < world.decisions_position for each in positions),
    }
    return _state(world, tables, around=around, source=f"world {world.name}")


def state_of_project(world: World, project: str) -> State:
    """Return the state of a project, with the users that its documents name.

    It has no secrets: users have neither API keys nor passwords. The audit trail, plugins and their
    runs are those of the world.

    Args:
        project: the id or the title of the project.

    Raises:
        KiliError: no project, or several, have this id or title.
        StorageError: a file of the project is missing or damaged.
    """
    view = world.view
    project_id = find_project(view, project)["id"]
    snapshot = {name: view.open(name).snapshot for name in (*PROJECT_TABLES, "projects", "tags")}
    rows = {
        name: list(_rows_of_project(name, table, project_id)) for name, table in snapshot.items()
    }
    issue_ids = {row.document["id"] for row in rows["issues"]}
    rows["comments"] = [
        row for row in snapshot["comments"].rows() if row.document["issueId"] in issue_ids
    ]
    rows["tags"] = [
        Row(row.position, {**row.document, "projectIds": [project_id]})
        for row in snapshot["tags"].rows()
        if project_id in row.document["projectIds"]
    ]
    for table in ("users", "organizations"):
        rows[table] = _referenced_rows(view, rows, table)
    rows["users"] = [Row(row.position, {**row.document, "password": None}) for row in rows["users"]]
    return _state(world, _placed(rows), project=project_id, source=f"project {project_id}")


def _rows_of_project(name: str, table: TableSnapshot, project_id: str) -> Iterable[Row]:
    if name == "projects":
        row = table.row(project_id)
        assert row is not None
        return [row]
    if "project" in table.spec.indexes:
        return [row for each in table.posting("project", project_id) if (row := table.row(each))]
    return [row for row in table.rows() if row.document.get("projectId") == project_id]


def _referenced_rows(view: View, rows: Mapping[str, list[Row]], table: str) -> list[Row]:
    """Return the rows of a table that documents refer to, in the order of their creation."""
    named = {
        target
        for name, references in REFERENCES.items()
        for each in references
        if each.table == table
        for row in rows.get(name, ())
        for target in referenced_ids(row.document, each)
    }
    found = view.open(table).snapshot
    return [row for row in found.rows() if row.document["id"] in named]


def _placed(rows: Mapping[str, list[Row]]) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Return documents with their places, without what belongs to this process or machine."""
    positions = sorted(row.position for table in rows.values() for row in table)
    places = {position: place for place, position in enumerate(positions)}
    return {
        name: [
            (places[row.position], {**row.document, **NEUTRAL.get(name, {})}) for row in table_rows
        ]
        for name, table_rows in rows.items()
    }


def _state(
    world: World,
    tables: dict[str, list[tuple[int, dict[str, Any]]]],
    *,
    source: str,
    project: str | None = None,
    around: WorldState | None = None,
) -> State:
    manifest: Manifest = {
        "format": FORMAT,
        "formatVersion": VERSION,
        "kind": "world" if project is None else "project",
        "project": project,
        "world": around,
        "source": source,
        "counts": counts_of(tables),
        "notes": [],
    }
    digests = sorted({document["digest"] for _, document in tables["files"]})
    return State(manifest, tables, {each: world.blobs.get(each) for each in digests})
