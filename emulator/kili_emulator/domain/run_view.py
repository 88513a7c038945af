"""Views of plugin runs: brief, as a row of a list, and with all details."""

from __future__ import annotations

from typing import Any, TypedDict

from kili_emulator import errors, messages
from kili_emulator.domain.documents import (
    LogLineDoc,
    LogType,
    Outcome,
    RefusalReason,
    RunCallDoc,
    RunDoc,
    WebhookDelivery,
)
from kili_emulator.domain.run import called_handler, headline
from kili_emulator.domain.world import View
from kili_emulator.rules.masking import masked, masked_text

_NOT_FAILED = ("RUNNING", "SUCCEEDED", "NOT_RUN")


class RunBrief(TypedDict):
    """The outcome of a run, for the answer to the action that caused the run.

    - ``plugin``: the name of the plugin; ``None`` if the plugin was deleted.
    - ``handler``: the type of the handler, such as ``onSubmit``.
    - ``called``: the handler; for ``on_event``, also the event.
    - ``refusal``: the code of the reason why the run did not take place; ``None`` for other runs.
    - ``explanation``: ``refusal`` in words; ``None`` for other runs.
    - ``error``: the error in one line; ``None`` without an error.
    """

    id: str
    plugin: str | None
    handler: str
    called: str
    outcome: Outcome
    refusal: RefusalReason | None
    explanation: str | None
    error: str | None


class RunView(TypedDict):
    """A run as a row of a list.

    - ``event``: the subject of the event that the plugin is called for; ``eventId``: its id.
    - ``handler``, ``called``, ``refusal`` and ``explanation``: see :class:`RunBrief`.
    - ``error``: the whole text of the error, such as a traceback; ``headline``: the error in one
      line. Both are ``None`` without an error.
    - ``createdAt``: the time at which the run was caused.
    - ``startedAt``: the time at which the handler was called; ``None`` if it was not called.
    - ``durationMs``: the duration of the call in milliseconds; ``None`` until the run ends, and if
      it was refused or interrupted.
    - ``memoryMb``: the peak resident memory of the worker without its children, in units of
      1024 * 1024 bytes; ``None`` until the run ends, inline, for webhooks, and if the worker ended
      without an answer.
    - ``lineCount``, ``callCount``: the number of log lines and of API calls until now.
    - ``causedBy``: the id of the run that caused this run; ``None`` if no run caused it.
    - ``redeliveryOf``: the id of the run whose delivery was repeated; ``None`` for other runs.
    - ``byHand``: whether a user triggered the run for an event that had not happened.
    - ``plugin``: the name of the plugin.
    - ``version``: the number of the version; ``None`` if no version was deployed.
    - ``project``: the title of the project; ``None`` if the project does not exist.
    - ``assetId``, ``labelId``: the asset and the label that the event is about; ``None`` if there
      is none.
    """

    id: str
    projectId: str
    eventId: str
    event: str
    handler: str
    outcome: Outcome
    refusal: RefusalReason | None
    error: str | None
    createdAt: str
    startedAt: str | None
    durationMs: float | None
    memoryMb: float | None
    lineCount: int
    callCount: int
    causedBy: str | None
    redeliveryOf: str | None
    byHand: bool
    plugin: str
    version: int | None
    project: str | None
    called: str
    explanation: str | None
    headline: str | None
    assetId: str | None
    labelId: str | None


class LineView(TypedDict):
    """A log line; ``content`` is its text, with masked secrets."""

    createdAt: str
    logType: LogType
    content: str


class CallView(TypedDict):
    """An API call of a run.

    - ``number``: the position of the call in the run, from 1.
    - ``operations``: the root fields of the request, such as ``Query.assets``; for a request of a
      file, ``GET`` and the path.
    - ``method``: the method of the SDK that made the request; ``None`` if it is unknown.
    - ``query``: the GraphQL document; ``None`` if the request has variables.
    - ``arguments``, ``answer``: JSON values; texts if they were truncated.
    - ``errors``: whether the answer holds errors.
    - ``createdAt``: the time at which the request arrived.
    - ``durationMs``: the milliseconds until the answer, with the runs that the request waited for.
    """

    number: int
    operations: list[str]
    method: str | None
    query: str | None
    arguments: Any
    answer: Any
    errors: bool
    createdAt: str
    durationMs: float


