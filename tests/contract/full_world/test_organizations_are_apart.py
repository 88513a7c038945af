"""Who is of another organization sees nothing of this one, and changes nothing in it.

Who is of it, but has no part in its projects, sees nothing of these, and changes nothing either.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS, Call
from tests.contract.full_world.paths import Path, dotted, id_conditions, named_values, put
from tests.contract.full_world.queries import COUNTS, LISTS, QUERIES, QUESTIONS, ask, ask_often
from tests.contract.full_world.world import OUTSIDER, STRANGER, Whole
from tests.kit.world_content import filled

# Queries that refuse what the user does not see, and what they say then.
REFUSING = {
    "asset": "no asset has the id",
    "createUploadBucketSignedUrls": "accessDenied",
    "getPluginBuildErrors": "404: Not Found",
    "getPluginLogs": "404: Not Found",
    "getPluginRunnerStatus": "404: Not Found",
}

# Queries about plugins, which everybody of an organization sees.
OF_PLUGINS = {"getPluginBuildErrors", "getPluginLogs", "getPluginRunnerStatus"}

# What the first organization's people are known by.
NAMES = ("@example.com", "emulator-", "Ada", "Leo", "Counter", "Tutorial")

CONDITIONS = [
    pytest.param(query, path, template, id=dotted(query, path))
    for query, field in QUERIES.items()
    if query not in REFUSING
    for path, template in id_conditions(field)
]
ON_WHAT_IS_THERE = [call for call in CALLS if list(named_values(call.arguments))]
ON_NOTHING = [call for call in CALLS if not list(named_values(call.arguments))]


def shows_nothing(whole: Whole, answer: Any) -> bool:
    """Whether neither an id nor a name of the first organization is in an answer."""
    text = json.dumps(answer)
    return not any(each in text for each in (*whole.own_ids, *NAMES))


@pytest.mark.parametrize("query", QUESTIONS)
def test_a_stranger_is_answered_nothing_of_others(whole: Whole, query: str) -> None:
    arguments = whole.fill(QUESTIONS[query])
    if query in REFUSING:
        assert REFUSING[query] in whole.wire.refusal(query, STRANGER, **arguments)
    else:
        assert shows_nothing(whole, ask(whole, query, STRANGER, **arguments))


@pytest.mark.parametrize(("query", "path", "template"), CONDITIONS)
def test_a_stranger_finds_nothing_by_its_id(
    whole: Whole, query: str, path: Path, template: Any
) -> None:
    arguments = whole.fill(QUESTIONS[query])
    names = ("project", "farm", "farm DEFAULT", "issue", "leo", "organization", "tag", "version")
    given = [put(arguments, path, filled(template, {"id": whole.names[each]})) for each in names]
    for answer in ask_often(whole, query, STRANGER, given):
        assert answer in ([], 0, None)


@pytest.mark.parametrize("query", LISTS)
def test_a_stranger_counts_only_their_own(whole: Whole, query: str) -> None:
    own = whole.wire.ids(query, {}, STRANGER)
    assert not whole.own_ids & set(own)
    if query in COUNTS:
        assert whole.wire.call(COUNTS[query], STRANGER, where={}) == len(own)


@pytest.mark.parametrize("key", [STRANGER, OUTSIDER])
@pytest.mark.parametrize("call", ON_WHAT_IS_THERE, ids=str)
def test_neither_a_stranger_nor_an_outsider_changes_anything(
    whole: Whole, call: Call, key: str
) -> None:
    before = whole.export()
    answer = whole.wire.send(call.mutation, key, **whole.fill(call.arguments)).json()
    assert whole.export() == before
    (error,) = answer["errors"]
    assert error["extensions"]["code"]
    assert not (answer["data"] or {}).get("data")


@pytest.mark.parametrize("query", QUESTIONS)
def test_an_outsider_is_answered_nothing_of_projects(whole: Whole, query: str) -> None:
    held = {
        row["id"]
        for table in ("projects", "projectUsers", "assets", "labels", "issues", "comments", "locks")
        for row in whole.export()[table]
    }
    answer = whole.wire.send(query, OUTSIDER, **whole.fill(QUESTIONS[query])).json()
    assert ("errors" in answer) == (query in REFUSING.keys() - OF_PLUGINS)
    assert not [each for each in held if each in json.dumps(answer["data"])]


@pytest.mark.parametrize("call", ON_NOTHING, ids=str)
def test_what_a_stranger_makes_is_theirs(whole: Whole, call: Call) -> None:
    before = whole.export()
    seen = [whole.wire.ids(query, {}) for query in LISTS]
    answer = whole.wire.call(call.mutation, STRANGER, **call.arguments)
    assert shows_nothing(whole, {**answer, "email": ""} if isinstance(answer, dict) else "")
    for table, rows in before.items():
        assert whole.export()[table][: len(rows)] == rows
    assert [whole.wire.ids(query, {}) for query in LISTS] == seen
