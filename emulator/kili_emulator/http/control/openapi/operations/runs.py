"""The descriptions of the routes about the runs of plugins."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.run_view import RunDetails, RunView
from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.replays.comparison import ReplayView
from kili_emulator.services.runs import RunLineView

_RUNS = "/worlds/<name>/runs"


class _RunQuery(TypedDict, total=False):
    plugin: str
    project: str
    failed: bool
    limit: int
    after: str
    wait: int
    lines: bool


class ReplayBody(TypedDict, total=False):
    """How often to repeat a run, and with which code."""

    times: int
    archive: str


class _BundleQuery(TypedDict, total=False):
    wholeWorld: bool


class _Lines(TypedDict, total=False):
    lines: list[RunLineView]


class RunList(_Lines):
    """Runs in the order in which they were caused.

    - ``cursor``: the value of ``after`` with which the next answer has later runs only.
    - ``lines``: the new log lines, if they were asked for.
    """

    runs: list[RunView]
    cursor: str


OPERATIONS = (
    Operation(
        "listRuns",
        "GET",
        _RUNS,
        "List runs. With `after`, an earlier cursor, those that ended later; with `wait`, wait so "
        "many seconds for one; with `lines`, also return new log lines.",
        answer=RunList,
        query=_RunQuery,
    ),
    Operation("showRun", "GET", f"{_RUNS}/<run_id>", "Show a run.", answer=RunDetails),
    Operation(
        "replayRun",
        "POST",
        f"{_RUNS}/<run_id>/replay",
        "Call the handler of a run again, in a copy of the world as it was before, and compare it "
        "with the run. `archive` is edited code, a zip archive in base64.",
        answer=ReplayView,
        body=ReplayBody,
        needs_body=False,
    ),
    Operation(
        "bundleRun",
        "GET",
        f"{_RUNS}/<run_id>/bundle",
        "Return a zip archive with what is needed to repeat a run elsewhere, without the keys of "
        "the world.",
        query=_BundleQuery,
        text="application/zip",
    ),
    Operation(
        "redeliverRun",
        "POST",
        f"{_RUNS}/<run_id>/redeliver",
        "Repeat the delivery of a run to a webhook; return the new run.",
        answer=RunDoc,
    ),
)
