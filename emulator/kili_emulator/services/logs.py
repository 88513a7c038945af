"""The log lines of plugins, and waiting for further ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kili_emulator.domain.documents import LogLineDoc
from kili_emulator.domain.lookup import find_plugin, find_project
from kili_emulator.domain.run_view import line_view
from kili_emulator.domain.world import View
from kili_emulator.services.runs import RunLineView
from kili_emulator.services.session import WorldSession


@dataclass(frozen=True)
class LogQuery:
    """A query for log lines; each attribute restricts the result.

    Attributes:
        plugin: the name or id of the plugin.
        project: the id or title of the project.
        after: only lines that were stored at or after this position (:attr:`LogPage.next`).
        limit: the largest number of lines; the latest are listed.
    """

    plugin: str | None = None
    project: str | None = None
    after: int | None = None
    limit: int | None = None


class LogPage(NamedTuple):
    """Log lines in the order in which they were stored.

    Attributes:
        next: the position after the last line of the world; a reset never repeats it.
    """

    lines: list[RunLineView]
    next: int


def list_logs(session: WorldSession, query: LogQuery) -> LogPage:
    """Return the log lines of a query; with ``after``, wait for one.

    Raises:
        KiliError: plugin or project is unknown.
    """
    world = session.world

    def read() -> LogPage:
        view = world.view
        newest = next(view.plugin_logs.newest_first(), None)
        end = view.plugin_logs.position(newest["id"]) + 1 if newest else 0
        return LogPage(_find_lines(view, query), max(end, query.after or 0))

    if session.seconds and query.after is not None:
        session.host.wait_until(world, lambda: bool(read().lines), session.seconds)
    return read()


def _find_lines(view: View, query: LogQuery) -> list[RunLineView]:
    plugin_id = find_plugin(view, query.plugin)["id"] if query.plugin is not None else None
    project_id = find_project(view, query.project)["id"] if query.project is not None else None
    found = [
        each
        for each in _candidates(view, query, plugin_id, project_id)
        if plugin_id in (None, each["pluginId"]) and project_id in (None, each["projectId"])
    ]
    if query.limit is not None:
        found = found[max(0, len(found) - query.limit) :]
    return [
        {"runId": each["runId"], "plugin": each["pluginName"], **line_view(each)} for each in found
    ]


def _candidates(
    view: View, query: LogQuery, plugin_id: str | None, project_id: str | None
) -> list[LogLineDoc]:
    logs = view.plugin_logs
    if query.after is not None:
        return logs.since(query.after)
    if plugin_id is not None:
        return logs.find("plugin", plugin_id)
    return logs.find("project", project_id) if project_id is not None else logs.all()
