"""Views of plugin runs: brief, as a row of a list, and with everything that is known."""

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
_NO_FAILURES = ("RUNNING", "SUCCEEDED", "NOT_RUN")


def run_brief(view: View, run: RunDoc) -> dict[str, Any]:
    """The outcome of a run, as the answer to an action that caused it shows it.

    Returns:
        ``id``, ``plugin`` (its name), ``handler``, ``called`` (the handler; ``on_event`` with the
        event), ``outcome``; ``refusal`` (why it did not take place) with an ``explanation``; and
        ``error``: the line of the error that names it.
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
    """A run as a row of a list.

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
    """Whether a run has ended in any way but success."""
    return run["outcome"] not in _NO_FAILURES


def run_details(view: View, run_id: str) -> dict[str, Any]:
    """All that is known of a run.

    Returns:
        the members of :func:`run_view`, and ``payload`` (the handler's arguments by name), ``mark``
        (where the world can be brought back to: what the handler saw), ``seed``, ``delivery`` (of
        a webhook), ``causes`` (the ids of runs that it caused); ``lines``, each with
        ``createdAt``, ``logType`` and ``content``; ``calls``, each with ``number``,
        ``operations``, ``method`` (of the SDK), ``query`` (where it has no arguments),
        ``arguments``, ``answer``, ``errors``, ``createdAt`` and ``durationMs``. Secrets are masked
        (:mod:`kili_emulator.rules.masking`).

    Raises:
        KiliError: there is no such run.
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
    """A log line (``createdAt``, ``logType``, ``content``), its secrets masked."""
    return {**_pick(line, _LINE), "content": masked_text(line["content"])}
