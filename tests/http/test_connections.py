"""Connections: several requests, unread and doubtful bodies, silent clients, limits."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.wrappers import Request, Response

from kili_emulator.app import Emulator
from kili_emulator.http.server import HttpServer
from kili_emulator.http.serving.request_stream import TimeLimits
from tests.kit.raw_http import ANSWER, QUERY, RawConnection
from tests.kit.server_under_test import ServerUnderTest
from tests.kit.subscription_client import connected_client
from tests.kit.wire import Wire
from tests.kit.world_content import set_up_world

CHUNKED_QUERY = b"%x\r\n%s\r\n0\r\n\r\n" % (len(QUERY), QUERY)


@pytest.fixture
def connection(kili_emulator: Emulator) -> Iterator[RawConnection]:
    with RawConnection(kili_emulator.url) as connection:
        yield connection


# Several requests


def test_requests_share_a_connection(connection: RawConnection) -> None:
    for _ in range(3):
        connection.send(connection.query())
        answer = connection.answer()
        assert (answer.status, answer.body) == (200, ANSWER)
        assert "connection" not in answer.headers
    connection.send(connection.head("GET /health HTTP/1.1"))
    assert connection.answer().status == 200


def test_requests_sent_at_once_are_answered_in_order(connection: RawConnection) -> None:
    connection.send(connection.query() + connection.head("GET /none HTTP/1.1") + connection.query())
    assert [connection.answer().status for _ in range(3)] == [200, 404, 200]


def test_request_follows_a_chunked_body(connection: RawConnection) -> None:
    head = connection.head("POST /api/label/v2/graphql HTTP/1.1", "Transfer-Encoding: chunked")
    connection.send(head + CHUNKED_QUERY + connection.query())
    assert [connection.answer().body for _ in range(2)] == [ANSWER, ANSWER]


@pytest.mark.parametrize(
    ("request_line", "headers"),
    [
        ("GET /health HTTP/1.1", ["Connection: close"]),
        ("GET /health HTTP/1.0", []),
    ],
)
def test_connection_ends_as_the_client_wants(
    connection: RawConnection, request_line: str, headers: list[str]
) -> None:
    connection.send(connection.head(request_line, *headers) + connection.query())
    assert connection.answer().headers["connection"] == "close"
    assert connection.rest() == b""


def test_old_client_can_keep_the_connection(connection: RawConnection) -> None:
    for _ in range(2):
        connection.send(connection.head("GET /health HTTP/1.0", "Connection: keep-alive"))
        assert connection.answer().headers["connection"] == "keep-alive"


def test_answer_to_head_has_no_body(connection: RawConnection) -> None:
    for _ in range(2):
        connection.send(connection.head("HEAD /health HTTP/1.1"))
        answer = connection.answer(has_body=False)
        assert int(answer.headers["content-length"]) > 0
    connection.send(connection.query())
    assert connection.answer().body == ANSWER


# Bodies that nobody reads, or whose end is in doubt


def test_refused_request_is_answered_before_its_body_is_sent(connection: RawConnection) -> None:
    connection.send(
        connection.head(
            "POST /api/label/v2/graphql HTTP/1.1",
            "Content-Length: 1000000",
            "Expect: 100-continue",
            key="wrong",
        )
    )
    answer = connection.answer()
    assert (answer.status, answer.headers["connection"]) == (401, "close")


def test_client_is_asked_once_for_a_body_that_it_holds_back(connection: RawConnection) -> None:
    request = connection.query("Expect: 100-continue")
    connection.send(request.removesuffix(QUERY))
    assert connection.answer().status == 100
    connection.send(QUERY)
    answer = connection.answer()
    assert (answer.status, answer.body) == (200, ANSWER)


def test_client_that_sends_a_long_body_reads_the_refusal(connection: RawConnection) -> None:
    connection.send(connection.query(body=b" " * 5_000_000, key="wrong"))
    answer = connection.answer()
    assert (answer.status, answer.headers["connection"]) == (401, "close")
    assert connection.rest() == b""


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 0", "Content-Length: 400"],
        ["Content-Length: +0"],
        ["Content-Length: 0, 0"],
        ["Content-Length: -1"],
        ["Content-Length: " + "9" * 5000],
        ["Content-Length: 0", "Transfer-Encoding: identity"],
        ["Transfer-Encoding: gzip"],
    ],
)
def test_no_request_is_read_behind_a_body_of_doubtful_length(
    connection: RawConnection, headers: list[str]
) -> None:
    head = connection.head("POST /api/label/v2/graphql HTTP/1.1", *headers)
    connection.send(head + connection.query())
    answer = connection.answer()
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert connection.rest() == b""


# Threads


def test_requests_that_wait_for_each_other_are_all_answered() -> None:
    count = 40
    barrier = threading.Barrier(count)

    @Request.application
    def application(_: Request) -> Response:
        barrier.wait(20)
        return Response("met")

    server = HttpServer(application, "127.0.0.1", 0)
    server.start()
    try:
        url = f"http://127.0.0.1:{server.port}/"
        with ThreadPoolExecutor(count) as threads:
            answers = threads.map(lambda _: requests.get(url, timeout=30).text, range(count))
            assert list(answers) == ["met"] * count
    finally:
        server.stop()


def test_stopped_server_ends_waiting_connections() -> None:
    with (
        Emulator() as emulator,
        RawConnection(emulator.url) as used,
        RawConnection(emulator.url) as unused,
    ):
        used.send(used.query())
        assert used.answer().status == 200
        emulator.platform.server.stop()
        assert (used.rest(), unused.rest()) == (b"", b"")


def test_function_is_called_once_after_the_first_answer(kili_emulator: Emulator) -> None:
    called: list[str] = []
    done = threading.Event()

    def call() -> None:
        called.append("called")
        done.set()

    with RawConnection(kili_emulator.url) as connection:
        kili_emulator.platform.after_first_answer(call)
        assert not called
        connection.send(connection.query())
        assert connection.answer().status == 200
        assert done.wait(20)
        connection.send(connection.query())
        assert connection.answer().status == 200
        connection.send(connection.query())
        assert connection.answer().status == 200  # the thread is past its second answer
    assert called == ["called"]


def can_listen_on_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not can_listen_on_ipv6(), reason="a system without IPv6")
@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1"]),
        ("::1", ["[::1]"]),
        ("::", ["127.0.0.1", "[::1]"]),
    ],
)
def test_server_is_reached_at_the_addresses_of_its_host(host: str, reached: list[str]) -> None:
    with Emulator(host=host) as emulator:
        port = emulator.platform.server.port
        found = []
        for address in ("127.0.0.1", "[::1]"):
            with (
                contextlib.suppress(ConnectionRefusedError),
                RawConnection(f"http://{address}:{port}") as connection,
            ):
                connection.send(connection.query(key=emulator.key()))
                assert connection.answer().body == ANSWER
                found.append(address)
    assert found == reached


# Silent clients


def test_silent_connections_keep_nobody_from_an_answer(tmp_path: Path) -> None:
    with ServerUnderTest(tmp_path, "--ephemeral") as server:
        silent = [RawConnection(server.url) for _ in range(150)]
        with RawConnection(server.url) as connection:
            for _ in range(3):
                connection.send(connection.query())
                assert connection.answer().body == ANSWER
        for each in silent:  # they are still open
            each.send(each.query())
            assert each.answer().body == ANSWER
            each.close()


@pytest.fixture
def impatient(kili_emulator: Emulator) -> Iterator[Emulator]:
    """Return an emulator that ends a connection after a second of silence."""
    server = kili_emulator.platform.server
    before, server.limits = server.limits, TimeLimits(silence=1.0, head=1.0)
    yield kili_emulator
    server.limits = before


@pytest.mark.parametrize("sent", [b"", b"GET", b"GET /health HTTP/1.1\r\nHost: x"])
def test_connection_without_a_whole_request_is_ended(impatient: Emulator, sent: bytes) -> None:
    with RawConnection(impatient.url) as connection:
        connection.send(sent)
        assert connection.rest() == b""


def test_connection_is_ended_while_its_head_trickles(impatient: Emulator) -> None:
    with RawConnection(impatient.url) as connection:
        connection.send(b"GET /health HTTP/1.1\r\n")
        for _ in range(100):  # each silence is shorter than the limit, but not their sum
            connection.send(b"A: b\r\n")
            if select.select([connection.socket], [], [], 0.2)[0]:
                break
        assert connection.rest() == b""


def test_client_that_stops_in_its_body_gets_an_error(impatient: Emulator) -> None:
    with RawConnection(impatient.url) as connection:
        connection.send(connection.query()[:-5])
        answer = connection.answer()
        assert (answer.status, answer.headers["connection"]) == (400, "close")
        assert b"is incomplete" in answer.body


def test_slow_upload_that_progresses_is_accepted(impatient: Emulator) -> None:
    impatient.platform.server.limits = TimeLimits(silence=2.0, head=2.0)
    with RawConnection(impatient.url) as connection:
        connection.send(connection.query().removesuffix(QUERY))
        pause = threading.Event()
        for start in range(0, len(QUERY), 8):  # in all, longer than both limits
            connection.send(QUERY[start : start + 8])
            pause.wait(0.5)
        assert connection.answer().body == ANSWER


def test_silent_subscription_goes_on(impatient: Emulator) -> None:
    wire = Wire(impatient)
    world_ids = set_up_world(wire)
    with connected_client(wire) as client:
        client.start("a", world_ids["project"])
        threading.Event().wait(1.5)
        label = wire.append_label(world_ids["farm"], "{}", kind="DEFAULT", modelName="m")
        assert client.receive()["payload"]["data"]["data"]["id"] == label
    wire.close()


# File descriptors


def limit_descriptors(server: ServerUnderTest, count: int) -> None:
    import resource  # not on Windows

    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (count, count))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(sys.platform != "linux", reason="the times of another process")
def test_server_without_free_descriptors_waits_and_goes_on(tmp_path: Path) -> None:
    server = ServerUnderTest(tmp_path, "--ephemeral")
    with server:
        limit_descriptors(server, 64)
        connections: list[Any] = [RawConnection(server.url) for _ in range(90)]
        for each in connections:
            each.send(b"GET")  # a request has begun, so that the server may not end it
        before = cpu_seconds(server.pid)
        threading.Event().wait(2)
        assert cpu_seconds(server.pid) - before < 0.5
        for each in connections:
            each.close()
        assert requests.get(f"{server.url}/health", timeout=20).json() == {"status": "ready"}
    assert sum("no more file descriptors" in line for line in server.output) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
def test_unused_connections_make_room_for_others(tmp_path: Path) -> None:
    server = ServerUnderTest(tmp_path, "--ephemeral")
    with server:
        limit_descriptors(server, 64)
        connections = [RawConnection(server.url) for _ in range(90)]
        assert requests.get(f"{server.url}/health", timeout=20).json() == {"status": "ready"}
        for each in connections:
            each.close()
