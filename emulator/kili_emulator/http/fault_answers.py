"""The effects of faults on requests: wrong answers, and connections that end too early."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from kili_emulator import errors
from kili_emulator.http.serving.answer import CLOSE_HEADER, PacedBody
from kili_emulator.observe.fault_rule import FaultOptions
from kili_emulator.observe.faults import MetFault
from kili_emulator.rules.json_text import parse_json, write_json

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
# The longest pause between two pieces of a slow body, in seconds.
_PACE = 0.1


class ConnectionDroppedError(ConnectionAbortedError):
    """A fault ends the connection; the server sends no answer."""


class _Answer:
    """An answer of the application, which was read to its end."""

    def __init__(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        written: list[bytes] = []

        def start(
            status: str, headers: list[tuple[str, str]], _: object = None
        ) -> Callable[[bytes], Any]:
            self.status, self.headers = status, headers
            return written.append

        chunks = application(environ, start)
        try:
            self.body = b"".join((*written, *chunks))
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def headers_for(self, length: int, *further: tuple[str, str]) -> list[tuple[str, str]]:
        """Return the headers of the answer, with the length of another body."""
        kept = [each for each in self.headers if each[0].lower() != "content-length"]
        return [*kept, ("Content-Length", str(length)), *further]


def answer_with_fault(
    application: WSGIApplication,
    environ: WSGIEnvironment,
    start_response: Callable[..., Any],
    fault: MetFault,
    response_keys: Sequence[str],
) -> Iterable[bytes]:
    """Answer a request that meets a fault.

    Args:
        application: answers the request if the platform gets it.
        response_keys: the members of ``data`` in the answer to a GraphQL request.

    Raises:
        ConnectionDroppedError: the connection ends.
    """
    options = fault.options
    fault.delay()
    if options.get("drop") == "before":
        raise ConnectionDroppedError
    if "status" in options:
        return _start(start_response, _refusal(options), fault)
    if "error" in options and not options.get("partial"):
        content = {"errors": _graphql_errors(options, response_keys), "data": None}
        return _start(start_response, ("200 OK", _JSON, write_json(content), []), fault)
    if not {"drop", "error", "truncate", "slow"} & options.keys():
        return application(environ, start_response)
    answer = _Answer(application, environ)
    if "drop" in options:
        raise ConnectionDroppedError
    if "error" in options:
        answer.body = _with_errors(answer.body, _graphql_errors(options, response_keys))
    if "truncate" in options:
        headers = answer.headers_for(len(answer.body), CLOSE_HEADER)
        start_response(answer.status, headers)
        return _paced(answer.body[: options["truncate"]], fault)
    start_response(answer.status, answer.headers_for(len(answer.body)))
    return _paced(answer.body, fault)


_Refusal = tuple[str, str, bytes, list[tuple[str, str]]]


def _refusal(options: FaultOptions) -> _Refusal:
    """Return the status, the type, the body and further headers of the answer ``status``."""
    status = options["status"]
    known = [each for each in HTTPStatus if each == status]
    phrase = known[0].phrase if known else "Fault"
    body = options.get("body", errors.UNAUTHORIZED if status == HTTPStatus.UNAUTHORIZED else phrase)
    kind = _JSON if body.lstrip().startswith(("{", "[")) else _TEXT
    headers = [("Retry-After", str(options["retry_after"]))] if "retry_after" in options else []
    return f"{status} {phrase}", kind, body.encode(errors="backslashreplace"), headers


def _start(
    start_response: Callable[..., Any], refusal: _Refusal, fault: MetFault
) -> Iterable[bytes]:
    status, kind, body, headers = refusal
    sizes = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    start_response(status, [*sizes, ("X-Content-Type-Options", "nosniff"), *headers])
    return _paced(body, fault)


def _graphql_errors(options: FaultOptions, response_keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return ``errors`` in the form of the platform (contract/errors.md#format)."""
    code = options.get("code", errors.RESOLUTION_FAILURE)
    error: dict[str, Any] = {
        "message": options["error"],
        "extensions": {"code": code, **options.get("extensions", {})},
    }
    if response_keys:
        error["path"] = list(response_keys[:1])
    return [error]


def _with_errors(body: bytes, graphql_errors: list[dict[str, Any]]) -> bytes:
    """Add errors to the body of an answer; its data stay."""
    content = parse_json(body)
    return write_json({**content, "errors": [*content.get("errors", []), *graphql_errors]})


def _paced(body: bytes, fault: MetFault) -> Iterable[bytes]:
    """Return a body whose pieces leave one by one, if the fault is slow."""
    seconds = fault.options.get("slow")
    return [body] if seconds is None else PacedBody(_pieces(body, seconds, fault))


def _pieces(body: bytes, seconds: float, fault: MetFault) -> Iterator[bytes]:
    count = max(1, min(len(body), math.ceil(seconds / _PACE)))
    for number in range(count):
        fault.pause(seconds / count)
        yield body[len(body) * number // count : len(body) * (number + 1) // count]
