"""Runs as their plugin's author looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator import errors, messages
from emulator.domain import people
from emulator.domain.run import headline
from emulator.domain.world import View
from emulator.rules.masking import masked
from emulator.storage.snapshot import Document

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


def find_runs(view: View, wanted: Wanted) -> Found:
    """The runs that somebody wants to see, each as :func:`summary` tells it.

    Raises:
        KiliError: plugin or project is unknown.
    """
    runs = view.runs.all()
    ends = [tuple(run["ended"]) for run in runs if run["ended"]]
    cursor = max([*ends, wanted.after or (0, -1)])
    if wanted.plugin is not None:
        plugin_id = find_plugin(view, wanted.plugin)["id"]
        runs = [run for run in runs if run["pluginId"] == plugin_id]
    if wanted.project is not None:
        project_id = people.find_project(view, wanted.project)["id"]
        runs = [run for run in runs if run["projectId"] == project_id]
    if wanted.failed:
        runs = [run for run in runs if run["outcome"] not in _NO_FAILURES]
    if wanted.after is not None:
        runs = [run for run in runs if run["ended"] and tuple(run["ended"]) > wanted.after]
        runs.sort(key=lambda run: tuple(run["ended"]))
    if wanted.limit is not None:
        runs = runs[max(0, len(runs) - wanted.limit) :]
    return Found([summary(view, run) for run in runs], cursor)


def find_plugin(view: View, name: str) -> Document:
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


def summary(view: View, run: Document) -> dict[str, Any]:
    """A run in short.

    Returns:
        ``id``; ``plugin`` (its name) and ``version`` (a number, ``None`` where none was deployed);
        ``projectId`` and ``project`` (its title); ``eventId``, ``event``, ``handler``,
        ``assetId``, ``labelId``; ``outcome``, ``refusal`` (why it did not take place) with an
        ``explanation``, and ``error`` with its ``headline``;
        ``createdAt``, ``startedAt``, ``durationMs``, ``memoryMb`` (where it is known);
        ``lineCount``, ``callCount``; ``causedBy`` (the run that caused it), ``redeliveryOf`` and
        ``byHand`` (it was called for something that had not happened).
    """
    version = view.plugin_versions.get(run["versionId"] or "")
    project = view.projects.get(run["projectId"])
    return {
        **{member: run[member] for member in _MEMBERS},
        "plugin": view.plugins.the(run["pluginId"])["name"],
        "version": version["number"] if version else None,
        "project": project["title"] if project else None,
        "explanation": messages.REFUSALS.get(run["refusal"] or ""),
        "headline": headline(run),
        **run["metadata"],
    }


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
    lane = (run["pluginId"], run["projectId"])
    lines = [line for line in view.plugin_logs.find("lane", lane) if line["runId"] == run_id]
    calls = view.run_calls.find("run", run_id)
    return {
        **summary(view, run),
        **{member: run[member] for member in _DETAILS},
        "payload": masked(run["payload"]),
        "causes": [each["id"] for each in view.runs.all() if each["causedBy"] == run_id],
        "lines": [{member: line[member] for member in _LINE} for line in lines],
        "calls": [{member: call[member] for member in _CALL} for call in calls],
    }
