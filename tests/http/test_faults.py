"""Faults on the wire: which requests meet them, and the answers that clients get."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kili_emulator import clock
from kili_emulator.app import Emulator
from tests.kit.raw_http import RawConnection
from tests.kit.wire import Wire

COUNT = "{ data: countProjects(where: {}) }"
COUNTED = b'{"data":{"data":1}}'
CREATE = (
    'mutation { data: createProject(data: {title: "T", inputType: TEXT, jsonInterface: "{}"}) '
    "{ id } }"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    log = tmp_path_factory.mktemp("log") / "requests.jsonl"
    with Emulator(seed=0, request_log=log) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture
def client(running: Wire) -> Iterator[Wire]:
    running.emulator.reset()
    yield running
    running.emulator.reset()


def statuses(client: Wire, count: int, query: str = COUNT, **options: Any) -> list[int]:
    return [client.post({"query": query}, **options).status_code for _ in range(count)]


def count_projects(client: Wire) -> int:
    return len(client.emulator.world.view.projects.all())


def log_lines(client: Wire) -> list[dict[str, Any]]:
    path = client.emulator.platform.settings.request_log
    assert path is not None
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_a_foreign_request_is_refused_and_uses_up_no_fault(client: Wire) -> None:
    client.emulator.faults.add("countProjects", status=503, times=1)
    foreign = client.post({"query": COUNT}, headers={"Origin": "https://example.org"})
    assert foreign.status_code == 403
    assert statuses(client, 2) == [503, 200]


# When


@pytest.mark.parametrize(
    ("when", "met"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 3}, [3]),
        ({"times": 2}, [1, 2]),
        ({"every": 3}, [3, 6]),
        ({"every": 2, "times": 2}, [2, 4]),
    ],
)
def test_the_number_of_the_call_decides(client: Wire, when: Any, met: list[int]) -> None:
    fault = client.emulator.faults.add("countProjects", status=503, **when)

    seen = statuses(client, 6)

    assert [call for call, status in enumerate(seen, 1) if status == 503] == met
    assert (fault.matched, fault.fired) == (6, len(met))


def test_random_faults_repeat_after_a_reset_and_change_no_ids(client: Wire) -> None:
    def play() -> tuple[list[int], str]:
        client.emulator.reset()
        client.emulator.faults.add("countProjects", status=503, probability=0.5)
        seen = statuses(client, 20)
        client.emulator.faults.clear()
        return seen, client.emulator.world.ids.new_id(client.emulator.world.clock.now())[16:]

    first = play()
    client.emulator.reset()
    now = client.emulator.world.clock.now()

    assert set(first[0]) == {200, 503}
    assert play() == first
    client.emulator.reset()
    assert client.emulator.world.ids.new_id(now)[16:] == first[1]


def test_a_fault_ends_by_the_clock_of_the_world(client: Wire) -> None:
    client.emulator.faults.add("countProjects", status=503, seconds=60)
    before = statuses(client, 1)
    client.emulator.clock.advance(seconds=61)

    assert before + statuses(client, 1) == [503, 200]


@pytest.mark.parametrize(
    ("target", "query", "is_met"),
    [
        ("countProjects", COUNT, True),
        ("countAssets", COUNT, False),
        ("query", COUNT, True),
        ("mutation", COUNT, False),
        ("mutation", CREATE, True),
        ("createProject", CREATE, True),
        ("graphql", COUNT, True),
        ("graphql", "not GraphQL", True),
        ("query", "not GraphQL", False),
        ("operation:Mine", "query Mine { countProjects(where: {}) }", True),
        ("operation:Mine", "query Other { countProjects(where: {}) }", False),
        ("operation:Mine", COUNT, False),
        ("me", "{ countProjects(where: {}) me { id } }", True),
        ("query", "{ __schema { queryType { name } } }", True),
    ],
)
def test_the_target_names_operations(
    client: Wire, target: str, query: str, *, is_met: bool
) -> None:
    client.emulator.faults.add(target, status=503)

    assert (statuses(client, 1, query) == [503]) is is_met


def test_the_name_in_the_request_chooses_among_operations(client: Wire) -> None:
    query = "query One { countProjects(where: {}) } query Two { me { id } }"
    client.emulator.faults.add("operation:Two", status=503)
    client.emulator.faults.add("me", status=429)

    answers = [client.post({"query": query, "operationName": name}) for name in ("One", "Two")]

    assert [each.status_code for each in answers] == [200, 503]


@pytest.mark.parametrize("user", ["labeler", "labeler@example.com"])
def test_a_fault_can_be_for_one_user(client: Wire, user: str) -> None:
    client.emulator.faults.add("countProjects", status=503, user=user)

    assert statuses(client, 1, key="admin") == [200]
    assert statuses(client, 1, key="labeler") == [503]


def test_other_worlds_and_the_control_plane_meet_no_fault(client: Wire) -> None:
    other = client.emulator.worlds.create("other")
    try:
        client.emulator.faults.add("graphql", status=503)

        assert statuses(client, 1, key=other["keys"]["admin"]) == [200]
        assert statuses(client, 1, key="admin") == [503]
        url = f"{client.emulator.url}/_emulator/worlds"
        assert requests.get(url, headers=client.authorization("admin")).ok
    finally:
        client.emulator.worlds.delete("other")


def test_a_wrong_key_is_refused_as_without_faults(client: Wire) -> None:
    fault = client.emulator.faults.add("graphql", status=503)

    assert statuses(client, 1, key="nobody") == [401]
    assert fault.matched == 0


def test_the_fault_that_was_added_first_takes_effect(client: Wire) -> None:
    client.emulator.faults.add("countProjects", status=503, times=1)
    client.emulator.faults.add("query", status=429, times=1)

    assert statuses(client, 3) == [503, 429, 200]
    assert [each["matched"] for each in client.emulator.faults.list()] == [3, 3]


def test_a_compressed_request_meets_a_fault_and_is_read_by_the_platform(client: Wire) -> None:
    client.emulator.faults.add("countProjects", status=503, times=1)
    body, headers = (
        gzip.compress(json.dumps({"query": COUNT}).encode()),
        {"Content-Encoding": "gzip"},
    )

    answers = [client.post(body, headers=headers) for _ in range(2)]

    assert [each.status_code for each in answers] == [503, 200]
    assert answers[1].content == COUNTED


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{", {}),
        (b"[]", {}),
        (b"x", {"Content-Encoding": "gzip"}),
        (b"x", {"Content-Encoding": "br"}),
        (b'{"query": 1}', {}),
        (b'{"query": "{ me { id } }", "operationName": 3}', {}),
    ],
)
def test_an_unreadable_request_is_refused_as_without_faults(
    client: Wire, body: bytes, headers: dict[str, str]
) -> None:
    expected = client.post(body, headers=headers)
    client.emulator.faults.add("query", status=503, nth=99)

    answer = client.post(body, headers=headers)

    assert (answer.status_code, answer.content) == (expected.status_code, expected.content)


# Effects


@pytest.mark.parametrize(
    ("options", "status", "text"),
    [
        ({"status": 401}, 401, "Unauthorized"),
        ({"status": 500}, 500, "Internal Server Error"),
        ({"status": 502}, 502, "Bad Gateway"),
        ({"status": 503, "body": "no healthy upstream"}, 503, "no healthy upstream"),
        ({"status": 504}, 504, "Gateway Timeout"),
        ({"status": 524, "body": ""}, 524, ""),
    ],
)
def test_a_status_is_answered_before_the_platform_gets_the_request(
    client: Wire, options: Any, status: int, text: str
) -> None:
    client.emulator.faults.add("createProject", **options)

    answer = client.post({"query": CREATE})

    assert (answer.status_code, answer.text) == (status, text)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "X-Request-Id" in answer.headers
    assert count_projects(client) == 1


def test_a_rate_limit_says_when_to_come_back(client: Wire) -> None:
    body = '{"error": "slow down"}'
    client.emulator.faults.add("countProjects", status=429, retry_after=3, body=body)

    answer = client.post({"query": COUNT})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert (answer.headers["Content-Type"], answer.json()) == (
        "application/json",
        {"error": "slow down"},
    )


def test_a_graphql_error_has_a_code_and_extensions(client: Wire) -> None:
    client.emulator.faults.add(
        "createProject", error="[locked] Try later", code="LOCKED", extensions={"retry": True}
    )

    answer = client.post({"query": CREATE})

    assert answer.status_code == 200
    assert answer.json() == {
        "errors": [
            {
                "message": "[locked] Try later",
                "extensions": {"code": "LOCKED", "retry": True},
                "path": ["data"],
            }
        ],
        "data": None,
    }
    assert count_projects(client) == 1


def test_an_error_of_an_unreadable_document_has_no_path(client: Wire) -> None:
    client.emulator.faults.add("graphql", error="x")

    (error,) = client.post({"query": "{"}).json()["errors"]

    assert error == {"message": "x", "extensions": {"code": "OPERATION_RESOLUTION_FAILURE"}}


def test_a_partial_error_stands_beside_the_data(client: Wire) -> None:
    client.emulator.faults.add("createProject", error="[half] Only a part", partial=True)

    answer = client.post({"query": CREATE}).json()

    assert answer["data"]["data"]["id"]
    assert [each["message"] for each in answer["errors"]] == ["[half] Only a part"]
    assert answer["errors"][0]["extensions"] == {"code": "OPERATION_RESOLUTION_FAILURE"}
    assert count_projects(client) == 2


@pytest.mark.parametrize(("side", "projects"), [("before", 1), ("after", 2)])
def test_a_dropped_connection_leaves_the_change_undone_or_done(
    client: Wire, side: Any, projects: int
) -> None:
    client.emulator.faults.add("createProject", drop=side)

    with pytest.raises(requests.ConnectionError, match="without response"):
        client.post({"query": CREATE})

    assert count_projects(client) == projects


@pytest.fixture
def connection(client: Wire) -> Iterator[RawConnection]:
    with RawConnection(client.emulator.url) as opened:
        yield opened


def ask(connection: RawConnection) -> None:
    connection.send(connection.query(body=json.dumps({"query": COUNT}).encode()))


def test_a_truncated_body_is_shorter_than_announced(
    client: Wire, connection: RawConnection
) -> None:
    client.emulator.faults.add("countProjects", truncate=4, times=1)

    ask(connection)
    answer = connection.answer()

    assert answer.body == COUNTED[:4]
    assert answer.headers["content-length"] == str(len(COUNTED))
    assert answer.headers["connection"] == "close"
    assert connection.rest() == b""


def test_a_slow_body_arrives_whole_and_the_connection_is_kept(
    client: Wire, connection: RawConnection
) -> None:
    client.emulator.faults.add("countProjects", slow=0.02, times=1)
    for _ in range(2):
        ask(connection)

        assert connection.answer().body == COUNTED


def test_a_slow_body_can_be_cut_off(client: Wire) -> None:
    client.emulator.faults.add("countProjects", slow=0.02, truncate=4)

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="15 more expected"):
        client.post({"query": COUNT})


def test_a_delay_comes_before_another_effect(client: Wire) -> None:
    client.emulator.faults.add("countProjects", delay=0.05, status=503)
    start = clock.monotonic()

    assert statuses(client, 1) == [503]
    assert clock.monotonic() - start >= 0.05


def test_a_delayed_request_waits_until_the_faults_are_removed(
    client: Wire, connection: RawConnection
) -> None:
    fault = client.emulator.faults.add("countProjects", delay=3600)
    ask(connection)
    while not fault.fired:
        threading.Event().wait(0.001)

    client.emulator.faults.clear()

    assert connection.answer().body == COUNTED


def test_a_fault_of_version_needs_a_key(client: Wire) -> None:
    client.emulator.faults.add("version", status=503)
    url, headers = "/api/label/v2/version", client.authorization("admin")

    assert client.request("GET", url).status_code == 200
    assert client.request("GET", url, headers=headers).status_code == 503


def test_an_upload_and_a_download_can_fail(client: Wire) -> None:
    project = client.call(
        "createProject", data={"title": "T", "inputType": "TEXT", "jsonInterface": "{}"}
    )["id"]
    path = f"projects/{project}/assets/a/content"
    (url,) = client.call("createUploadBucketSignedUrls", filePaths=[path])
    upload, file_id = url.split("&id=")
    client.emulator.faults.add("upload", status=503, times=1)
    client.emulator.faults.add("download", truncate=2, times=1)

    stored = [client.request("PUT", upload, data=b"hello").status_code for _ in range(2)]

    assert stored == [503, 201]
    rows = {"contentArray": [url], "externalIDArray": ["a"]}
    client.call("appendManyAssets", selection="id", data=rows, where={"id": project})
    address = f"/api/label/v2/files?id={file_id}"
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.request("GET", address, headers=client.authorization("admin"))
    answer = client.request("GET", address, headers=client.authorization("admin"))
    assert answer.content == b"hello"


# Records


def test_a_fault_is_a_line_in_the_request_log(client: Wire) -> None:
    client.emulator.faults.add("countProjects", status=429, retry_after=2, times=1)
    client.emulator.faults.add("createProject", drop="after", times=1)
    before = len(log_lines(client))
    statuses(client, 1, key="labeler")
    with pytest.raises(requests.ConnectionError):
        client.post({"query": CREATE})

    refused, dropped, carried_out = log_lines(client)[before:]

    assert (refused["operations"], refused["errors"]) == (["Query.countProjects"], True)
    assert (refused["user"], refused["world"]) == ("labeler@example.com", "default")
    assert refused["fault"] == "status 429, retry_after 2"
    assert (dropped["operations"], dropped["fault"]) == (
        ["Mutation.createProject"],
        "drop after",
    )
    assert (carried_out["operations"], carried_out["errors"]) == (dropped["operations"], False)
    assert "fault" not in carried_out


def test_a_fault_counts_as_a_failure_in_the_metrics(client: Wire) -> None:
    def count() -> float:
        text = client.request(
            "GET", "/_emulator/metrics", headers=client.authorization("admin")
        ).text
        name = 'request_seconds_count{operation="Query.countIssues",outcome="failure"} '
        return sum(float(line.split()[-1]) for line in text.splitlines() if name in line)

    before = count()
    client.emulator.faults.add("countIssues", status=503)
    statuses(client, 1, "{ countIssues(where: {}) }")

    assert count() == before + 1