class RunDetails(RunView):
    """A run with all details; secrets are masked (:mod:`kili_emulator.rules.masking`).

    - ``payload``: the arguments of the handler by name.
    - ``mark``: the members of the :class:`kili_emulator.domain.world.Mark` of the state that the
      handler saw, to which a reset can return; ``None`` if the handler was not called.
    - ``seed``: the seed of the random draws of the run; ``None`` in a world without a seed.
    - ``delivery``: the request to a webhook, and its answer; ``None`` for a plugin with code, until
      the run ends, and if no request was sent.
    - ``causes``: the ids of the runs that this run caused.
    - ``calls``: the recorded calls; ``callCount`` also counts the calls above the limit.
    """

    payload: dict[str, Any]
    mark: dict[str, Any] | None
    seed: int | None
    delivery: WebhookDelivery | None
    causes: list[str]
    lines: list[LineView]
    calls: list[CallView]


def run_brief(view: View, run: RunDoc) -> RunBrief:
    """Return the outcome of a run."""
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


def run_view(view: View, run: RunDoc) -> RunView:
    """Return a run as a row of a list."""
    version = view.plugin_versions.get(run["versionId"] or "")
    project = view.projects.get(run["projectId"])
    return {
        "id": run["id"],
        "projectId": run["projectId"],
        "eventId": run["eventId"],
        "event": run["event"],
        "handler": run["handler"],
        "outcome": run["outcome"],
        "refusal": run["refusal"],
        "error": run["error"],
        "createdAt": run["createdAt"],
        "startedAt": run["startedAt"],
        "durationMs": run["durationMs"],
        "memoryMb": run["memoryMb"],
        "lineCount": run["lineCount"],
        "callCount": run["callCount"],
        "causedBy": run["causedBy"],
        "redeliveryOf": run["redeliveryOf"],
        "byHand": run["byHand"],
        "plugin": view.plugins.require(run["pluginId"])["name"],
        "version": version["number"] if version else None,
        "project": project["title"] if project else None,
        "called": called_handler(run),
        "explanation": messages.REFUSALS.get(run["refusal"] or ""),
        "headline": headline(run),
        "assetId": run["metadata"]["assetId"],
        "labelId": run["metadata"]["labelId"],
    }


def is_failed(run: RunDoc) -> bool:
    """Return whether a run has ended without success."""
    return run["outcome"] not in _NOT_FAILED


def run_details(view: View, run_id: str) -> RunDetails:
    """Return a run with all details.

    Raises:
        KiliError: the run is unknown.
    """
    run = view.runs.get(run_id)
    if run is None:
        raise errors.run_not_found(run_id)
    return {
        **run_view(view, run),
        "payload": masked(run["payload"]),
        "mark": run["mark"],
        "seed": run["seed"],
        "delivery": run["delivery"],
        "causes": [each["id"] for each in view.runs.all() if each["causedBy"] == run_id],
        "lines": [line_view(each) for each in view.plugin_logs.find("run", run_id)],
        "calls": [_call_view(each) for each in view.run_calls.find("run", run_id)],
    }


def line_view(line: LogLineDoc) -> LineView:
    """Return a log line with masked secrets."""
    return {
        "createdAt": line["createdAt"],
        "logType": line["logType"],
        "content": masked_text(line["content"]),
    }


def _call_view(call: RunCallDoc) -> CallView:
    return {
        "number": call["number"],
        "operations": call["operations"],
        "method": call["method"],
        "query": call["query"],
        "arguments": call["arguments"],
        "answer": call["answer"],
        "errors": call["errors"],
        "createdAt": call["createdAt"],
        "durationMs": call["durationMs"],
    }
