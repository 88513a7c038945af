"""Limits of HTTP requests: addresses, bodies, marks, shutdown, the signing secret."""

from __future__ import annotations

import http.client
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from werkzeug.wrappers import Request

from kili_emulator.app import Emulator
from kili_emulator.app.platform import _signing_secret
from kili_emulator.clock import SEEDED_START, ClockState
from kili_emulator.http import request_body
from tests.kit.wire import Wire
from tests.kit.world_content import read_world_ids

BOUND = 1_000_000
QUERY = {"query": "{ data: viewer { email } }"}


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    wire = Wire(kili_emulator)
    yield wire
    assert wire.post(QUERY).json() == {"data": {"data": {"email": "admin@example.com"}}}
    wire.close()


# Malformed addresses


@pytest.mark.parametrize("key", ["admin", None])
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[x]", "http://a℀b", "", "["])
def test_malformed_origin_is_refused(wire: Wire, origin: str, key: str | None) -> None:
    answer = wire.post(QUERY, key=key, headers={"Origin": origin.encode().decode("latin-1")})
    assert (answer.status_code, answer.text) == (403, "Requests from other web sites are refused.")


@pytest.mark.parametrize(
    "host", ["[", "[::1", "[x]", "]", "", " ", ":80", "a b", "127.0.0.1/", "127.0.0.1#", "@", "?"]
)
@pytest.mark.parametrize("path", ["/health", "/api/label/v2/graphql", "/_emulator/worlds"])
def test_malformed_host_is_refused(wire: Wire, host: str, path: str) -> None:
    address = urlsplit(wire.emulator.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 403
    assert answer.getheader("Content-Type") == "text/plain; charset=utf-8"
    answer.read()
    connection.close()


# Endless bodies


class Endless(io.RawIOBase):
    """A body that never ends; reading far beyond the limit is an error."""

    def __init__(self, start: bytes = b"") -> None:
        self._start = start
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer)
        self.read_so_far += size
        assert self.read_so_far < 2 * BOUND, "all of it is read"
        piece = self._start[:size].ljust(size, b" ")
        self._start = self._start[size:]
        buffer[:] = piece
        return size


def test_endless_body_is_read_only_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "_MAX_BODY", BOUND)
    stream = Endless()
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True, "REQUEST_METHOD": "PUT"}
    with pytest.raises(request_body.BodyError) as caught:
        request_body.read_body(Request(environ))  # type: ignore[arg-type]
    assert caught.value.status == 413
    assert stream.read_so_far >= BOUND


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b" " * 100_000


