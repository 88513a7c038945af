"""What is deleted is gone: no row names it, no list shows it, and it cannot be deleted again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUESTIONS, ask
from tests.contract.full_world.world import Whole
from tests.contract.schema import SCHEMA

# What happened, happened: these tables may name what is gone.
HISTORY = {
    "events": "the audit trail tells about what was there",
    "internalEvents": "and so does what is kept beside it",
    "decisions": "why a plugin was not called stays explained after it is deleted",
    "runs": "a run keeps what its handler was called with",
    "pluginLogs": "a line names the label that its handler was called with",
}

# What else may name what is gone (contract/plugin.md#activation-and-deletion).
REMAINS = {("deletePlugin", "users"): "its hidden user is the author of what it made"}

# Mutations whose rows stay, marked, where only those see them who ask for them.
SOFT = {
    "deleteProject": "projects are listed with `deleted: true`",
    "deleteProjectAsynchronously": "projects are listed with `deleted: true`",
    "deleteFromRoles": "a member who left is listed, with `deletedAt`",
}

# Mutations that may be called once more, and why.
TWICE = {"deleteAssets": "what is deleted already counts as deleted (contract/asset.md#deletion)"}


@dataclass(frozen=True)
class Deletion:
    """What a mutation deletes.

    Attributes:
        gone: the table and a selection of its rows: all of these rows are deleted.
        arguments: of the call.
    """

    mutation: str
    arguments: dict[str, Any]
    gone: dict[str, Callable[[dict[str, Any], dict[str, str]], bool]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.mutation


def _of_assets(*names: str) -> dict[str, Callable[[dict[str, Any], dict[str, str]], bool]]:
    """Assets, and all that is theirs."""

    def theirs(row: dict[str, Any], known: dict[str, str]) -> bool:
        return any(known[each] in row["id"] or row.get("assetId") == known[each] for each in names)

    return dict.fromkeys(("assets", "labels", "issues", "locks", "files"), theirs)


def _row(table: str, name: str) -> dict[str, Callable[[dict[str, Any], dict[str, str]], bool]]:
    return {table: lambda row, known: row["id"] == known[name]}


def _of_plugin(row: dict[str, Any], known: dict[str, str]) -> bool:
    return known["plugin id"] in (row["id"], row.get("pluginId"))


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
             _of_assets("farm", "street", "pond")),
    Deletion("deleteAssets", {"where": {"idIn": ["<waiting>", "<labeled>", "<in review>"]}},
             _of_assets("waiting", "labeled", "in review")),
    Deletion("deleteManyFromDataset", {"where": {"idIn": ["<farm>", "<street>", "<pond>"]}},
             _of_assets("farm", "street", "pond")),
    Deletion("deleteLabels", {"ids": ["<meadow PREDICTION>", "<farm INFERENCE>"]},
             {"labels": lambda row, known:
              row["id"] in (known["meadow PREDICTION"], known["farm INFERENCE"])}),
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


def doomed(whole: Whole, deletion: Deletion) -> set[str]:
    """The ids of all that goes."""
    (plugin,) = [
        each for each in whole.export()["plugins"] if each["name"] == whole.names["plugin"]
    ]
    known = {**whole.names, "plugin id": plugin["id"]}
    ids = {
        row["id"]
        for table, is_gone in deletion.gone.items()
        for row in whole.export()[table]
        if is_gone(row, known)
    }
    assert ids
    return ids


def comments_below(whole: Whole, ids: set[str]) -> set[str]:
    return {each["id"] for each in whole.export()["comments"] if each["issueId"] in ids}


def test_every_deletion_is_tried() -> None:
    assert SCHEMA.mutation_type is not None
    deleting = {name for name in SCHEMA.mutation_type.fields if re.match("delete|remove", name)}
    assert {each.mutation for each in DELETIONS} == deleting
    assert SOFT.keys() | TWICE.keys() <= deleting
    assert deleting <= {call.mutation for call in CALLS}


@pytest.mark.parametrize("deletion", HARD, ids=str)
def test_no_row_is_or_names_what_was_deleted(whole: Whole, deletion: Deletion) -> None:
    ids = doomed(whole, deletion)
    ids |= comments_below(whole, ids)
    whole.wire.call(deletion.mutation, **whole.fill(deletion.arguments))
    for table, rows in whole.export().items():
        assert not ids & {row["id"] for row in rows}, table
        if table not in HISTORY and (deletion.mutation, table) not in REMAINS:
            assert not [row for row in rows if any(each in json.dumps(row) for each in ids)], table


@pytest.mark.parametrize("deletion", HARD, ids=str)
def test_no_query_shows_what_was_deleted(whole: Whole, deletion: Deletion) -> None:
    ids = doomed(whole, deletion)
    counted = {count: whole.wire.call(count, where={}) for count in _COUNTS}
    whole.wire.call(deletion.mutation, **whole.fill(deletion.arguments))
    for query, arguments in QUESTIONS.items():
        if query in ("events", *_ABOUT_ONE):
            continue
        answer = json.dumps(ask(whole, query, **whole.fill(arguments)))
        assert not [each for each in ids if each in answer], query
    table = next(iter(deletion.gone))
    count = f"count{table[0].upper()}{table[1:]}"
    if count in _COUNTS:
        gone = [each for each in ids if "/" not in each]
        assert whole.wire.call(count, where={}) < counted[count]
        assert counted[count] - whole.wire.call(count, where={}) <= len(gone)


@pytest.mark.parametrize("deletion", DELETIONS, ids=str)
def test_what_was_deleted_cannot_be_deleted_again(whole: Whole, deletion: Deletion) -> None:
    arguments = whole.fill(deletion.arguments)
    whole.wire.call(deletion.mutation, **arguments)
    before = whole.export()
    answer = whole.wire.send(deletion.mutation, **arguments).json()
    assert whole.export() == before
    assert ("errors" in answer) == (deletion.mutation not in TWICE)


@pytest.mark.parametrize("mutation", ["deleteProject", "deleteProjectAsynchronously"])
def test_a_deleted_project_takes_all_that_it_holds_out_of_sight(
    whole: Whole, mutation: str
) -> None:
    project = whole.names["project"]
    held = {
        row["id"]
        for table in ("projectUsers", "assets", "labels", "issues", "locks", "projectVersions")
        for row in whole.export()[table]
        if row["projectId"] == project
    }
    held |= {project, *comments_below(whole, held)}
    whole.wire.call(mutation, where={"id": project})
    for query, arguments in QUESTIONS.items():
        if query in ("events", "asset", "createUploadBucketSignedUrls", "getPluginLogs"):
            continue
        answer = json.dumps(ask(whole, query, **whole.fill(arguments)))
        assert not [each for each in held if each in answer], query
    (shown,) = whole.wire.list("projects", {"id": project, "deleted": True})
    assert shown == {"id": project}


def test_labels_that_are_overwritten_are_named_nowhere(whole: Whole) -> None:
    old = whole.names["farm INFERENCE"]
    (label,) = [each for each in whole.export()["labels"] if each["id"] == old]
    row = {
        "assetID": label["assetId"],
        "jsonResponse": label["jsonResponse"],
        "modelName": label["modelName"],
    }
    data = {"labelType": "INFERENCE", "overwrite": True, "labelsData": [row]}
    whole.wire.call("appendManyLabels", data=data, where={})
    naming = {table for table, rows in whole.export().items() if old in json.dumps(rows)}
    assert naming <= HISTORY.keys()


def test_labels_can_be_copied_after_their_step_was_deleted(whole: Whole) -> None:
    project = whole.names["stepped project"]
    step = {"projectId": project, "stepId": whole.names["review step"]}
    whole.wire.call("deleteStep", input=step)
    source, target = whole.names["reviewed"], whole.names["waiting"]
    data = {"projectId": project, "srcAssetId": source, "dstAssetId": target}
    whole.wire.call("copyLabels", data=data)
    selection = "labelType assetStep { id }"
    copied, labels = (
        whole.wire.list("labels", {"asset": {"id": each}}, selection=selection)
        for each in (target, source)
    )
    assert [each["assetStep"] is None for each in labels] == [False, True]
    assert copied == labels  # one of each type


def test_a_member_who_left_is_no_longer_at_work(whole: Whole) -> None:
    project = {"id": whole.names["project"]}
    whole.wire.call("deleteFromRoles", where={"id": whole.names["member leo"]})
    where = {"project": project, "deleted": False}
    assert whole.names["member leo"] not in whole.wire.ids("projectUsers", where)
    assert whole.wire.ids("projects", project, "labeler") == []


_COUNTS = [name for name in QUESTIONS if name.startswith("count")]

# Queries about one thing, which may be the deleted one.
_ABOUT_ONE = ("asset", "createUploadBucketSignedUrls", "getPluginLogs", "getPluginRunnerStatus")
