"""Routes that list the runs of plugins, follow them, and show one."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask import Blueprint, Response, jsonify, request

from kili_emulator import errors
from kili_emulator.domain.registry import WorldError
from kili_emulator.http.control.sessions import Sessions
from kili_emulator.services import runs
from kili_emulator.services.runs import Cursor, RunQuery, SeenLines

_PARAMETERS = {"plugin", "project", "failed", "after", "wait", "limit", "lines"}
_END_PATTERN = re.compile(r"(?P<epoch>\d{1,18})\.(?P<sequence>-1|\d{1,18})")
_SEEN_PATTERN = re.compile(r"(?P<epoch>\d{1,18}):(?P<run>\w{1,64}):(?P<count>\d{1,9})", re.ASCII)
_NUMBER_PATTERN = re.compile(r"\d{1,9}")


def add_run_routes(blueprint: Blueprint, sessions: Sessions) -> None:
    """The routes that list runs, wait for the end of further ones, and show one.

    ``GET …/runs`` answers ``runs`` and a ``cursor``. With ``after`` (a cursor), they are those that
    have ended since; with ``wait`` (seconds), too, the answer waits for one. With ``lines=true``,
    it has ``lines`` as well: what runs have logged since, those that have not ended included, and
    ``wait`` waits for a line, too.
    """

    @blueprint.get("/worlds/<name>/runs")
    def list_runs(name: str) -> Response:
        query, seconds, seen = _parse_parameters()
        session = sessions.open(name, seconds)
        page, log_page, epoch = runs.follow_runs(session, query, seen)
        cursor = ".".join(map(str, page.cursor))
        if log_page is None:
            return jsonify(runs=page.runs, cursor=cursor)
        seen_parts = [f"{epoch}:{run}:{count}" for run, count in log_page.seen.items()]
        return jsonify(runs=page.runs, lines=log_page.lines, cursor=",".join([cursor, *seen_parts]))

    @blueprint.get("/worlds/<name>/runs/<run_id>")
    def show_run(name: str, run_id: str) -> Response:
        return jsonify(runs.show_run(sessions.open(name), run_id))


class _Parameters(NamedTuple):
    """The parameters of a request for runs.

    Attributes:
        seconds: how long the client waits for news.
        seen: how many lines of runs it has; ``None`` if it wants no log lines.
    """

    query: RunQuery
    seconds: int
    seen: SeenLines | None


def _parse_parameters() -> _Parameters:
    """The parameters of the request.

    Raises:
        WorldError: one is unknown or wrong.
    """
    arguments = request.args
    failed, lines = arguments.get("failed", "false"), arguments.get("lines", "false")
    limit, wait = arguments.get("limit"), arguments.get("wait", "0")
    is_valid = {failed, lines} <= {"true", "false"} and not arguments.keys() - _PARAMETERS
    if not is_valid or not all(_NUMBER_PATTERN.fullmatch(each) for each in (limit or "0", wait)):
        raise WorldError(errors.CONTROL_RUNS_INVALID)
    after, seen = _parse_cursor(arguments.get("after"))
    query = RunQuery(
        plugin=arguments.get("plugin"),
        project=arguments.get("project"),
        failed=failed == "true",
        after=after,
        limit=int(limit) if limit else None,
    )
    return _Parameters(query, int(wait), seen if lines == "true" else None)


def _parse_cursor(cursor: str | None) -> tuple[Cursor | None, dict[int, dict[str, int]]]:
    """The two parts of a cursor: the last end of a run, and the lines of runs that go on.

    Raises:
        WorldError: it is no cursor.
    """
    if cursor is None:
        return None, {}
    end_part, *seen_parts = cursor.split(",")
    seen: dict[int, dict[str, int]] = {}
    for each in seen_parts:
        seen_match = _SEEN_PATTERN.fullmatch(each)
        if not seen_match:
            raise WorldError(errors.CONTROL_RUNS_INVALID)
        seen.setdefault(int(seen_match["epoch"]), {})[seen_match["run"]] = int(seen_match["count"])
    if not _END_PATTERN.fullmatch(end_part):
        raise WorldError(errors.CONTROL_RUNS_INVALID)
    return tuple(map(int, end_part.split("."))), seen