def test_chunked_body_beyond_the_limit_is_refused(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"projects/{read_world_ids(wire)['project']}/assets/a/content"
    (url,) = wire.call("createUploadBucketSignedUrls", filePaths=[path])
    monkeypatch.setattr(request_body, "_MAX_BODY", BOUND)
    answers = [
        wire.request("PUT", url, data=pieces(11)),
        wire.request(
            "POST", wire.emulator.endpoint, data=pieces(11), headers=wire.authorization("admin")
        ),
    ]
    assert [answer.status_code for answer in answers] == [413, 413]


def test_chunked_body_is_read(wire: Wire) -> None:
    headers = wire.authorization("admin")
    sent = [b" " * 100_000, json.dumps(QUERY).encode(), b" " * 100_000]
    answer = wire.request("POST", wire.emulator.endpoint, data=iter(sent), headers=headers)
    assert answer.json() == {"data": {"data": {"email": "admin@example.com"}}}


@pytest.mark.parametrize("sent", [b"x\r\n", b"-5\r\n", b"5\r\nabcdefgh\r\n"])
def test_body_with_malformed_chunks_is_refused(wire: Wire, sent: bytes) -> None:
    address = urlsplit(wire.emulator.endpoint)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.putrequest("POST", address.path)
    for name, value in wire.authorization("admin").items():
        connection.putheader(name, value)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(sent)
    answer = connection.getresponse()
    assert answer.status == 400
    assert b"is incomplete" in answer.read()
    connection.close()


# Marks

CLOCK = ClockState("frozen", SEEDED_START).stored()
WRONG_MARKS = [
    {"sequence": 3, "ids": [True, 1, 2, "x"], "clock": "a"},
    {"sequence": "3"},
    {"sequence": True},
    {"sequence": None},
    {"sequence": 3.5},
    {"ids": None},
    {"ids": {}},
    {"ids": []},
    {"ids": [True, 1, 2]},
    {"ids": [1, 1, 2, 3]},
    {"ids": [True, 1, 2, "x"]},
    {"ids": [True, 1, 2, False]},
    {"ids": [True, 1, -2, 3]},
    {"ids": [True, 1, 2, 3.5]},
    {"clock": "a"},
    {"clock": None},
    {"clock": True},
    {"clock": 1e300},
    {"clock": -1e11},
    {"clock": 10**30},
    {"clock": {}},
    {"clock": {**CLOCK, "mode": "fast"}},
    {"clock": {**CLOCK, "time": "yesterday"}},
    {"clock": {**CLOCK, "time": "0001-01-01"}},
    {"clock": {**CLOCK, "systemTime": 5}},
    {"clock": {**CLOCK, "speed": 0}},
    {"clock": {**CLOCK, "speed": True}},
    {"clock": {**CLOCK, "speed": 1e300}},
    {"epoch": "1"},
    {"epoch": True},
    {"nope": 1},
]


def reset(wire: Wire, mark: object) -> requests.Response:
    return wire.request(
        "POST",
        "/_emulator/worlds/default/reset",
        headers=wire.authorization("admin"),
        json={"mark": mark},
    )


def state(wire: Wire) -> Any:
    world = wire.emulator.world
    return [world.export(), world.clock.state, world.ids.state(), world.documents.meta]


@pytest.mark.parametrize("wrong", WRONG_MARKS, ids=str)
def test_reset_to_an_invalid_mark_changes_nothing(wire: Wire, wrong: dict[str, Any]) -> None:
    mark = asdict(wire.emulator.mark())
    wire.call("createProject", data={"title": "new", "inputType": "TEXT"})
    before = json.dumps(state(wire), default=str)
    answer = reset(wire, {**mark, **wrong})
    assert answer.status_code == 400
    assert "the answer of POST …/mark" in answer.json()["error"]
    assert json.dumps(state(wire), default=str) == before


def test_mark_before_the_start_or_after_the_present_is_refused(wire: Wire) -> None:
    mark = asdict(wire.emulator.mark())
    start = wire.emulator.world.start
    assert start is not None
    for sequence in (-1, 0, start.sequence - 1, mark["sequence"] + 1, 10**30):
        answer = reset(wire, {**mark, "sequence": sequence})
        assert answer.status_code == 400
        assert "between the start of the world and now" in answer.json()["error"]


def test_undone_mark_is_refused(wire: Wire) -> None:
    first = asdict(wire.emulator.mark())
    wire.call("createProject", data={"title": "new", "inputType": "TEXT"})
    second = asdict(wire.emulator.mark())
    assert reset(wire, first).ok
    wire.call("createProject", data={"title": "other", "inputType": "TEXT"})
    before = json.dumps(state(wire), default=str)
    assert reset(wire, second).status_code == 400
    assert json.dumps(state(wire), default=str) == before


def test_reset_accepts_the_mark_of_the_mark_route(wire: Wire) -> None:
    headers = wire.authorization("admin")
    mark = wire.request("POST", "/_emulator/worlds/default/mark", headers=headers).json()
    before = wire.ids("projects", {})
    wire.call("createProject", data={"title": "new", "inputType": "TEXT"})
    assert reset(wire, mark).ok
    assert wire.ids("projects", {}) == before


@pytest.mark.parametrize(
    ("path", "sent", "says"),
    [
        ("/worlds", {"name": "w", "seed": True}, "the body is invalid: send {"),
        (
            "/worlds",
            {"name": "w", "scenario": ["default"]},
            'the scenario is invalid: send "scenario", the name or path of one, or its content;',
        ),
        ("/worlds/default/wait-idle", {"timeout": True}, "the body is invalid: send {"),
    ],
)
def test_control_plane_refuses_values_of_the_wrong_type(
    wire: Wire, path: str, sent: dict[str, Any], says: str
) -> None:
    headers = wire.authorization("admin")
    answer = wire.request("POST", f"/_emulator{path}", headers=headers, json=sent)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(says)


@pytest.mark.parametrize("seconds", [-1, 1e300, 10**30])
def test_wait_idle_accepts_any_number_of_seconds(wire: Wire, seconds: float) -> None:
    headers = wire.authorization("admin")
    answer = wire.request(
        "POST", "/_emulator/worlds/default/wait-idle", headers=headers, json={"timeout": seconds}
    )
    assert answer.json() == {"idle": True}


# Shutting down


def test_only_the_administrator_of_the_default_world_can_shut_down() -> None:
    with Emulator("default") as emulator:
        wire = Wire(emulator)
        emulator.platform.registry.create("two", "default")
        for key, status in [(None, 401), ("manager", 403), ("emulator-admin.two", 403)]:
            answer = wire.request("POST", "/_emulator/shutdown", headers=wire.authorization(key))
            assert answer.status_code == status
        answer = wire.request("POST", "/_emulator/shutdown", headers=wire.authorization("admin"))
        assert (answer.status_code, answer.text) == (202, "")
        serving = emulator.platform.server._thread
        assert serving is not None
        serving.join(10)
        assert not serving.is_alive()
        with pytest.raises(requests.ConnectionError):
            wire.request("GET", "/health")
        wire.close()


# The secret of upload URLs


def test_signing_secret_is_stored(tmp_path: Path) -> None:
    secret = _signing_secret(tmp_path)
    assert len(secret) > 30
    assert _signing_secret(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", ["", "\n"])
def test_empty_signing_secret_is_replaced(tmp_path: Path, left: str) -> None:
    (tmp_path / "secret").write_text(left)
    secret = _signing_secret(tmp_path)
    assert len(secret) > 30
    assert _signing_secret(tmp_path) == secret
