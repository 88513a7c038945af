"""The documents that the plugin of a run could read or change during the run.

A plugin sees the projects on which it is active. A bundle has the project of the run, and those of
the others that the record of the run names. API keys, mails and the calls of other runs are no part
of it: no plugin can read them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.world import View
from kili_emulator.replays.capsule import Capsule
from kili_emulator.storage.snapshot import Row, TableSnapshot

# table → rows
Rows = Mapping[str, Sequence[Row]]

# No plugin can read them.
_NEVER = ("apiKeys", "mails", "runCalls", "decisions", "transactions")
_OF_PROJECT = (
    "projectUsers",
    "stepGroups",
    "steps",
    "assets",
    "labels",
    "issues",
    "locks",
    "projectVersions",
    "events",
    "internalEvents",
)


def visible_rows(capsule: Capsule, *, whole_world: bool = False) -> Rows:
    """Return the rows of the documents by table.

    Args:
        whole_world: return those of all projects, except API keys and mails.
    """
    state = _VisibleState(capsule, whole_world=whole_world)
    return {name: state.rows(name) for name in capsule.state.documents.snapshot}


def named_projects(capsule: Capsule) -> list[str]:
    """Return the ids of the projects that a bundle of the run has."""
    view = capsule.state.view
    run = view.runs.require(capsule.run_id)
    text = json.dumps([run["payload"], capsule.record["calls"], capsule.record["lines"]])
    seen = view.plugins.require(run["pluginId"])["projectIds"]
    others = [each for each in seen if each != run["projectId"] and each in text]
    return [run["projectId"], *others]


class _VisibleState:
    """The documents that belong to a set of projects."""

    def __init__(self, capsule: Capsule, *, whole_world: bool) -> None:
        self._view = capsule.state.view
        self._snapshot = capsule.state.documents.snapshot
        self._run = self._view.runs.require(capsule.run_id)
        self._is_whole = whole_world
        self._projects = set(named_projects(capsule))
        self._plugins = {
            each["id"]
            for each in self._view.plugins.all()
            if each["id"] == self._run["pluginId"] or self._projects & set(each["projectIds"])
        }
        runs = _runs_of(self._view, self._projects, self._run)
        self._runs = {each["id"] for each in runs}
        self._service_user = self._view.plugins.require(self._run["pluginId"])["userId"]
        self._plugins |= {each["pluginId"] for each in runs}
        self._archives = {
            each["fileId"]
            for each in self._view.plugin_versions.all()
            if each["pluginId"] in self._plugins
        }

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table."""
        table = self._snapshot[name]
        if name in _NEVER:
            return []
        if self._is_whole:
            return table.rows()
        if name in _OF_PROJECT:
            return list(self._of_projects(table))
        return [each for each in table.rows() if self._is_visible(name, each.document)]

    def _of_projects(self, table: TableSnapshot) -> Iterable[Row]:
        for project in sorted(self._projects):
            for each in table.posting("project", project):
                row = table.row(each)
                assert row is not None
                yield row

    def _is_visible(self, table: str, document: dict[str, Any]) -> bool:
        """Return whether a document belongs to the state, for tables without a key of projects.

        Organizations, users and tags do: they are few, and documents of projects refer to them.
        """
        decisions: dict[str, Callable[[], bool]] = {
            "projects": lambda: document["id"] in self._projects,
            "plugins": lambda: document["id"] in self._plugins,
            "runs": lambda: document["id"] in self._runs,
            "pluginLogs": lambda: document["runId"] in self._runs,
            "comments": lambda: self._has_issue(document["issueId"]),
            "files": lambda: document["projectId"] in self._projects or self._is_code(document),
            "pluginVersions": lambda: document["pluginId"] in self._plugins,
            "pluginBuildErrors": lambda: document["pluginId"] in self._plugins,
            "notifications": lambda: document["userID"] == self._service_user,
        }
        return decisions.get(table, lambda: True)()

    def _has_issue(self, issue_id: str) -> bool:
        issue = self._view.issues.get(issue_id)
        return issue is not None and issue["projectId"] in self._projects

    def _is_code(self, file: dict[str, Any]) -> bool:
        """Return whether a file is the archive of a plugin."""
        return file["id"] in self._archives


def _runs_of(view: View, projects: set[str], run: RunDoc) -> list[RunDoc]:
    """Return the runs on projects whose log the plugin can read."""
    return [
        each for each in view.runs.all() if each["id"] == run["id"] or each["projectId"] in projects
    ]


def without_payloads(rows: Rows, run_id: str) -> Rows:
    """Return the rows without the payloads of runs that have ended: they are large and not read."""
    runs = [
        row
        if row.document["id"] == run_id or row.document["outcome"] == "RUNNING"
        else Row(row.position, cast("dict[str, Any]", {**row.document, "payload": {}}))
        for row in rows["runs"]
    ]
    return {**rows, "runs": runs}
