"""Refusal of each mutation with bad input: it explains the error and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kili_emulator import errors
from kili_emulator.app import Emulator
from tests.bad_input import CASES
from tests.bad_input.plugin import unknown_plugin
from tests.bad_input.refused_request import DENIED, MISSING_ARGUMENT, UNKNOWN_ID, RefusedRequest
from tests.contract.schema import SCHEMA
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import PLUGIN, WorldIds, fill_ids, set_up_world


@dataclass(frozen=True)
class RequestWorld:
    """A world with all documents that the cases name."""

    wire: Wire
    names: WorldIds

    def export(self) -> bytes:
        return json.dumps(self.wire.emulator.world.export()).encode()


@pytest.fixture(scope="module")
def _shared_world() -> Iterator[RequestWorld]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        names = set_up_world(wire)
        activate_plugin(wire, PLUGIN, names["project"])
        yield RequestWorld(wire, names)
        wire.close()


@pytest.fixture
def request_world(_shared_world: RequestWorld) -> Iterator[RequestWorld]:
    emulator = _shared_world.wire.emulator
    mark = emulator.mark()
    yield _shared_world
    emulator.reset(mark)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_is_refused_and_changes_nothing(
    request_world: RequestWorld, case: RefusedRequest
) -> None:
    before = request_world.export()
    answer = request_world.wire.send(
        case.mutation, case.key, **fill_ids(case.arguments, request_world.names)
    )
    assert request_world.export() == before
    _check(case, answer.status_code, answer.json())
    assert request_world.wire.call("viewer", selection="email") == {"email": "admin@example.com"}


def _check(case: RefusedRequest, status: int, answer: dict[str, Any]) -> None:
    (error,) = answer.pop("errors")
    assert status == case.status, error
    assert case.says in error["message"]
    assert error["extensions"] == {"code": case.code}
    if status == 400:
        assert answer == {}
        return
    assert error["path"] == ["data"]
    assert error["message"].endswith(" | trace : false")
    assert error["locations"][0].keys() == {"line", "column"}
    is_nullable = not str(SCHEMA.mutation_type.fields[case.mutation].type).endswith("!")  # type: ignore[union-attr]
    assert answer == {"data": {"data": None} if is_nullable else None}


def test_every_mutation_has_refusal_cases() -> None:
    assert SCHEMA.mutation_type is not None
    assert {case.mutation for case in CASES} == set(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize("mutation", sorted({case.mutation for case in CASES}))
def test_every_mutation_has_cases_without_rights_and_with_malformed_input(
    mutation: str,
) -> None:
    cases = [case for case in CASES if case.mutation == mutation]
    assert any(case.status == 400 for case in cases)
    # Anybody may make a project.
    assert any(case.key != "admin" for case in cases) or mutation == "createProject"


def test_access_denied_error_matches_the_recording(request_world: RequestWorld) -> None:
    query = "mutation ($id: ID!) {\n\n\n\n\n\n\n  data: deleteProject(where: {id: $id}) { id }\n}"
    answer = request_world.wire.post({"query": query, "variables": {"id": UNKNOWN_ID}})
    assert answer.status_code == 200
    assert answer.json() == {
        "errors": [
            {
                "message": DENIED,
                "locations": [{"line": 8, "column": 3}],
                "path": ["data"],
                "extensions": {"code": "401"},
            }
        ],
        "data": {"data": None},
    }


# The emulator's addition to the platform's error for an unknown name.
HINT = f" {errors.SCHEMA_NAME_HINT}"

# document, the recorded error without its locations, its code (contract/errors.md#documents)
RECORDED = [
    (
        "query($skip: Int!) { users(where: {}, first: 1, skip: $skip) { id } }",
        'Variable "$skip" of required type "Int!" was not provided.',
        errors.INTERNAL_ERROR,
    ),
    ("{ users( : }", 'Syntax Error: Expected Name, found ":".', errors.PARSE_FAILED),
    (
        '{ users(where: {emaiel: "x"}, first: 1, skip: 0) { id } }',
        'Field "emaiel" is not defined by type "UserWhere". Did you mean "email"?' + HINT,
        errors.VALIDATION_FAILED,
    ),
    (
        "{ projects(first: 1, skip: 0) { id } }",
        MISSING_ARGUMENT,
        errors.VALIDATION_FAILED,
    ),
    (
        "{ users(where: {}, first: {}, skip: 0) { id } }",
        "Bad type of input PageSize, expected type integer, got type object.",
        errors.VALIDATION_FAILED,
    ),
    (
        "{ viewer { id nothing } }",
        'Cannot query field "nothing" on type "User".' + HINT,
        errors.VALIDATION_FAILED,
    ),
]


@pytest.mark.parametrize(("query", "message", "code"), RECORDED, ids=lambda each: each[:40])
def test_error_for_an_invalid_query_document_matches_the_recording(
    request_world: RequestWorld, query: str, message: str, code: str
) -> None:
    answer = request_world.wire.post({"query": query})
    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert error["message"] == message
    assert error["extensions"] == {"code": code}
    assert ("locations" in error) == ("PageSize" not in message)


CREATE = "mutation ($data: CreateProjectData!) { data: createProject(data: $data) { id } }"
UNKNOWN_NAMES = [  # document, variables, how the message begins
    ("query ($where: ModelWhere) { viewer { id } }", {}, 'Unknown type "ModelWhere".'),
    ("fragment Chat on Conversation { id } { viewer { ...Chat } }", {}, "Unknown type "),
    ("{ models { id } }", {}, 'Cannot query field "models" on type "Query".'),
    ("{ viewer { models } }", {}, 'Cannot query field "models" on type "User".'),
    ("{ viewer(model: 1) { id } }", {}, 'Unknown argument "model" on field "Query.viewer".'),
    ("{ users(where: {model: 1}, first: 1, skip: 0) { id } }", {}, 'Field "model" is not defined '),
    (
        'mutation { createProject(data: {title: "x", inputType: FILM}) { id } }',
        {},
        'Value "FILM" does not exist in "InputType" enum.',
    ),
    (
        CREATE,
        {"data": {"title": "x", "inputType": "FILM"}},
        'Variable "$data" got invalid value "FILM" at "data.inputType"; Value "FILM" does not',
    ),
    (
        CREATE,
        {"data": {"title": "x", "inputType": "TEXT", "model": 1}},
        'Variable "$data" got invalid value {"title": "x", "inputType": "TEXT", "model": 1}; ',
    ),
]


@pytest.mark.parametrize(("query", "variables", "begins"), UNKNOWN_NAMES)
def test_error_for_an_unknown_field_explains_possible_causes(
    request_world: RequestWorld, query: str, variables: dict[str, Any], begins: str
) -> None:
    answer = request_world.wire.post({"query": query, "variables": variables})
    assert answer.status_code == 400
    messages = [each["message"] for each in answer.json()["errors"]]
    (message,) = [each for each in messages if each.startswith(begins)]
    assert message.endswith(HINT)
    assert "docs/coverage.md" in HINT


UNREADABLE_VARIABLES = [
    ("assets", {"where": {}, "first": 1001, "skip": 0}, "PageSize must be between 0 and 1000"),
    ("assets", {"where": {}, "first": -1, "skip": 0}, "PageSize must be between 0 and 1000"),
    ("assets", {"where": {}, "first": True, "skip": 0}, "got type boolean"),
    ("assets", {"where": {"createdAtGte": "2023-13-01"}, "first": 1, "skip": 0}, "YYYY-MM-DD"),
    ("assets", {"where": {"createdAtGte": 5}, "first": 1, "skip": 0}, "YYYY-MM-DD"),
]


@pytest.mark.parametrize(("operation", "arguments", "says"), UNREADABLE_VARIABLES)
def test_error_for_a_value_out_of_range_names_valid_values(
    request_world: RequestWorld, operation: str, arguments: dict[str, Any], says: str
) -> None:
    answer = request_world.wire.send(operation, **arguments)
    assert answer.status_code == 400
    assert says in answer.json()["errors"][0]["message"]


def test_negative_skip_is_refused(request_world: RequestWorld) -> None:
    message = request_world.wire.refusal("assets", where={}, first=1, skip=-1)
    assert "skip must be 0 or more" in message


@pytest.mark.parametrize("member", ["skip", "limit"])
@pytest.mark.parametrize("operation", ["getPluginLogs", "getPluginBuildErrors"])
def test_negative_page_of_log_lines_is_refused(
    request_world: RequestWorld, operation: str, member: str
) -> None:
    data = {"pluginName": PLUGIN, member: -1}
    if operation == "getPluginLogs":
        data["projectId"] = request_world.names["project"]
    assert f"{member} must be 0 or more" in request_world.wire.refusal(operation, data=data)


def test_unknown_ids_in_a_query_select_nothing(request_world: RequestWorld) -> None:
    for operation in ("projects", "assets", "labels", "issues", "users", "organizations"):
        assert request_world.wire.ids(operation, {"id": UNKNOWN_ID}) == []
    assert request_world.wire.ids("assets", {"project": {"id": UNKNOWN_ID}}) == []


@pytest.mark.parametrize("key", ["manager", "reviewer", "labeler"])
def test_lists_omit_documents_hidden_from_the_user(request_world: RequestWorld, key: str) -> None:
    names = request_world.names
    for operation, name in (
        ("projects", "hidden project"),
        ("assets", "hidden asset"),
        ("labels", "hidden label"),
        ("issues", "hidden issue"),
    ):
        assert request_world.wire.ids(operation, {"id": names[name]}, key) == []
        assert names[name] not in request_world.wire.ids(operation, {}, key)


QUERIES_FOR_A_PLUGIN = [
    ("getPluginRunnerStatus", {"name": "Nobody"}),
    ("getPluginLogs", {"data": {"pluginName": "Nobody", "projectId": UNKNOWN_ID}}),
    ("getPluginBuildErrors", {"data": {"pluginName": "Nobody"}}),
]


@pytest.mark.parametrize(("operation", "arguments"), QUERIES_FOR_A_PLUGIN)
def test_query_for_an_unknown_plugin_is_refused_by_name(
    request_world: RequestWorld, operation: str, arguments: dict[str, Any]
) -> None:
    assert request_world.wire.refusal(operation, **arguments) == unknown_plugin(operation)


BAD_PATHS = ["street.png", "projects/p", "projects/p/assets/a/../../b", "/etc/passwd", ""]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_upload_url_is_refused_for_a_path_outside_of_assets(
    request_world: RequestWorld, path: str
) -> None:
    message = request_world.wire.refusal("createUploadBucketSignedUrls", filePaths=[path])
    assert "projects/<project id>/assets/<asset id>/<name>" in message


def test_upload_url_is_refused_for_a_hidden_project(
    request_world: RequestWorld,
) -> None:
    path = f"projects/{request_world.names['hidden project']}/assets/a/content"
    refusal = request_world.wire.refusal(
        "createUploadBucketSignedUrls", "labeler", filePaths=[path]
    )
    assert refusal == DENIED
