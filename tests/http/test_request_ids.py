"""Request ids, in answers and in the server's log; the level and the format of the log."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kili_emulator.app import Emulator
from tests.kit.raw_http import RawConnection
from tests.kit.server_under_test import ServerUnderTest
from tests.kit.wire import Wire

DIRECT = {"proxies": {"http": "", "https": ""}, "timeout": 20}


def test_each_answer_has_an_id_of_its_own(kili_emulator: Emulator) -> None:
    wire = Wire(kili_emulator)
    answers = [
        wire.post({"query": "{ data: viewer { email } }"}),
        wire.post({"query": "{ data: viewer { email } }"}, key="wrong"),
        wire.request("GET", "/health"),
        wire.request("GET", "/none"),
        wire.request("GET", "/_emulator/worlds", headers=wire.authorization("admin")),
    ]
    wire.close()
    found = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(found)) == len(answers)
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in found)


def sent_and_answered(emulator: Emulator, request_id: str) -> str:
    with RawConnection(emulator.url) as connection:
        connection.send(connection.head("GET /health HTTP/1.1", f"X-Request-Id: {request_id}"))
        return connection.answer().headers["x-request-id"]


@pytest.mark.parametrize("request_id", ["a", "Job_7:step-2.1", "x" * 100])
def test_harmless_id_of_a_client_is_kept(kili_emulator: Emulator, request_id: str) -> None:
    assert sent_and_answered(kili_emulator, request_id) == request_id


@pytest.mark.parametrize("request_id", ["", "a b", "\x1b[2J", "a\tb", "x" * 101, "é", "a\x85b"])
def test_harmful_id_of_a_client_is_replaced(kili_emulator: Emulator, request_id: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", sent_and_answered(kili_emulator, request_id))


def test_log_of_level_debug_has_a_line_for_each_request(tmp_path: Path) -> None:
    server = ServerUnderTest(tmp_path, "--ephemeral", "--log-level", "debug")
    with server:
        address = f"{server.url}/none?token=secret"
        requests.get(address, headers={"X-Request-Id": "mine"}, **DIRECT)
    (line,) = [each for each in server.output if "request mine" in each]
    assert re.fullmatch(
        r"GET /none \(unknown\): 404 after [\d.]+ ms "
        r"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z debug, request mine\]",
        line,
    )


@pytest.mark.parametrize(("level", "count"), [("info", 0), ("debug", 1)])
def test_json_log_has_an_object_per_line(tmp_path: Path, level: str, count: int) -> None:
    environment = {"KILI_EMULATOR_LOG_FORMAT": "json", "KILI_EMULATOR_LOG_LEVEL": level}
    server = ServerUnderTest(tmp_path, "--ephemeral", environment=environment)
    with server:
        headers = {"X-Request-Id": "mine"}
        requests.get(f"{server.url}/%1b[2J%0aforged", headers=headers, **DIRECT)
    objects = [json.loads(each) for each in server.output if each.startswith("{")]
    found = [each for each in objects if each.get("request") == "mine"]
    assert len(found) == count
    for each in found:
        assert each["level"] == "debug"
        assert each["logger"] == "kili_emulator.http.request_scope"
        assert each["message"].startswith("GET /\x1b[2J\nforged (unknown): 404")
    assert not any("\x1b" in each or each.startswith("forged") for each in server.output)


FAILING = """
from kili_emulator.cli.server_log import log_to_terminal
from kili_emulator.config import Settings
from kili_emulator.http.request_scope import RequestScopes
from kili_emulator.http.server import HttpServer
from kili_emulator.instruments import Instruments
from urllib.request import Request, urlopen

log_to_terminal(Settings(log_format="FORMAT"))

def application(environ, start_response):
    raise ValueError("too hard\\nforged")

server = HttpServer(RequestScopes(application, Instruments()), "127.0.0.1", 0)
server.start()
request = Request(f"http://127.0.0.1:{server.port}/path", headers={"X-Request-Id": "mine"})
try:
    urlopen(request, timeout=20)
except OSError as error:
    print(error)
server.stop()
"""


def log_of_a_failing_request(log_format: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FAILING.replace("FORMAT", log_format)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "500" in done.stdout
    return done.stderr


def test_failed_request_is_logged_with_its_id_and_traceback() -> None:
    first, *more = log_of_a_failing_request("text").splitlines()
    assert first.startswith("a request of /path failed [")
    assert first.endswith(" error, request mine]")
    assert more[-2:] == ["  | ValueError: too hard", "  | forged"]


def test_failed_request_is_one_json_line_with_its_id_and_traceback() -> None:
    (line,) = log_of_a_failing_request("json").splitlines()
    found = json.loads(line)
    assert found.keys() == {"time", "level", "logger", "message", "request", "exception"}
    assert (found["request"], found["level"]) == ("mine", "error")
    assert found["exception"].endswith("ValueError: too hard\nforged")
