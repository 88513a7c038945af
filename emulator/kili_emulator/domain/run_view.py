"""Views of plugin runs: brief, as a row of a list, and with all details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kili_emulator import errors, messages
from kili_emulator.domain.documents import LogLineDoc, RunDoc
from kili_emulator.domain.run import called_handler, headline
from kili_emulator.domain.world import View
from kili_emulator.rules.masking import masked, masked_text

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
_NOT_FAILED = ("RUNNING", "SUCCEEDED", "NOT_RUN")


def run_brief(view: View, run: RunDoc) -> dict[str, Any]:
    """Return the outcome of a run, for the answer to the action that caused the run.

    Returns:
        ``id``, ``plugin`` (its name), ``handler``, ``called`` (the handler; ``on_event`` with the
        event), ``outcome``; ``refusal`` (why the run did not take place) with an ``explanation``;
        and ``error``, the error in one line.
    """
    plugin = view.plugins.get(run["pluginId"])
    return {
        "id": run["id"],
        "plugin": plugin["name"] if plugin else None,
        "handler": run["handler"],
        "called": called_handler(run),
        "outcome": run["outcome"],
        "refusal": run["refusal"],
        "explanation": messages.REFUSALS.get(run["refusal"] or ""),
        "error": headline(run),
    }


def run_view(view: View, run: RunDoc) -> dict[str, Any]:
    """Return a run as a row of a list.

    Returns:
        ``id``; ``plugin`` (its name) and ``version`` (a number, ``None`` if no version was
        deployed); ``projectId`` and ``project`` (its title); ``eventId``, ``event``, ``handler``,
        ``called`` (the handler; ``on_event`` with the event); ``assetId``, ``labelId``;
        ``outcome``, ``refusal`` (why the run did not take place) with an ``explanation``, and
        ``error`` with its ``headline``; ``createdAt``, ``startedAt``, ``durationMs``, ``memoryMb``
        (``None`` if unknown); ``lineCount``, ``callCount``; ``causedBy`` (the id of the run that
        caused this one), ``redeliveryOf`` (the id of the run that was delivered again) and
        ``byHand`` (a user triggered the run for an event that had not happened).
    """
    version = view.plugin_versions.get(run["versionId"] or "")
    project = view.projects.get(run["projectId"])
    return {
        **_pick(run, _MEMBERS),
        "plugin": view.plugins.require(run["pluginId"])["name"],
        "version": version["number"] if version else None,
        "project": project["title"] if project else None,
        "called": called_handler(run),
        "explanation": messages.REFUSALS.get(run["refusal"] or ""),
        "headline": headline(run),
        **run["metadata"],
    }


def _pick(document: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {member: document[member] for member in members}


def is_failed(run: RunDoc) -> bool:
    """Return whether a run has ended without success."""
    return run["outcome"] not in _NOT_FAILED


def run_details(view: View, run_id: str) -> dict[str, Any]:
    """Return a run with all details.

    Returns:
        the members of :func:`run_view`, and ``payload`` (the handler's arguments by name), ``mark``
        (the state of the world that the handler saw, to which a reset can return), ``seed``,
        ``delivery`` (for a webhook), ``causes`` (the ids of the runs that this run caused);
        ``lines``, each with ``createdAt``, ``logType`` and ``content``; ``calls``, each with
        ``number``, ``operations``, ``method`` (of the SDK), ``query`` (for a call without
        arguments), ``arguments``, ``answer``, ``errors``, ``createdAt`` and ``durationMs``.
        Secrets are masked (:mod:`kili_emulator.rules.masking`).

    Raises:
        KiliError: the run is unknown.
    """
    run = view.runs.get(run_id)
    if run is None:
        raise errors.run_not_found(run_id)
    lines = view.plugin_logs.find("run", run_id)
    calls = view.run_calls.find("run", run_id)
    return {
        **run_view(view, run),
        **_pick(run, _DETAILS),
        "payload": masked(run["payload"]),
        "causes": [each["id"] for each in view.runs.all() if each["causedBy"] == run_id],
        "lines": list(map(line_view, lines)),
        "calls": [_pick(call, _CALL) for call in calls],
    }


def line_view(line: LogLineDoc) -> dict[str, Any]:
    """Return a log line (``createdAt``, ``logType``, ``content``) with masked secrets."""
    return {**_pick(line, _LINE), "content": masked_text(line["content"])}
