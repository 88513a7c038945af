"""Names and texts of clients forge no header, no log line and no output of a terminal.

tests/test_terminal.py has the commands, tests/test_printable.py the escapes, and
tests/hostile the texts that take long to read.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kili_emulator.app import Emulator
from tests.kit.wire import Wire

# Moves the cursor, sets the title of a window, begins a header or line, turns the text direction.
HOSTILE = (
    "a\x1b[2J\x1b]0;title\x07\r\nX-Injected: 1\r\n\r\n\x9b31m\x85\x7f\u2028\u202e%0d%0aX-Injected:"
)
# What no line of a log may contain: C0 and C1 controls, further line ends, text directions.
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, Path]]:
    """Start an emulator with a request log; return a client and the file."""
    path = tmp_path_factory.mktemp("log") / "requests.jsonl"
    with Emulator(seed=0, request_log=path) as emulator:
        wire = Wire(emulator)
        yield wire, path
        wire.close()


def exchange(wire: Wire, request: bytes) -> bytes:
    """Send bytes to the server, and return all bytes of the answer."""
    address = urlsplit(wire.emulator.url)
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(request)
        while part := connection.recv(65_536):
            received += part
    return received


def headers_of(answer: bytes) -> set[str]:
    head, _, _ = answer.partition(b"\r\n\r\n")
    return {line.split(b":")[0].decode().lower() for line in head.split(b"\r\n")[1:]}


PATHS = [
    "/nothing/%0d%0aX-Injected:%201",
    "/_emulator/worlds/%0d%0aX-Injected:%201/export",
    "/_emulator/worlds/default/runs/%0d%0aX-Injected:%201",
    "/_emulator/worlds/default/people/%0d%0aX-Injected:%201",
    "/_emulator/worlds/default/plugins/versions?plugin=%0d%0aX-Injected:%201",
    "/api/label/v2/files?id=%0d%0aX-Injected:%201",
    "/api/label/v2/files/upload?token=%0d%0aX-Injected:%201",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_path_injects_no_header(logged: tuple[Wire, Path], method: str, path: str) -> None:
    wire, _ = logged
    address = urlsplit(wire.emulator.url)
    key = wire.emulator.key()
    sent = (
        f"{method} {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        f"Authorization: X-API-Key: {key}\r\nContent-Length: 0\r\n\r\n"
    )
    answer = exchange(wire, sent.encode())
    assert int(answer.split(b" ", 2)[1]) < 500
    assert "x-injected" not in headers_of(answer)
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "line",
    [
        b"Host: 127.0.0.1\r\nHost: evil.example",
        b"Host: 127.0.0.1, evil.example",
        b"Host: 127.0.0.1\x00.evil.example",
        b"Host: 127.0.0.1\r\n .evil.example",
        b"Host: evil.example\r\nX-Forwarded-Host: 127.0.0.1",
        b"Host: evil.example\r\nForwarded: host=127.0.0.1",
    ],
)
def test_host_cannot_be_hidden_behind_another(logged: tuple[Wire, Path], line: bytes) -> None:
    wire, _ = logged
    key = wire.emulator.key().encode()
    sent = (
        b"GET /_emulator/worlds HTTP/1.1\r\n" + line + b"\r\nConnection: close\r\n"
        b"Authorization: X-API-Key: " + key + b"\r\n\r\n"
    )
    status = int(exchange(wire, sent).split(b" ", 2)[1])
    assert status in (400, 403)


def test_forwarded_headers_change_no_url(logged: tuple[Wire, Path]) -> None:
    wire, _ = logged
    (project,) = wire.ids("projects", {})
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "/evil",
    }
    query = "query($p: [String!]) { urls: createUploadBucketSignedUrls(filePaths: $p) }"
    body = {"query": query, "variables": {"p": [f"projects/{project}/assets/a/content"]}}
    (url,) = wire.post(body, headers=headers).json()["data"]["urls"]
    assert url.startswith(f"{wire.emulator.url}/api/label/v2/files/upload?token=")


def test_request_log_has_one_clean_line_for_each_request(logged: tuple[Wire, Path]) -> None:
    wire, path = logged
    before = len(path.read_text(encoding="utf-8").splitlines())
    client = "\x1b[2J\x9b31m\x85\x7f\xadé"
    address = urlsplit(wire.emulator.endpoint)
    body = b'{"query": "{ viewer { id } }"}'
    for name in ("kili-client-name", "kili-client-version", "kili-client-method-name"):
        sent = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
            f"Authorization: X-API-Key: {wire.emulator.key()}\r\n{name}: {client}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        assert b" 200 " in exchange(wire, sent.encode("latin-1") + body)[:20]
    content = path.read_bytes().decode("utf-8")
    assert not RAW.search(content), ascii(content)
    lines = content.split("\n")[before:-1]
    assert len(lines) == 3
    assert json.loads(lines[0])["client"] == client


def test_hostile_names_are_stored_and_answered_as_they_are(logged: tuple[Wire, Path]) -> None:
    wire, path = logged
    data = {"title": HOSTILE, "inputType": "TEXT", "description": HOSTILE}
    made = wire.call("createProject", data=data, selection="id title description")
    assert (made["title"], made["description"]) == (HOSTILE, HOSTILE)
    rows = {"contentArray": ["x"], "externalIDArray": [HOSTILE]}
    answer = wire.send(
        "appendManyAssets", data=rows, where={"id": made["id"]}, selection="externalId"
    )
    assert answer.json()["data"]["data"] == [{"externalId": HOSTILE}]
    assert "X-Injected" not in answer.headers
    found = wire.request(
        "GET",
        f"/_emulator/worlds/default/why?asset={quote(HOSTILE)}&project={made['id']}",
        headers=wire.authorization("admin"),
    )
    assert found.status_code < 500
    assert "X-Injected" not in found.headers
    assert not RAW.search(path.read_text(encoding="utf-8"))
