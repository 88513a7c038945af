"""The runs of plugins are looked at here."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask import Blueprint, Response, jsonify, request

from emulator import errors
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.domain.run_record import Cursor, Wanted, details, find_lines, find_runs
from emulator.domain.world import World
from emulator.http.control.waiting import LONGEST_WAIT
from emulator.plugins.host import PluginHost

_PARAMETERS = {"plugin", "project", "failed", "after", "wait", "limit", "lines"}
_ENDED = re.compile(r"(?P<epoch>\d{1,18})\.(?P<sequence>-1|\d{1,18})")
_SEEN = re.compile(r"(?P<epoch>\d{1,18}):(?P<run>\w{1,64}):(?P<count>\d{1,9})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}")


def add_run_routes(blueprint: Blueprint, registry: WorldRegistry, host: PluginHost) -> None:
    """The routes that list runs, wait for the end of further ones, and show one.

    ``GET …/runs`` answers ``runs`` and a ``cursor``. With ``after`` (a cursor), they are those that
    have ended since; with ``wait`` (seconds), too, the answer waits for one. With ``lines=true``,
    it has ``lines`` as well: what runs have logged since, those that are going on included, and
    ``wait`` waits for a line, too.
    """

    @blueprint.get("/worlds/<name>/runs")
    def list_runs(name: str) -> Response:
        world = registry.get(name)
        asked = _asked()
        if asked.seconds and asked.wanted.after is not None:
            host.await_run(world, lambda: _is_news(world, asked), asked.seconds)
        view, epoch = world.view, world.epoch
        found = find_runs(view, asked.wanted)
        cursor = ".".join(map(str, found.cursor))
        if not asked.lines:
            return jsonify(runs=found.runs, cursor=cursor)
        said = find_lines(view, asked.wanted, asked.seen.get(epoch, {}))
        seen = [f"{epoch}:{run}:{count}" for run, count in said.seen.items()]
        return jsonify(runs=found.runs, lines=said.lines, cursor=",".join([cursor, *seen]))

    @blueprint.get("/worlds/<name>/runs/<run_id>")
    def show_run(name: str, run_id: str) -> Response:
        return jsonify(details(registry.get(name).view, run_id))


class _Asked(NamedTuple):
    """What a request for runs asks for.

    Attributes:
        seen: how many lines of runs the client knows, by the world's epoch and the run's id.
        seconds: how long it waits.
        lines: whether it wants log lines, too.
    """

    wanted: Wanted
    seen: dict[int, dict[str, int]]
    seconds: float
    lines: bool


def _is_news(world: World, asked: _Asked) -> bool:
    """Whether there is something that a client does not know yet."""
    view, epoch = world.view, world.epoch
    if find_runs(view, asked.wanted).runs:
        return True
    return asked.lines and bool(find_lines(view, asked.wanted, asked.seen.get(epoch, {})).lines)


def _asked() -> _Asked:
    """What the request asks for.

    Raises:
        WorldError: a parameter is unknown or wrong.
    """
    given = request.args
    failed, lines = given.get("failed", "false"), given.get("lines", "false")
    limit, wait = given.get("limit"), given.get("wait", "0")
    fits = {failed, lines} <= {"true", "false"} and not given.keys() - _PARAMETERS
    if not fits or not all(_NUMBER.fullmatch(each) for each in (limit or "0", wait)):
        raise WorldError(errors.CONTROL_RUNS)
    after, seen = _place(given.get("after"))
    wanted = Wanted(
        plugin=given.get("plugin"),
        project=given.get("project"),
        failed=failed == "true",
        after=after,
        limit=int(limit) if limit else None,
    )
    return _Asked(wanted, seen, min(int(wait), LONGEST_WAIT), lines == "true")


def _place(cursor: str | None) -> tuple[Cursor | None, dict[int, dict[str, int]]]:
    """The two parts of a cursor: the last end of a run, and the lines of runs that go on.

    Raises:
        WorldError: it is no cursor.
    """
    if cursor is None:
        return None, {}
    ended, *known = cursor.split(",")
    seen: dict[int, dict[str, int]] = {}
    for each in known:
        found = _SEEN.fullmatch(each)
        if not found:
            raise WorldError(errors.CONTROL_RUNS)
        seen.setdefault(int(found["epoch"]), {})[found["run"]] = int(found["count"])
    if not _ENDED.fullmatch(ended):
        raise WorldError(errors.CONTROL_RUNS)
    return tuple(map(int, ended.split("."))), seen
