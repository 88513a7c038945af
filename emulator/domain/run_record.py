"""Runs as their plugin's author looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator import errors, messages
from emulator.domain import people
from emulator.domain.documents import PluginDoc, RunDoc
from emulator.domain.run import called, headline
from emulator.domain.world import View
from emulator.rules.masking import masked

_MEMBERS = (
    "id",
    "projectId",
    "eventId",
    "event",
    "handler",
    "outcome",
    "refusal",
    "error",
    "createdAt",
    "startedAt",
    "durationMs",
    "memoryMb",
    "lineCount",
    "callCount",
    "causedBy",
    "redeliveryOf",
    "byHand",
)
_DETAILS = ("payload", "mark", "seed", "delivery")
_LINE = ("createdAt", "logType", "content")
_CALL = (
    "number",
    "operations",
    "method",
    "query",
    "arguments",
    "answer",
    "errors",
    "createdAt",
    "durationMs",
)
_NO_FAILURES = ("RUNNING", "SUCCEEDED", "NOT_RUN")

# A place in the order in which runs end.
Cursor = tuple[int, ...]


@dataclass(frozen=True)
class Wanted:
    """Which runs somebody wants to see.

    Attributes:
        plugin: only those of the plugin with this name or id.
        project: only those on the project with this id or title.
        failed: only those that failed, whatever the way.
        after: only those that have ended since.
        limit: only so many, the latest.
    """

    plugin: str | None = None
    project: str | None = None
    failed: bool = False
    after: Cursor | None = None
    limit: int | None = None


class Found(NamedTuple):
    """Runs, in the order in which they were caused, and where to go on from."""

    runs: list[dict[str, Any]]
    cursor: Cursor


class Lines(NamedTuple):
    """Log lines, each with ``runId``, ``plugin``, ``createdAt``, ``logType`` and ``content``.

    Attributes:
        seen: how many lines there are by now of the runs that are going on, by the run's id.
    """

    lines: list[dict[str, Any]]
    seen: dict[str, int]


def find_runs(view: View, wanted: Wanted) -> Found:
    """The runs that somebody wants to see, each as :func:`summary` tells it.

    Raises:
        KiliError: plugin or project is unknown.
    """
    ends = [tuple(run["ended"]) for run in view.runs.all() if run["ended"]]
    cursor = max([*ends, wanted.after or (0, -1)])
    runs = _chosen(view, wanted)
    if wanted.after is not None:
        runs = [run for run in runs if run["ended"] and tuple(run["ended"]) > wanted.after]
        runs.sort(key=lambda run: tuple(run["ended"] or ()))
    if wanted.limit is not None:
        runs = runs[max(0, len(runs) - wanted.limit) :]
    return Found([summary(view, run) for run in runs], cursor)


def find_lines(view: View, wanted: Wanted, seen: Mapping[str, int]) -> Lines:
    """The log lines since somebody looked last, of the runs that they want to see.

    Args:
        wanted: ``after`` is when they looked; of a run that ended before, there are no new lines.
        seen: how many lines of runs they know already, by the run's id.

    Raises:
        KiliError: plugin or project is unknown.
    """
    found: list[dict[str, Any]] = []
    going_on: dict[str, int] = {}
    for run in _chosen(view, wanted):
        if run["ended"] and tuple(run["ended"]) <= (wanted.after or (0, -1)):
            continue
        if not run["ended"] and run["lineCount"]:
            going_on[run["id"]] = run["lineCount"]
        if run["lineCount"] == seen.get(run["id"], 0):
            continue
        name = view.plugins.the(run["pluginId"])["name"]
        lines = view.plugin_logs.find("run", run["id"])[seen.get(run["id"], 0) :]
        found += [{"runId": run["id"], "plugin": name, **_picked(line, _LINE)} for line in lines]
    return Lines(found, going_on)


def _chosen(view: View, wanted: Wanted) -> list[RunDoc]:
    """The runs that somebody wants to see, whenever they ended."""
    runs = view.runs.all()
    if wanted.plugin is not None:
        plugin_id = find_plugin(view, wanted.plugin)["id"]
        runs = [run for run in runs if run["pluginId"] == plugin_id]
    if wanted.project is not None:
        project_id = people.find_project(view, wanted.project)["id"]
        runs = [run for run in runs if run["projectId"] == project_id]
    if wanted.failed:
        runs = list(filter(is_failed, runs))
    return runs


def find_plugin(view: View, name: str) -> PluginDoc:
    """The plugin with that name or id.

    Raises:
        KiliError: there is none.
    """
    plugins = view.plugins.all()
    found = [each for each in plugins if each["name"] == name]
    found = found or [each for each in plugins if each["id"] == name]
    if not found:
        raise errors.plugin_not_named(name, [each["name"] for each in plugins])
    return found[0]


def summary(view: View, run: RunDoc) -> dict[str, Any]:
    """A run in short.

    Returns:
        ``id``; ``plugin`` (its name) and ``version`` (a number, ``None`` where none was deployed);
        ``projectId`` and ``project`` (its title); ``eventId``, ``event``, ``handler``, ``called``
        (the handler; ``on_event`` with the event, as it is called for many); ``assetId``,
        ``labelId``; ``outcome``, ``refusal`` (why it did not take place) with an ``explanation``,
        and ``error`` with its ``headline``;
        ``createdAt``, ``startedAt``, ``durationMs``, ``memoryMb`` (where it is known);
        ``lineCount``, ``callCount``; ``causedBy`` (the run that caused it), ``redeliveryOf`` and
        ``byHand`` (it was called for something that had not happened).
    """
    version = view.plugin_versions.get(run["versionId"] or "")
    project = view.projects.get(run["projectId"])
    return {
        **_picked(run, _MEMBERS),
        "plugin": view.plugins.the(run["pluginId"])["name"],
        "version": version["number"] if version else None,
        "project": project["title"] if project else None,
        "called": called(run),
        "explanation": messages.REFUSALS.get(run["refusal"] or ""),
        "headline": headline(run),
        **run["metadata"],
    }


def _picked(document: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {member: document[member] for member in members}


def is_failed(run: RunDoc) -> bool:
    """Whether a run has ended other than well."""
    return run["outcome"] not in _NO_FAILURES


def details(view: View, run_id: str) -> dict[str, Any]:
    """All that is known of a run.

    Returns:
        the members of :func:`summary`, and ``payload`` (the handler's arguments by name; secrets,
        which the handler gets, are masked by :mod:`emulator.rules.masking`), ``mark``
        (where the world can be brought back to: what the handler saw), ``seed``, ``delivery`` (of
        a webhook), ``causes`` (the ids of runs that it caused); ``lines``, each with
        ``createdAt``, ``logType`` and ``content``; ``calls``, each with ``number``,
        ``operations``, ``method`` (of the SDK), ``query`` (where it has no arguments),
        ``arguments``, ``answer``, ``errors``, ``createdAt`` and ``durationMs``.

    Raises:
        KiliError: there is no such run.
    """
    run = view.runs.get(run_id)
    if run is None:
        raise errors.run_not_found(run_id)
    lines = view.plugin_logs.find("run", run_id)
    calls = view.run_calls.find("run", run_id)
    return {
        **summary(view, run),
        **_picked(run, _DETAILS),
        "payload": masked(run["payload"]),
        "causes": [each["id"] for each in view.runs.all() if each["causedBy"] == run_id],
        "lines": [_picked(line, _LINE) for line in lines],
        "calls": [_picked(call, _CALL) for call in calls],
    }
