"""Deleted objects disappear: no row or list shows them, and no call deletes them again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUERY_ARGUMENTS, run_query
from tests.contract.full_world.world import FullWorld
from tests.contract.schema import SCHEMA

# Tables of past events, which may contain the ids of deleted objects.
HISTORY = {
    "events": "the audit trail keeps events about deleted objects",
    "internalEvents": "internal events about deleted objects are kept, too",
    "decisions": "the reasons why a plugin was not called are kept after its deletion",
    "transactions": "the timeline keeps the changes of deleted objects",
    "runs": "a run keeps the arguments of its handler",
    "pluginLogs": "a line has the id of the label that its handler received",
}

# Other tables that may contain deleted ids (contract/plugin.md#activation-and-deletion).
REMAINS = {
    ("deletePlugin", "users"): "the hidden user of the plugin remains the author of its objects"
}

# Mutations that only mark rows as deleted; queries return these rows only on request.
SOFT = {
    "deleteProject": "projects are listed with `deleted: true`",
    "deleteProjectAsynchronously": "projects are listed with `deleted: true`",
    "deleteFromRoles": "a removed member is listed with `deletedAt`",
}

# Mutations that succeed when they are repeated, and the reason.
TWICE = {"deleteAssets": "repeated deletions count as successful (contract/asset.md#deletion)"}


@dataclass(frozen=True)
class Deletion:
    """A mutation that deletes, and the rows that it deletes.

    Attributes:
        gone: the table and a selection of its rows: all of these rows are deleted.
        arguments: of the call.
    """

    mutation: str
    arguments: dict[str, Any]
    gone: dict[str, Callable[[dict[str, Any], dict[str, str]], bool]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.mutation


def _rows_of_assets(*names: str) -> dict[str, Callable[[dict[str, Any], dict[str, str]], bool]]:
    """Select the assets and their labels, issues, locks and files."""

    def belongs_to_assets(row: dict[str, Any], world_ids: dict[str, str]) -> bool:
        return any(
            world_ids[each] in row["id"] or row.get("assetId") == world_ids[each] for each in names
        )

    return dict.fromkeys(("assets", "labels", "issues", "locks", "files"), belongs_to_assets)


def _row(table: str, name: str) -> dict[str, Callable[[dict[str, Any], dict[str, str]], bool]]:
    return {table: lambda row, world_ids: row["id"] == world_ids[name]}


def _of_plugin(row: dict[str, Any], world_ids: dict[str, str]) -> bool:
    return world_ids["plugin id"] in (row["id"], row.get("pluginId"))


_PLUGIN_TABLES = (
    "plugins",
    "pluginVersions",
    "pluginBuildErrors",
    "pluginLogs",
    "runs",
    "runCalls",
)
DELETIONS = [
    Deletion("deleteAssets", {"where": {"idIn": ["<farm>", "<street>", "<pond>"]}},
             _rows_of_assets("farm", "street", "pond")),
    Deletion("deleteAssets", {"where": {"idIn": ["<waiting>", "<labeled>", "<in review>"]}},
             _rows_of_assets("waiting", "labeled", "in review")),
    Deletion("deleteManyFromDataset", {"where": {"idIn": ["<farm>", "<street>", "<pond>"]}},
             _rows_of_assets("farm", "street", "pond")),
    Deletion("deleteLabels", {"ids": ["<meadow PREDICTION>", "<farm INFERENCE>"]},
             {"labels": lambda row, world_ids:
              row["id"] in (world_ids["meadow PREDICTION"], world_ids["farm INFERENCE"])}),
    Deletion("deleteTag", {"tagId": "<tag>"}, _row("tags", "tag")),
    Deletion("deletePlugin", {"where": {"pluginName": "<plugin>"}},
             dict.fromkeys(_PLUGIN_TABLES, _of_plugin)),
    Deletion("deleteStep", {"input": {"projectId": "<stepped project>",
                                      "stepId": "<review step>"}},
             _row("steps", "review step")),
    Deletion("deleteProject", {"where": {"id": "<project>"}}),
    Deletion("deleteProjectAsynchronously", {"where": {"id": "<project>"}}),
    Deletion("deleteFromRoles", {"where": {"id": "<member leo>"}}),
]  # fmt: skip
HARD = [each for each in DELETIONS if each.mutation not in SOFT]


def ids_to_delete(full_world: FullWorld, deletion: Deletion) -> set[str]:
    """Return the ids of all rows that the deletion removes."""
    (plugin,) = [
        each
        for each in full_world.export()["plugins"]
        if each["name"] == full_world.names["plugin"]
    ]
    world_ids = {**full_world.names, "plugin id": plugin["id"]}
    ids = {
        row["id"]
        for table, is_gone in deletion.gone.items()
        for row in full_world.export()[table]
        if is_gone(row, world_ids)
    }
    assert ids
    return ids


def comments_below(full_world: FullWorld, ids: set[str]) -> set[str]:
    return {each["id"] for each in full_world.export()["comments"] if each["issueId"] in ids}


def test_each_deleting_mutation_has_a_case() -> None:
    assert SCHEMA.mutation_type is not None
    deleting = {name for name in SCHEMA.mutation_type.fields if re.match("delete|remove", name)}
    assert {each.mutation for each in DELETIONS} == deleting
    assert SOFT.keys() | TWICE.keys() <= deleting
    assert deleting <= {call.mutation for call in CALLS}


@pytest.mark.parametrize("deletion", HARD, ids=str)
def test_no_row_has_or_references_a_deleted_id(full_world: FullWorld, deletion: Deletion) -> None:
    ids = ids_to_delete(full_world, deletion)
    ids |= comments_below(full_world, ids)
    full_world.wire.call(deletion.mutation, **full_world.fill(deletion.arguments))
    for table, rows in full_world.export().items():
        assert not ids & {row["id"] for row in rows}, table
        if table not in HISTORY and (deletion.mutation, table) not in REMAINS:
            assert not [row for row in rows if any(each in json.dumps(row) for each in ids)], table


@pytest.mark.parametrize("deletion", HARD, ids=str)
def test_no_query_returns_a_deleted_id(full_world: FullWorld, deletion: Deletion) -> None:
    ids = ids_to_delete(full_world, deletion)
    counted = {count: full_world.wire.call(count, where={}) for count in _COUNTS}
    full_world.wire.call(deletion.mutation, **full_world.fill(deletion.arguments))
    for query, arguments in QUERY_ARGUMENTS.items():
        if query in ("events", *_ABOUT_ONE):
            continue
        answer = json.dumps(run_query(full_world, query, **full_world.fill(arguments)))
        assert not [each for each in ids if each in answer], query
    table = next(iter(deletion.gone))
    count = f"count{table[0].upper()}{table[1:]}"
    if count in _COUNTS:
        gone = [each for each in ids if "/" not in each]
        assert full_world.wire.call(count, where={}) < counted[count]
        assert counted[count] - full_world.wire.call(count, where={}) <= len(gone)


@pytest.mark.parametrize("deletion", DELETIONS, ids=str)
def test_repeated_deletion_changes_nothing(full_world: FullWorld, deletion: Deletion) -> None:
    arguments = full_world.fill(deletion.arguments)
    full_world.wire.call(deletion.mutation, **arguments)
    before = full_world.export()
    answer = full_world.wire.send(deletion.mutation, **arguments).json()
    assert full_world.export() == before
    assert ("errors" in answer) == (deletion.mutation not in TWICE)


@pytest.mark.parametrize("mutation", ["deleteProject", "deleteProjectAsynchronously"])
def test_contents_of_a_deleted_project_are_hidden(full_world: FullWorld, mutation: str) -> None:
    project = full_world.names["project"]
    held = {
        row["id"]
        for table in ("projectUsers", "assets", "labels", "issues", "locks", "projectVersions")
        for row in full_world.export()[table]
        if row["projectId"] == project
    }
    held |= {project, *comments_below(full_world, held)}
    full_world.wire.call(mutation, where={"id": project})
    for query, arguments in QUERY_ARGUMENTS.items():
        if query in ("events", "asset", "createUploadBucketSignedUrls", "getPluginLogs"):
            continue
        answer = json.dumps(run_query(full_world, query, **full_world.fill(arguments)))
        assert not [each for each in held if each in answer], query
    (shown,) = full_world.wire.list("projects", {"id": project, "deleted": True})
    assert shown == {"id": project}


def test_overwritten_label_is_referenced_nowhere(full_world: FullWorld) -> None:
    old = full_world.names["farm INFERENCE"]
    (label,) = [each for each in full_world.export()["labels"] if each["id"] == old]
    row = {
        "assetID": label["assetId"],
        "jsonResponse": label["jsonResponse"],
        "modelName": label["modelName"],
    }
    data = {"labelType": "INFERENCE", "overwrite": True, "labelsData": [row]}
    full_world.wire.call("appendManyLabels", data=data, where={})
    naming = {table for table, rows in full_world.export().items() if old in json.dumps(rows)}
    assert naming <= HISTORY.keys()


def test_labels_can_be_copied_after_their_step_was_deleted(full_world: FullWorld) -> None:
    project = full_world.names["stepped project"]
    step = {"projectId": project, "stepId": full_world.names["review step"]}
    full_world.wire.call("deleteStep", input=step)
    source, target = full_world.names["reviewed"], full_world.names["waiting"]
    data = {"projectId": project, "srcAssetId": source, "dstAssetId": target}
    full_world.wire.call("copyLabels", data=data)
    selection = "labelType assetStep { id }"
    copied, labels = (
        full_world.wire.list("labels", {"asset": {"id": each}}, selection=selection)
        for each in (target, source)
    )
    assert [each["assetStep"] is None for each in labels] == [False, True]
    assert copied == labels  # one of each type


def test_removed_member_is_not_listed_and_loses_the_project(full_world: FullWorld) -> None:
    project = {"id": full_world.names["project"]}
    full_world.wire.call("deleteFromRoles", where={"id": full_world.names["member leo"]})
    where = {"project": project, "deleted": False}
    assert full_world.names["member leo"] not in full_world.wire.ids("projectUsers", where)
    assert full_world.wire.ids("projects", project, "labeler") == []


_COUNTS = [name for name in QUERY_ARGUMENTS if name.startswith("count")]

# Queries about a single object, which may be the deleted one.
_ABOUT_ONE = ("asset", "createUploadBucketSignedUrls", "getPluginLogs", "getPluginRunnerStatus")
