"""Who may use which operation of the schema: the table of ``access_table``, for each caller.

A refusal changes nothing in either world, shows nothing of the objects, and does not tell whether
they exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from kili_emulator.domain.lookup import find_user
from kili_emulator.domain.world import Actor
from tests.contract.full_world.queries import QUERIES
from tests.contract.schema import SCHEMA
from tests.kit.subscription_client import unauthenticated_client
from tests.kit.wire import document, selection_of
from tests.kit.world_content import fill_ids
from tests.security.access_table import (
    ESCALATIONS,
    IN_THE_OWN_ORGANIZATION,
    MUTATION_ROWS,
    ORGANIZATION_ROWS,
    OWN_ACCOUNT,
    OWN_ROWS,
    PROJECT_ROWS,
    QUERY_ROWS,
    SUBSCRIPTION_ROWS,
    Row,
)
from tests.security.callers import CALLERS, FOREIGN, INVALID_KEYS, Callers

UNKNOWN_ID = "cl00000000000000000000000"
UNKNOWN_PLUGIN = "Nobody's plugin"
PLUGIN_NAMES = ("plugin", "uploaded plugin", "next plugin", "broken plugin", "webhook")
PEOPLE = [name for name in CALLERS if name not in FOREIGN]


def send(callers: Callers, row: Row, caller: str, names: dict[str, str]) -> requests.Response:
    """Send the operation of a row with all fields of its answer, two levels deep."""
    fields = None
    if row.operation in QUERIES:
        fields = selection_of(QUERIES[row.operation].type, 2)[1:-1] or None
    arguments = fill_ids(row.arguments, names)
    return callers.wire.send(row.operation, callers.keys[caller], fields, **arguments)


def own_text(callers: Callers, answer: requests.Response, row: Row) -> list[str]:
    """Return the ids of the first organization in an answer that the request did not name."""
    asked = json.dumps(fill_ids(row.arguments, callers.full_world.names))
    return [
        each for each in callers.full_world.own_ids if each in answer.text and each not in asked
    ]


def test_the_table_has_each_operation_of_the_schema() -> None:
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    assert SCHEMA.subscription_type
    for rows, root in (
        (QUERY_ROWS, SCHEMA.query_type),
        (MUTATION_ROWS, SCHEMA.mutation_type),
        (SUBSCRIPTION_ROWS, SCHEMA.subscription_type),
    ):
        assert sorted(row.operation for row in rows if not row.situation) == sorted(root.fields)


# Mutations


@pytest.mark.parametrize("row", MUTATION_ROWS, ids=str)
def test_mutation_is_carried_out_for_the_callers_of_the_table_only(
    callers: Callers, row: Row
) -> None:
    names = callers.full_world.names
    mark = callers.wire.emulator.mark()
    allowed, before = [], callers.stored()
    for caller in PEOPLE:
        answer = send(callers, row, caller, names).json()
        if "errors" not in answer:
            allowed.append(caller)
            assert callers.stored() != before
            callers.wire.emulator.reset(mark)
        else:
            assert len(answer["errors"]) == 1
            assert answer["errors"][0]["extensions"]["code"] in (
                "401",
                "OPERATION_RESOLUTION_FAILURE",
            )
            assert callers.stored() == before, caller
    assert allowed == list(row.callers)


@pytest.mark.parametrize("caller", FOREIGN)
@pytest.mark.parametrize(
    "row", [row for row in MUTATION_ROWS if row.operation not in IN_THE_OWN_ORGANIZATION], ids=str
)
def test_mutation_from_outside_is_refused_and_tells_nothing(
    callers: Callers, row: Row, caller: str
) -> None:
    before = callers.stored()
    names = callers.full_world.names
    answer = send(callers, row, caller, names)
    unknown = send(callers, row, caller, {each: unknown_name(each) for each in names})
    assert callers.stored() == before
    assert own_text(callers, answer, row) == []
    if row.operation == "deleteAssets":
        return  # an unknown asset counts as deleted (contract/asset.md#deletion)
    assert "errors" in answer.json()
    assert without_names(answer.text, names) == without_names(unknown.text, names)


def unknown_name(name: str) -> str:
    return UNKNOWN_PLUGIN if name in PLUGIN_NAMES else UNKNOWN_ID


def without_names(text: str, names: dict[str, str]) -> str:
    """Return a text with each name that a request can contain replaced by the same word."""
    for each in sorted({*names.values(), UNKNOWN_ID, UNKNOWN_PLUGIN}, key=len, reverse=True):
        text = text.replace(each, "name")
    return text


@pytest.mark.parametrize("operation", OWN_ACCOUNT)
def test_each_user_may_change_the_own_account(callers: Callers, operation: str) -> None:
    for caller in PEOPLE:
        user = find_user(callers.wire.emulator.world.view, _email(callers, caller))
        arguments = fill_ids(OWN_ACCOUNT[operation], {"self": user["id"]})
        data = arguments.get("data", {})
        if "key" in data:
            arguments["data"] = {**data, "key": f"{data['key']}-{caller}"}
        callers.wire.call(operation, caller, "id", **arguments)


def _email(callers: Callers, caller: str) -> str:
    return str(callers.wire.call("viewer", caller, "email")["email"])


@pytest.mark.parametrize("attempt", ESCALATIONS)
@pytest.mark.parametrize("caller", [each for each in PEOPLE if each != "admin"])
def test_no_user_can_raise_the_own_rights(callers: Callers, attempt: str, caller: str) -> None:
    me = callers.wire.call("viewer", caller, "id")
    before = callers.stored()
    data = callers.full_world.fill(ESCALATIONS[attempt])
    message = callers.wire.refusal("updatePropertiesInUser", caller, where=me, data=data)
    assert message.startswith("[noOrganizationRights]")
    assert callers.stored() == before


# Queries


@pytest.mark.parametrize("row", QUERY_ROWS, ids=str)
def test_query_shows_content_to_the_callers_of_the_table_only(callers: Callers, row: Row) -> None:
    before = callers.stored()
    names = callers.full_world.names
    seeing = [caller for caller in CALLERS if _shows_content(send(callers, row, caller, names))]
    assert callers.stored() == before
    if "<" in json.dumps(row.arguments):
        assert seeing == list(row.callers)
    else:  # administrators elsewhere see their own objects
        assert [each for each in seeing if each not in FOREIGN] == [
            each for each in row.callers if each not in FOREIGN
        ]


def _shows_content(answer: requests.Response) -> bool:
    content = answer.json()
    return "errors" not in content and content["data"]["data"] not in (None, 0, [])


@pytest.mark.parametrize("caller", [*FOREIGN, "outsider"])
@pytest.mark.parametrize("row", [*PROJECT_ROWS, *ORGANIZATION_ROWS, *OWN_ROWS], ids=str)
def test_query_from_outside_shows_no_foreign_object(
    callers: Callers, row: Row, caller: str
) -> None:
    answer = send(callers, row, caller, callers.full_world.names)
    shown = own_text(callers, answer, row)
    if caller in FOREIGN:
        assert shown == []
    else:
        assert not callers.project_ids & set(shown)


@pytest.mark.parametrize("caller", FOREIGN)
@pytest.mark.parametrize("row", QUERY_ROWS, ids=str)
def test_query_from_outside_does_not_tell_whether_an_object_exists(
    callers: Callers, row: Row, caller: str
) -> None:
    names = callers.full_world.names
    answer = send(callers, row, caller, names)
    unknown = send(callers, row, caller, {each: unknown_name(each) for each in names})
    if row.operation == "createUploadBucketSignedUrls":
        assert "accessDenied" in answer.text
        return
    assert without_names(answer.text, names) == without_names(unknown.text, names)


# Keys


@pytest.mark.parametrize("row", [*QUERY_ROWS, *MUTATION_ROWS], ids=str)
def test_operation_with_an_invalid_key_is_unauthorized(callers: Callers, row: Row) -> None:
    before = callers.stored()
    arguments = callers.full_world.fill(row.arguments)
    body = {"query": document(row.operation, list(arguments)), "variables": arguments}
    for kind, key in INVALID_KEYS.items():
        headers = {} if key is None else {"Authorization": f"X-API-Key: {key}"}
        answer = callers.wire.post(body, key=None, headers=headers)
        if kind == "ended run":
            assert answer.json()["errors"][0]["extensions"] == {"code": "401"}
            assert answer.json()["data"] is None
        else:
            assert (answer.status_code, answer.text) == (401, "Unauthorized"), kind
    assert callers.stored() == before


@pytest.mark.parametrize("row", SUBSCRIPTION_ROWS, ids=str)
def test_subscription_with_an_invalid_key_is_refused(callers: Callers, row: Row) -> None:
    for kind, key in INVALID_KEYS.items():
        with unauthenticated_client(callers.wire.emulator) as client:
            refusal = {"type": "connection_error", "payload": {"message": "Unauthorized"}}
            assert client.init(key or "") == refusal, kind
            assert client.receive() is None


@pytest.mark.parametrize("row", SUBSCRIPTION_ROWS, ids=str)
def test_subscription_is_open_to_the_callers_of_the_table_only(callers: Callers, row: Row) -> None:
    project = callers.full_world.fill(row.arguments)["projectID"]
    subscribed = []
    for caller in CALLERS:
        with unauthenticated_client(callers.wire.emulator) as client:
            assert client.init(callers.keys[caller]) == {"type": "connection_ack"}
            client.start("1", project)
            messages: list[Any] = [each for each in client.received if each["type"] == "error"]
            if not messages:
                subscribed.append(caller)
            else:
                assert "accessDenied" in json.dumps(messages)
    assert subscribed == list(row.callers)


# Keys of plugin runs


@pytest.fixture
def run_key(callers: Callers) -> Iterator[str]:
    """Return the key of a run of the plugin that is active on the project."""
    world = callers.wire.emulator.world
    (plugin,) = (
        each
        for each in world.view.plugins.all()
        if each["name"] == callers.full_world.names["plugin"]
    )
    run = world.view.runs.find("plugin", plugin["id"])[-1]
    key = "kili-run-in-progress"
    world.run_keys[key] = Actor(world.view.users.require(plugin["userId"]), run["id"], world.epoch)
    yield key
    world.run_keys.pop(key, None)


@pytest.mark.parametrize("row", MUTATION_ROWS, ids=str)
def test_run_of_a_plugin_has_the_rights_of_an_administrator_of_its_project_only(
    callers: Callers, run_key: str, row: Row
) -> None:
    before = callers.stored()
    elsewhere = {"project": "hidden project", "farm": "hidden asset", "issue": "hidden issue"}
    names = callers.full_world.names
    foreign = {**names, **{name: names[other] for name, other in elsewhere.items()}}
    keys = {**callers.keys, "run": run_key}
    callers = replace(callers, keys=keys)
    if "owner" not in row.callers:
        assert "errors" in send(callers, row, "run", names).json()
    elif "<project>" in json.dumps(row.arguments):
        assert "errors" in send(callers, row, "run", foreign).json()
    assert callers.stored() == before
    if "owner" in row.callers and "<project>" in json.dumps(row.arguments):
        assert "errors" not in send(callers, row, "run", names).json()


@pytest.mark.parametrize("operation", OWN_ACCOUNT)
def test_run_of_a_plugin_cannot_change_the_account_of_the_plugin(
    callers: Callers, run_key: str, operation: str
) -> None:
    before = callers.stored()
    me = callers.wire.call("viewer", run_key, "id")["id"]
    arguments = fill_ids(OWN_ACCOUNT[operation], {"self": me})
    assert callers.wire.refusal(operation, run_key, **arguments).startswith("[accessDenied]")
    assert callers.stored() == before
