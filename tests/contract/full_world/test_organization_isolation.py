"""A user of another organization sees and changes nothing of this organization.

A user of this organization without a role in a project sees and changes nothing of the project.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS, Call
from tests.contract.full_world.paths import Path, dotted, id_conditions, named_values, put
from tests.contract.full_world.queries import (
    COUNTS,
    LISTS,
    QUERIES,
    QUERY_ARGUMENTS,
    run_query,
    run_query_batch,
)
from tests.contract.full_world.world import OUTSIDER, STRANGER, FullWorld
from tests.kit.world_content import fill_ids

# Queries that refuse objects that the user cannot see, and their error messages.
REFUSING = {
    "asset": "no asset that you can see has the id",
    "createUploadBucketSignedUrls": "accessDenied",
    "getPluginBuildErrors": "404: Not Found",
    "getPluginLogs": "404: Not Found",
    "getPluginRunnerStatus": "404: Not Found",
}

# Queries about plugins, which all users of an organization can see.
OF_PLUGINS = {"getPluginBuildErrors", "getPluginLogs", "getPluginRunnerStatus"}

# Texts that identify the users and objects of the first organization.
NAMES = ("@example.com", "emulator-", "Ada", "Leo", "Counter", "Tutorial")

CONDITIONS = [
    pytest.param(query, path, template, id=dotted(query, path))
    for query, field in QUERIES.items()
    if query not in REFUSING
    for path, template in id_conditions(field)
]
ON_WHAT_IS_THERE = [call for call in CALLS if list(named_values(call.arguments))]
ON_NOTHING = [call for call in CALLS if not list(named_values(call.arguments))]


def shows_nothing(full_world: FullWorld, answer: Any) -> bool:
    """Return whether the answer contains no id and no name of the first organization."""
    text = json.dumps(answer)
    return not any(each in text for each in (*full_world.own_ids, *NAMES))


@pytest.mark.parametrize("query", QUERY_ARGUMENTS)
def test_query_shows_nothing_of_another_organization(full_world: FullWorld, query: str) -> None:
    arguments = full_world.fill(QUERY_ARGUMENTS[query])
    if query in REFUSING:
        assert REFUSING[query] in full_world.wire.refusal(query, STRANGER, **arguments)
    else:
        assert shows_nothing(full_world, run_query(full_world, query, STRANGER, **arguments))


@pytest.mark.parametrize(("query", "path", "template"), CONDITIONS)
def test_id_of_another_organization_finds_nothing(
    full_world: FullWorld, query: str, path: Path, template: Any
) -> None:
    arguments = full_world.fill(QUERY_ARGUMENTS[query])
    names = ("project", "farm", "farm DEFAULT", "issue", "leo", "organization", "tag", "version")
    given = [
        put(arguments, path, fill_ids(template, {"id": full_world.names[each]})) for each in names
    ]
    for answer in run_query_batch(full_world, query, STRANGER, given):
        assert answer in ([], 0, None)


@pytest.mark.parametrize("query", LISTS)
def test_lists_and_counts_cover_only_the_users_organization(
    full_world: FullWorld, query: str
) -> None:
    own = full_world.wire.ids(query, {}, STRANGER)
    assert not full_world.own_ids & set(own)
    if query in COUNTS:
        assert full_world.wire.call(COUNTS[query], STRANGER, where={}) == len(own)


@pytest.mark.parametrize("key", [STRANGER, OUTSIDER])
@pytest.mark.parametrize("call", ON_WHAT_IS_THERE, ids=str)
def test_user_without_access_cannot_change_anything(
    full_world: FullWorld, call: Call, key: str
) -> None:
    before = full_world.export()
    answer = full_world.wire.send(call.mutation, key, **full_world.fill(call.arguments)).json()
    assert full_world.export() == before
    (error,) = answer["errors"]
    assert error["extensions"]["code"]
    assert not (answer["data"] or {}).get("data")


@pytest.mark.parametrize("query", QUERY_ARGUMENTS)
def test_user_without_a_role_sees_nothing_of_projects(full_world: FullWorld, query: str) -> None:
    held = {
        row["id"]
        for table in ("projects", "projectUsers", "assets", "labels", "issues", "comments", "locks")
        for row in full_world.export()[table]
    }
    answer = full_world.wire.send(query, OUTSIDER, **full_world.fill(QUERY_ARGUMENTS[query])).json()
    assert ("errors" in answer) == (query in REFUSING.keys() - OF_PLUGINS)
    assert not [each for each in held if each in json.dumps(answer["data"])]


@pytest.mark.parametrize("call", ON_NOTHING, ids=str)
def test_objects_of_another_organization_stay_separate(full_world: FullWorld, call: Call) -> None:
    before = full_world.export()
    seen = [full_world.wire.ids(query, {}) for query in LISTS]
    answer = full_world.wire.call(call.mutation, STRANGER, **call.arguments)
    assert shows_nothing(full_world, {**answer, "email": ""} if isinstance(answer, dict) else "")
    for table, rows in before.items():
        assert full_world.export()[table][: len(rows)] == rows
    assert [full_world.wire.ids(query, {}) for query in LISTS] == seen
