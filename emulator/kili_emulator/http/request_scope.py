"""The request that a thread answers: its id in logs and in the answer, its operation, its duration.

A WSGI middleware around the application. An id of the client, in the header ``X-Request-Id``, is
kept if it is harmless in a log line; otherwise the request gets a new one.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from kili_emulator import clock, ids, messages
from kili_emulator.instruments import Instruments
from kili_emulator.observe.requests import (
    RequestOutcome,
    RequestRecord,
    RequestRing,
    forget_current,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

REQUEST_ID_HEADER = "X-Request-Id"
_ENVIRON_KEY = "HTTP_X_REQUEST_ID"
_HARMLESS_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
# The labels of requests whose operation is not one of a known set.
_SEVERAL = "several operations"
_UNKNOWN = "unknown"

logger = logging.getLogger(__name__)


class RequestScope:
    """One request.

    Attributes:
        id: identifies the request in logs.
        operation: the root field of a GraphQL request, or the method and rule of a route.
        has_errors: whether a GraphQL answer has errors.
        status: the HTTP status; 0 until the answer begins, and for websockets.
        fault: the effect of the fault that the request met; ``None`` without a fault.
        record: the record of the request, once its world is known.
    """

    __slots__ = ("_ring", "fault", "has_errors", "id", "operation", "record", "status")

    def __init__(self, request_id: str) -> None:
        self.id = request_id
        self.operation = ""
        self.has_errors = False
        self.status = 0
        self.fault: str | None = None
        self.record: RequestRecord | None = None
        self._ring: RequestRing | None = None

    def begin_record(self, ring: RequestRing, record: RequestRecord) -> None:
        """Record the request among those of its world."""
        self.record, self._ring = record, ring
        ring.begin(record)

    def end_record(self, seconds: float) -> None:
        """Complete the record, if there is one."""
        if self.record is not None and self._ring is not None:
            forget_current()
            self.record.status, self.record.fault = self.status, self.fault
            self._ring.end(self.record, self.outcome, seconds)

    @property
    def outcome(self) -> RequestOutcome:
        """``ok``, ``error`` for a mistake of the client, or ``failure`` for one of the emulator."""
        if self.status >= 500:
            return "failure"
        is_unanswered = self.status == 0  # a fault has ended the connection
        return "error" if self.has_errors or self.status >= 400 or is_unanswered else "ok"


_current: ContextVar[RequestScope | None] = ContextVar("request", default=None)


def current_request() -> RequestScope | None:
    """Return the request that this thread answers, if there is one."""
    return _current.get()


def note_operations(root_fields: Sequence[str], *, has_errors: bool) -> None:
    """Note the result of the GraphQL request that this thread answers.

    Args:
        root_fields: the root fields, such as ``Query.assets``; empty for an invalid document, whose
            names are not ones of the schema.
    """
    scope = _current.get()
    if scope is not None:
        scope.has_errors = has_errors
        if root_fields:
            scope.operation = root_fields[0] if len(root_fields) == 1 else _SEVERAL


def note_fault(effect: str) -> None:
    """Note the effect of the fault that the request of this thread meets."""
    scope = _current.get()
    if scope is not None:
        scope.fault = effect


def note_route(method: str, rule: object) -> None:
    """Note the route of the request that this thread answers.

    Args:
        rule: the rule of the route, such as ``/_emulator/worlds/<name>``; ``None`` if there is none
            for the path.
    """
    scope = _current.get()
    if scope is not None and not scope.operation:
        scope.operation = f"{method} {rule}" if rule is not None else _UNKNOWN


class RequestScopes:
    """The application, with a scope around each request.

    Args:
        application: answers the requests.
        instruments: counts the requests.
    """

    def __init__(self, application: WSGIApplication, instruments: Instruments) -> None:
        self._application = application
        self._durations = instruments.requests

    def __call__(
        self, environ: WSGIEnvironment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request."""
        sent_id = environ.get(_ENVIRON_KEY, "")
        is_harmless = _HARMLESS_ID.fullmatch(sent_id) is not None
        scope = RequestScope(sent_id if is_harmless else ids.new_request_id())

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            scope.status = int(status[:3])
            headers.append((REQUEST_ID_HEADER, scope.id))
            return start_response(status, headers, *rest)

        token = _current.set(scope)
        begin = clock.monotonic()
        try:
            return self._application(environ, start)
        except OSError:  # the client left, or its connection was a websocket
            raise
        except Exception:
            logger.exception(messages.REQUEST_FAILED.format(path=environ["PATH_INFO"]))
            start("500 Internal Server Error", [], sys.exc_info())
            return []
        finally:
            seconds = clock.monotonic() - begin
            scope.end_record(seconds)
            if scope.status:
                self._finish(scope, environ, seconds)
            _current.reset(token)

    def _finish(self, scope: RequestScope, environ: WSGIEnvironment, seconds: float) -> None:
        self._durations.add(seconds, scope.operation or _UNKNOWN, scope.outcome)
        if logger.isEnabledFor(logging.DEBUG):
            text = messages.REQUEST_ANSWERED.format(
                method=environ["REQUEST_METHOD"],
                path=environ["PATH_INFO"],
                operation=scope.operation,
                status=scope.status,
                milliseconds=seconds * 1000,
            )
            logger.debug(text)
