"""The request log: one line of JSON for each GraphQL request."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kili_emulator.app import Emulator
from kili_emulator.config import Settings
from kili_emulator.http.request_log import RequestLog, RequestLogError
from tests.kit.server_under_test import ServerUnderTest
from tests.kit.subscription_client import connected_client
from tests.kit.wire import Wire

HEADERS = {
    "kili-client-name": "python-sdk",
    "kili-client-version": "26.2.4",
    "kili-client-method-name": "projects",
    "kili-client-call-uuid": "c0ffee",
}


class LoggedEmulator:
    """An emulator with a request log."""

    def __init__(self, emulator: Emulator, path: Path) -> None:
        self.wire = Wire(emulator)
        self._path = path

    def send(self, query: Any, **options: Any) -> dict[str, Any]:
        """Send a request, and return its log line."""
        before = len(self.lines())
        self.wire.post({"query": query} if isinstance(query, str) else query, **options)
        (line,) = self.lines()[before:]
        return line

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def logged_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoggedEmulator]:
    path = tmp_path_factory.mktemp("log") / "made" / "requests.jsonl"
    with Emulator(request_log=path) as emulator:
        logged_emulator = LoggedEmulator(emulator, path)
        yield logged_emulator
        logged_emulator.wire.close()


def test_line_contains_user_operations_and_client(logged_emulator: LoggedEmulator) -> None:
    line = logged_emulator.send("{ data: viewer { id } other: me { id } }", headers=HEADERS)
    time = line.pop("time")
    assert line == {
        "world": "default",
        "user": "admin@example.com",
        "run": None,
        "client": "python-sdk",
        "version": "26.2.4",
        "method": "projects",
        "call": "c0ffee",
        "operations": ["Query.viewer", "Query.me"],
        "errors": False,
    }
    assert time.endswith("Z")


def test_client_without_identifying_headers_is_logged_as_null(
    logged_emulator: LoggedEmulator,
) -> None:
    line = logged_emulator.send("{ data: me { id } }", key="labeler")
    assert line["user"] == "labeler@example.com"
    assert [line[name] for name in ("client", "version", "method", "call")] == [None] * 4


def test_old_clients_are_identified_by_apollo_headers(logged_emulator: LoggedEmulator) -> None:
    headers = {
        "apollographql-client-name": "python-sdk",
        "apollographql-client-version": "2.125.2",
    }
    line = logged_emulator.send("{ data: me { id } }", headers=headers)
    assert (line["client"], line["version"]) == ("python-sdk", "2.125.2")


@pytest.mark.parametrize(
    ("query", "operations"),
    [
        ("{ data: me { shape } }", ["Query.me"]),
        ("mutation { data: deleteLabels(ids: []) { x } }", ["Mutation.deleteLabels"]),
        ("{ data: ", []),
        ({"text": "no query"}, []),
        (b"no JSON", []),
    ],
)
def test_refused_request_is_logged_as_an_error(
    logged_emulator: LoggedEmulator, query: Any, operations: list[str]
) -> None:
    if isinstance(query, bytes):
        before = len(logged_emulator.lines())
        logged_emulator.wire.post(query)
        (line,) = logged_emulator.lines()[before:]
    else:
        line = logged_emulator.send(query)
    assert (line["operations"], line["errors"]) == (operations, True)
    assert line["user"] == "admin@example.com"


def test_request_with_an_unknown_key_is_logged_without_a_user(
    logged_emulator: LoggedEmulator,
) -> None:
    line = logged_emulator.send("{ data: me { id } }", key="no-such-key")
    assert (line["world"], line["user"], line["errors"]) == (None, None, True)


def test_a_subscription_is_logged_when_it_starts(logged_emulator: LoggedEmulator) -> None:
    before = len(logged_emulator.lines())
    with connected_client(logged_emulator.wire) as client:
        client.start("good", logged_emulator.wire.emulator.world.view.projects.all()[0]["id"])
        client.start("bad", "x", query="subscription { data: nothing { id } }")
    good, bad = logged_emulator.lines()[before:]
    assert (good["operations"], good["errors"]) == (["Subscription.labelCreatedOrUpdated"], False)
    assert (bad["operations"], bad["errors"]) == (["Subscription.nothing"], True)
    assert {good["user"], bad["user"]} == {"admin@example.com"}
    assert good["world"] == "default"


def test_existing_log_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before\n", encoding="utf-8")
    with Emulator("empty", request_log=path) as emulator:
        wire = Wire(emulator)
        wire.post({"query": "{ data: me { id } }"})
        wire.close()
    before, line = path.read_text(encoding="utf-8").splitlines()
    assert before == "before"
    assert json.loads(line)["operations"] == ["Query.me"]


def test_log_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestLogError, match="cannot be written"):
        RequestLog(tmp_path)


def test_relative_log_path_is_made_absolute() -> None:
    assert Settings(request_log=Path("x")).request_log == Path("x").absolute()


def test_start_command_writes_the_log_file(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    with ServerUnderTest(tmp_path / "data", "--ephemeral", "--request-log", str(path)) as server:
        world = server.world()
        requests.post(
            world.endpoint,
            json={"query": "{ data: countProjects(where: {}) }"},
            headers={"Authorization": f"X-API-Key: {world.keys['admin']}", **HEADERS},
            timeout=30,
            proxies={"http": ""},
        )
        (line,) = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["operations"] == ["Query.countProjects"]


def test_start_command_names_a_log_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = tmp_path / "file" / "log"
    options = ["--port", "0", "--data-dir", str(tmp_path / "data"), "--request-log", str(log)]
    command = [sys.executable, "-m", "kili_emulator", "start", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"Error: the request log {log} cannot be written (" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_full_disk_of_the_log_does_not_refuse_requests(caplog: pytest.LogCaptureFixture) -> None:
    with Emulator(request_log=Path("/dev/full")) as emulator:
        wire = Wire(emulator)
        for _ in range(2):
            answer = wire.post({"query": "{ data: viewer { email } }"})
            assert answer.json() == {"data": {"data": {"email": "admin@example.com"}}}
        wire.close()
    assert "a line of the request log could not be written (No space left on device)" in caplog.text
