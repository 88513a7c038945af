"""Runs of plugins: list them, follow them, show one, deliver one again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.lookup import find_plugin, find_project
from kili_emulator.domain.run_view import is_failed, line_view, run_details, run_view
from kili_emulator.domain.world import Mark, View
from kili_emulator.rules.masking import masked
from kili_emulator.services.session import WorldSession

# A place in the order in which runs end: the world's epoch, and a number within it.
Cursor = tuple[int, ...]


@dataclass(frozen=True)
class RunQuery:
    """The runs to be listed.

    Attributes:
        plugin: only those of the plugin with this name or id.
        project: only those on the project with this id or title.
        failed: only those that failed.
        after: only those that have ended since that place.
        limit: at most so many, the latest.
    """

    plugin: str | None = None
    project: str | None = None
    failed: bool = False
    after: Cursor | None = None
    limit: int | None = None


class RunPage(NamedTuple):
    """Runs in the order in which they were caused, and the place where the next page begins."""

    runs: list[dict[str, Any]]
    cursor: Cursor


class LogLines(NamedTuple):
    """Log lines, each with ``runId``, ``plugin``, ``createdAt``, ``logType`` and ``content``.

    Attributes:
        seen: how many lines there are by now of the runs that are going on, by the run's id.
    """

    lines: list[dict[str, Any]]
    seen: dict[str, int]


# The world's epoch → a run's id → how many lines of it a client has.
SeenLines = Mapping[int, Mapping[str, int]]


class RunUpdates(NamedTuple):
    """Runs that have ended, new log lines if they are wanted, and the world's epoch."""

    page: RunPage
    lines: LogLines | None
    epoch: int

    @property
    def has_any(self) -> bool:
        """Whether there is a run or a line."""
        return bool(self.page.runs or (self.lines and self.lines.lines))


def find_runs(view: View, query: RunQuery) -> RunPage:
    """The runs of a query, each as :func:`kili_emulator.domain.run_view.run_view`.

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
    """The log lines of the runs of a query that a client has not seen yet.

    Args:
        query: ``after`` is the place that the client has seen; a run that ended before it has no
            new lines.
        seen: how many lines the client has of each run, by the run's id.

    Raises:
        KiliError: plugin or project is unknown.
    """
    log_lines: list[dict[str, Any]] = []
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
    """The runs of a query, without regard to ``after`` and ``limit``."""
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
    """The runs of a query, each as :func:`kili_emulator.domain.run_view.run_view`.

    Raises:
        KiliError: plugin or project is unknown.
    """
    return find_runs(session.world.view, query)


def follow_runs(session: WorldSession, query: RunQuery, seen: SeenLines | None) -> RunUpdates:
    """What is new about the runs of a query; waits for news, for the seconds of the session.

    Args:
        query: without ``after``, nothing is waited for.
        seen: how many lines the client has of each run; ``None`` if it wants no lines.

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


def show_run(session: WorldSession, run_id: str) -> dict[str, Any]:
    """A run with everything that is known: :func:`kili_emulator.domain.run_view.run_details`.

    Raises:
        KiliError: there is no such run.
    """
    return run_details(session.world.view, run_id)


def mark_of_run(session: WorldSession, run_id: str) -> Mark:
    """The moment at which a run's handler was called, to which the world can be brought back.

    Raises:
        KiliError: there is no such run.
        ValueError: its handler was not called.
    """
    mark = show_run(session, run_id)["mark"]
    if mark is None:
        raise ValueError(f"the handler of run {run_id} was not called: see its outcome")
    return Mark(**mark)


def redeliver(session: WorldSession, run_id: str) -> dict[str, Any]:
    """Deliver again what a run delivered to a webhook; the document of the new run.

    Raises:
        KiliError: there is no such run, or it is not one of a webhook.
    """
    new_id = session.host.redeliver(session.world, run_id, session.seconds)
    document: dict[str, Any] = masked(session.world.view.runs.require(new_id))
    return document
