"""The descriptions of the routes about what happened: requests, events, log lines, the timeline."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.observe.timeline import RequestNode
from kili_emulator.services.calls import ApiCallView
from kili_emulator.services.events import EventView
from kili_emulator.services.runs import RunLineView

_WORLD = "/worlds/<name>"


class _CallQuery(TypedDict, total=False):
    operation: str
    user: str
    failed: bool
    limit: int


class CallList(TypedDict):
    """API requests in the order of their arrival."""

    calls: list[ApiCallView]


class _EventQuery(TypedDict, total=False):
    type: str
    project: str
    asset: str
    run: str
    internal: bool
    limit: int


class EventList(TypedDict):
    """Events in order."""

    events: list[EventView]


class _LogQuery(TypedDict, total=False):
    plugin: str
    project: str
    after: int
    limit: int
    wait: int


class LogLineList(TypedDict):
    """Log lines in the order in which they were stored.

    ``next`` is the value of ``after`` with which the next answer has later lines only.
    """

    lines: list[RunLineView]
    next: int


class _TimelineQuery(TypedDict, total=False):
    run: str
    asset: str
    project: str
    limit: int
    after: str
    wait: int


class Timeline(TypedDict):
    """Requests that no plugin sent, oldest first, each with the tree of its effects.

    ``cursor`` is the value of ``after`` with which the next answer has later requests only.
    """

    requests: list[RequestNode]
    cursor: str


OPERATIONS = (
    Operation(
        "listCalls",
        "GET",
        f"{_WORLD}/calls",
        "List the latest API requests. `operation` is a root field, the name of an operation, "
        "`graphql`, `query`, `mutation`, `upload` or `download`; `user` is an e-mail address, the "
        "name of a key, or a plugin.",
        answer=CallList,
        query=_CallQuery,
    ),
    Operation(
        "listEvents",
        "GET",
        f"{_WORLD}/events",
        "List events. `type` is a name, or a pattern such as `asset.*`; with `internal`, also "
        "those that the audit trail does not have.",
        answer=EventList,
        query=_EventQuery,
    ),
    Operation(
        "listLogLines",
        "GET",
        f"{_WORLD}/logs",
        "List the log lines of plugins. With `after`, those that were stored later; with `wait`, "
        "wait so many seconds for one.",
        answer=LogLineList,
        query=_LogQuery,
    ),
    Operation(
        "showTimeline",
        "GET",
        f"{_WORLD}/timeline",
        "Show requests with the trees of their effects: of all, of one run, or of an asset or a "
        "project. With `after`, an earlier cursor, those that were answered later and whose runs "
        "have ended; with `wait`, wait so many seconds for one.",
        answer=Timeline,
        query=_TimelineQuery,
    ),
)
