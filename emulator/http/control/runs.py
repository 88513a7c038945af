"""The runs of plugins are looked at here."""

from __future__ import annotations

import re

from flask import Blueprint, Response, jsonify, request

from emulator import errors
from emulator.domain.registry import WorldError, WorldRegistry
from emulator.domain.run_record import Cursor, Wanted, details, find_runs
from emulator.http.control.waiting import LONGEST_WAIT
from emulator.plugins.host import PluginHost

_PARAMETERS = {"plugin", "project", "failed", "after", "wait", "limit"}
_CURSOR = re.compile(r"(?P<epoch>\d{1,18})\.(?P<sequence>-1|\d{1,18})")
_NUMBER = re.compile(r"\d{1,9}")


def add_run_routes(blueprint: Blueprint, registry: WorldRegistry, host: PluginHost) -> None:
    """The routes that list runs, wait for the end of further ones, and show one.

    ``GET …/runs`` answers ``runs`` and a ``cursor``. With ``after`` (a cursor), they are those that
    have ended since; with ``wait`` (seconds), too, the answer waits for one.
    """

    @blueprint.get("/worlds/<name>/runs")
    def list_runs(name: str) -> Response:
        world = registry.get(name)
        wanted, seconds = _wanted()
        if seconds and wanted.after is not None:
            host.await_run(world, lambda: bool(find_runs(world.view, wanted).runs), seconds)
        found = find_runs(world.view, wanted)
        return jsonify(runs=found.runs, cursor=".".join(map(str, found.cursor)))

    @blueprint.get("/worlds/<name>/runs/<run_id>")
    def show_run(name: str, run_id: str) -> Response:
        return jsonify(details(registry.get(name).view, run_id))


def _wanted() -> tuple[Wanted, float]:
    """What the request asks for, and how many seconds it waits for that.

    Raises:
        WorldError: a parameter is unknown or wrong.
    """
    given = request.args
    failed, after = given.get("failed", "false"), given.get("after")
    limit, wait = given.get("limit"), given.get("wait", "0")
    fits = failed in ("true", "false") and not given.keys() - _PARAMETERS
    fits = fits and all(_NUMBER.fullmatch(each) for each in (limit or "0", wait))
    if not fits or (after is not None and not _CURSOR.fullmatch(after)):
        raise WorldError(errors.CONTROL_RUNS)
    cursor: Cursor | None = tuple(map(int, after.split("."))) if after else None
    wanted = Wanted(
        plugin=given.get("plugin"),
        project=given.get("project"),
        failed=failed == "true",
        after=cursor,
        limit=int(limit) if limit else None,
    )
    return wanted, min(int(wait), LONGEST_WAIT)
