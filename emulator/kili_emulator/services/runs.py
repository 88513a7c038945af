"""Runs of plugins: list, follow and show runs, and repeat a webhook's delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.lookup import find_plugin, find_project
from kili_emulator.domain.run_view import (
    LineView,
    RunDetails,
    RunView,
    is_failed,
    line_view,
    run_details,
    run_view,
)
from kili_emulator.domain.world import View
from kili_emulator.rules.masking import masked
from kili_emulator.services.session import WorldSession

# A position in the order in which runs end: the world's epoch, and a number within the epoch.
Cursor = tuple[int, ...]


@dataclass(frozen=True)
class RunQuery:
    """A query for runs; each attribute restricts the result.

    Attributes:
        plugin: the name or id of the runs' plugin.
        project: the id or title of the runs' project.
        failed: list only runs that failed.
        after: list only runs that ended after this position.
        limit: the largest number of runs; the latest runs are listed.
    """

    plugin: str | None = None
    project: str | None = None
    failed: bool = False
    after: Cursor | None = None
    limit: int | None = None


class RunPage(NamedTuple):
    """Runs in the order in which they were caused, and the position where the next page begins."""

    runs: list[RunView]
    cursor: Cursor


class RunLineView(LineView, TypedDict):
    """A log line of one of several runs; ``plugin`` is the name of the plugin."""

    runId: str
    plugin: str


class LogLines(NamedTuple):
    """New log lines of runs.

    Attributes:
        seen: the id of a run in progress → the number of its lines until now.
    """

    lines: list[RunLineView]
    seen: dict[str, int]


# The world's epoch → a run's id → the number of the run's lines that a client has.
SeenLines = Mapping[int, Mapping[str, int]]


class RunUpdates(NamedTuple):
    """Runs that have ended, new log lines (``None`` if not requested), and the world's epoch."""

    page: RunPage
    lines: LogLines | None
    epoch: int

    @property
    def has_any(self) -> bool:
        """Whether the updates have a run or a log line."""
        return bool(self.page.runs or (self.lines and self.lines.lines))


def find_runs(view: View, query: RunQuery) -> RunPage:
    """Return the runs of a query.

    Raises:
        KiliError: plugin or project is unknown.
    """
    ends = [tuple(run["ended"]) for run in view.runs.all() if run["ended"]]
    cursor = max([*ends, query.after or (0, -1)])
    runs = _matching_runs(view, query)
    if query.after is not None:
        runs = [run for run in runs if run["ended"] and tuple(run["ended"]) > query.after]
        runs.sort(key=lambda run: tuple(run["ended"] or ()))
    if query.limit is not None:
        runs = runs[max(0, len(runs) - query.limit) :]
    return RunPage([run_view(view, run) for run in runs], cursor)


def find_lines(view: View, query: RunQuery, seen: Mapping[str, int]) -> LogLines:
    """Return the log lines of a query's runs that a client does not have yet.

    Args:
        query: the client has all lines of the runs that ended up to the position ``after``.
        seen: a run's id → the number of the run's lines that the client has.

    Raises:
        KiliError: plugin or project is unknown.
    """
    log_lines: list[RunLineView] = []
    unfinished_counts: dict[str, int] = {}
    for run in _matching_runs(view, query):
        if run["ended"] and tuple(run["ended"]) <= (query.after or (0, -1)):
            continue
        if not run["ended"] and run["lineCount"]:
            unfinished_counts[run["id"]] = run["lineCount"]
        if run["lineCount"] == seen.get(run["id"], 0):
            continue
        name = view.plugins.require(run["pluginId"])["name"]
        lines = view.plugin_logs.find("run", run["id"])[seen.get(run["id"], 0) :]
        log_lines += [{"runId": run["id"], "plugin": name, **line_view(line)} for line in lines]
    return LogLines(log_lines, unfinished_counts)


def _matching_runs(view: View, query: RunQuery) -> list[RunDoc]:
    """Return the runs of a query, without regard to ``after`` and ``limit``."""
    runs = view.runs.all()
    if query.plugin is not None:
        plugin_id = find_plugin(view, query.plugin)["id"]
        runs = [run for run in runs if run["pluginId"] == plugin_id]
    if query.project is not None:
        project_id = find_project(view, query.project)["id"]
        runs = [run for run in runs if run["projectId"] == project_id]
    if query.failed:
        runs = list(filter(is_failed, runs))
    return runs


def list_runs(session: WorldSession, query: RunQuery) -> RunPage:
    """Return the runs of a query.

    Raises:
        KiliError: plugin or project is unknown.
    """
    return find_runs(session.world.view, query)


def follow_runs(session: WorldSession, query: RunQuery, seen: SeenLines | None) -> RunUpdates:
    """Return the updates of a query's runs; wait for one, at most the seconds of the session.

    Args:
        query: without ``after``, the function does not wait.
        seen: the lines that the client has; ``None`` requests no lines.

    Raises:
        KiliError: plugin or project is unknown.
    """
    world = session.world

    def read_updates() -> RunUpdates:
        view, epoch = world.view, world.epoch
        lines = None if seen is None else find_lines(view, query, seen.get(epoch, {}))
        return RunUpdates(find_runs(view, query), lines, epoch)

    if session.seconds and query.after is not None:
        session.host.wait_until(world, lambda: read_updates().has_any, session.seconds)
    return read_updates()


def show_run(session: WorldSession, run_id: str) -> RunDetails:
    """Return a run with all details.

    Raises:
        KiliError: the run is unknown.
    """
    return run_details(session.world.view, run_id)


def redeliver(session: WorldSession, run_id: str) -> RunDoc:
    """Repeat the delivery of a run to a webhook; return the document of the new run.

    Raises:
        KiliError: the run is unknown, or its plugin is not a webhook.
    """
    new_id = session.host.redeliver(session.world, run_id, session.seconds)
    document: RunDoc = masked(session.world.view.runs.require(new_id))
    return document
