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
    """Add the routes that list runs, wait for further ones, and show one.

    ``GET …/runs`` answers ``runs`` and a ``cursor``. With ``after`` (a cursor), ``runs`` are those
    that ended since that answer; with ``wait`` (seconds) in addition, the answer waits until a run
    ends. With ``lines=true``, the answer also has ``lines``, the new log lines of ended and of
    unfinished runs, and ``wait`` also ends at a new line.
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
        seconds: the seconds to wait for a run or a line.
        seen: the number of lines of each run that the client has; ``None`` to send no lines.
    """

    query: RunQuery
    seconds: int
    seen: SeenLines | None


def _parse_parameters() -> _Parameters:
    """Parse the parameters of the request.

    Raises:
        WorldError: a parameter is unknown or invalid.
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
    """Parse a cursor: the position of the last ended run, and the lines seen of unfinished runs.

    Raises:
        WorldError: the text is not a cursor.
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
