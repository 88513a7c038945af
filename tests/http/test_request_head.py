"""Heads of the usual form are read as the standard library and Werkzeug read them."""

from __future__ import annotations

import io
from http.client import HTTPException, HTTPMessage, parse_headers
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import DechunkedInput, WSGIRequestHandler

from kili_emulator.http.serving.request_handler import RequestHandler
from kili_emulator.http.serving.request_head import read_usual_head

LINE = b"POST /api/label/v2/graphql?a=b HTTP/1.1\r\n"
BODY = b"{}\r\n\r\nX: y\r\n"

NAMES = st.sampled_from(
    [
        *("Host", "host", "Content-Type", "Content-Length", "Transfer-Encoding", "X-Y", "X_Y"),
        *("x-y", "Connection", "Expect", "From", "X Y", "", "\xe9", "a\x00b", "X\t", " X"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *("", " ", "a", "a ", " a", "\ta", "a\tb", "a:b", ": a", "a\x00", "é", "\x85", "\x7f"),
            *("a\rb", "a\nb", "a\r\n b", "1", "1\r\n\r\n", "chunked", "close", "100-continue"),
        ]
    ),
    st.text(st.characters(max_codepoint=255), max_size=8),
)
SEPARATORS = st.sampled_from([": ", ": ", ": ", ":", ":  ", " : ", ""])
ENDS = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n\r\n", ""])
HEADERS = st.one_of(
    st.tuples(NAMES, SEPARATORS, VALUES, ENDS).map("".join),
    st.sampled_from(["Transfer-Encoding: chunked\r\n", "transfer-encoding: gzip, chunked\r\n"]),
    st.sampled_from(["Content-Length: 1\r\n", "connection: Close\r\n", "X_Y: a\r\n", "X-Y: b\r\n"]),
)
HEADS = st.lists(HEADERS, max_size=6).map(lambda lines: "".join((*lines, "\r\n")).encode("latin-1"))
TARGETS = st.one_of(
    st.sampled_from(["/", "//", "//a/b", "/a//b", "*", "http://a/b", "/a?b?c", "/a#b", "/%41"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=9).map("/{}".format),
)


def read_by_standard_library(head: bytes) -> tuple[list[tuple[str, str]], bytes] | None:
    """Return the headers and the rest of the stream; ``None`` if the library refuses the head."""
    stream = io.BytesIO(head + BODY)
    try:
        return list(parse_headers(stream).items()), stream.read()
    except HTTPException:
        return None


@given(HEADS)
def test_usual_head_is_read_as_by_the_standard_library(head: bytes) -> None:
    stream = io.BufferedReader(io.BytesIO(head + BODY))  # type: ignore[arg-type]
    found = read_usual_head(LINE, stream)
    if found is None:
        assert stream.read() == head + BODY  # all is left to the standard library
        return
    assert isinstance(found.headers, HTTPMessage)
    assert (list(found.headers.items()), stream.read()) == read_by_standard_library(head)
    assert (found.method, found.target) == ("POST", "/api/label/v2/graphql?a=b")


@pytest.mark.parametrize("count", [1, 98, 99, 100, 101, 150])
def test_number_of_headers_is_limited_by_the_standard_library(count: int) -> None:
    head = b"".join(b"X-%d: a\r\n" % number for number in range(count)) + b"\r\n"
    stream = io.BufferedReader(io.BytesIO(head + BODY))  # type: ignore[arg-type]
    found = read_usual_head(LINE, stream)
    expected = read_by_standard_library(head)
    assert (found is None) == (expected is None)
    assert found is None or list(found.headers.items()) == expected[0]  # type: ignore[index]


HEAD_OF_SDK = (
    b"Host: 127.0.0.1:8001\r\nUser-Agent: python-requests/2.32.3\r\n"
    b"Accept-Encoding: gzip, deflate\r\nAuthorization: X-API-Key: emulator-admin\r\n"
    b"kili-client-platform-version: #1 SMP PREEMPT_DYNAMIC @0\r\nContent-Length: 77\r\n\r\n"
)


def test_head_of_the_sdk_is_a_usual_one() -> None:
    stream = io.BufferedReader(io.BytesIO(HEAD_OF_SDK + BODY))  # type: ignore[arg-type]
    assert read_usual_head(LINE, stream) is not None


@pytest.mark.parametrize("size", range(0, len(HEAD_OF_SDK), 20))
def test_head_that_has_not_arrived_is_left_to_the_standard_library(size: int) -> None:
    stream = io.BufferedReader(io.BytesIO(HEAD_OF_SDK[:size]))  # type: ignore[arg-type]
    assert read_usual_head(LINE, stream) is None
    assert stream.read() == HEAD_OF_SDK[:size]


def handler(target: str, head: bytes) -> Any:
    """Return a handler that has read a request, without a connection."""
    made = RequestHandler.__new__(RequestHandler)
    made.raw_requestline = f"POST {target} HTTP/1.1\r\n".encode()
    made.rfile = io.BufferedReader(io.BytesIO(head + BODY))  # type: ignore[arg-type]
    made.wfile = io.BytesIO()
    made.client_address = ("127.0.0.1", 4711)
    made.connection = object()  # type: ignore[assignment]
    made.server = SimpleNamespace(  # type: ignore[assignment]
        ssl_context=None, multithread=True, multiprocess=False, server_address=("127.0.0.1", 8001)
    )
    return made


@given(TARGETS, HEADS)
def test_environment_is_the_one_of_werkzeug(target: str, head: bytes) -> None:
    ours, other = handler(target, head), handler(target, head)
    is_parsed = WSGIRequestHandler.parse_request(other)
    assert ours.parse_request() == is_parsed
    assert ours.wfile.getvalue() == other.wfile.getvalue()
    if not is_parsed:
        return
    assert ours.close_connection == other.close_connection
    assert (ours.requestline, ours.path) == (other.requestline, other.path)
    other.connection = ours.connection
    found, expected = ours.make_environ(), WSGIRequestHandler.make_environ(other)
    bodies = [each.pop("wsgi.input") for each in (found, expected)]
    assert isinstance(bodies[0], DechunkedInput) == isinstance(bodies[1], DechunkedInput)
    assert found == expected
