"""The timeline: requests, each with the tree of its effects, and the text of such a tree.

A request changes documents and emits events; for an event, each plugin is called or not; a run of a
plugin sends requests, which have effects in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypedDict

ChangeKind = Literal["added", "changed", "deleted"]
# ``suppressed``: a plugin is not called for its own changes. ``queued``: the run waits for its
# turn, or the request that caused it did not wait for it. ``refused``: the run did not take place.
# ``not called``: the plugin was not active, not deployed, or does not subscribe to the event.
DecisionKind = Literal["called", "queued", "suppressed", "refused", "not called"]


class ChangeSummary(TypedDict):
    """Documents of one table that a transaction added, changed or deleted.

    ``ids`` has the first ids, ``count`` is the number of all documents. ``members`` lists the names
    of the members that were changed in the first documents.
    """

    table: str
    kind: ChangeKind
    count: int
    ids: list[str]
    members: list[str]


class DecisionReason(TypedDict):
    """A reason for a decision: a code for programs, and its explanation."""

    reason: str
    explanation: str


class EventNode(TypedDict):
    """An event, with the decision about each plugin.

    - ``internal``: whether the event is the emulator's own, which the audit trail does not have.
    - ``assetId``, ``labelId``: what the event is about; ``None`` if there is none.
    """

    id: str
    event: str
    createdAt: str
    projectId: str
    assetId: str | None
    labelId: str | None
    internal: bool
    decisions: list[DecisionNode]


class DecisionNode(TypedDict):
    """The decision to call a plugin for an event, or not to call it.

    - ``plugin``: the name of the plugin.
    - ``reasons``: why it was not called, the most basic reason first; empty if it was called.
    - ``run``: the run; ``None`` if none was recorded.
    """

    plugin: str
    pluginId: str
    decision: DecisionKind
    reasons: list[DecisionReason]
    run: RunNode | None


class RunNode(TypedDict):
    """A run of a plugin, with the requests that it sent.

    ``called``, ``outcome``, ``headline``, the times and the ids are those of
    :class:`kili_emulator.domain.run_view.RunView`.
    """

    id: str
    plugin: str
    called: str
    projectId: str
    assetId: str | None
    labelId: str | None
    outcome: str
    headline: str | None
    createdAt: str
    startedAt: str | None
    durationMs: float | None
    requests: list[RequestNode]


class RequestNode(TypedDict):
    """A request, or a change that no request made, with its effects.

    - ``id``: the id of the request (``X-Request-Id``); ``None`` without a request.
    - ``kind``: ``graphql``, ``file``, ``control``, or ``emulator`` without a request.
    - ``user``: the e-mail address of the sender; empty for the emulator and for signed URLs.
    - ``runId``: the id of the run that sent the request; ``None`` if none did.
    - ``name``: the name of the GraphQL operation; ``None`` if it has none.
    - ``operations``: the root fields, such as ``Mutation.createIssues``; of other requests, the
      method and the path.
    - ``outcome``: ``ok``, ``error`` (a mistake of the client), ``failure`` (one of the emulator);
      ``None`` during the request, and if it is unknown, as in a timeline of an earlier process.
    - ``errors``: the messages of the errors that were answered.
    - ``fault``: the effect of the fault that the request met, such as ``status 503``; ``None``
      without a fault.
    - ``durationMs``: the milliseconds until the answer, with the runs that it waited for; ``None``
      if they are unknown.
    - ``runs``: the runs that the request started by hand, without an event.
    """

    id: str | None
    kind: str
    createdAt: str
    user: str
    runId: str | None
    name: str | None
    operations: list[str]
    outcome: str | None
    errors: list[str]
    fault: str | None
    durationMs: float | None
    changes: list[ChangeSummary]
    events: list[EventNode]
    runs: list[RunNode]


_INDENT = "  "


def text_of(node: RequestNode) -> list[str]:
    """Return the lines of a request and its effects; each level is indented by two spaces."""
    return list(_request_lines(node, ""))


def _request_lines(node: RequestNode, indent: str) -> Iterator[str]:
    yield f"{indent}{_request_title(node)}"
    inner = indent + _INDENT
    if node["fault"]:
        yield f"{inner}fault: {node['fault']}"
    for error in node["errors"]:
        yield f"{inner}error: {error}"
    for change in node["changes"]:
        yield f"{inner}{_change_text(change)}"
    for event in node["events"]:
        yield from _event_lines(event, inner)
    for run in node["runs"]:
        yield f"{inner}{run['plugin']} called by hand: {_run_text(run)}"
        yield from _lines_below_run(run, inner + _INDENT)


def _request_title(node: RequestNode) -> str:
    operations = ", ".join(
        each.rpartition(".")[2] if node["kind"] == "graphql" else each
        for each in node["operations"]
    )
    title = operations or ("invalid request" if node["id"] else "the emulator")
    sender = f" by {node['user']}" if node["user"] and not node["runId"] else ""
    state = "" if node["outcome"] in ("ok", None) else f": {node['outcome']}"
    duration = _milliseconds(node["durationMs"])
    request = f" [{node['id']}]" if node["id"] else ""
    return f"{node['createdAt']} {title}{sender}{state}{duration}{request}"


def _change_text(change: ChangeSummary) -> str:
    more = ", …" if change["count"] > len(change["ids"]) else ""
    members = f": {', '.join(change['members'])}" if change["members"] else ""
    ids = ", ".join(change["ids"])
    return f"{change['kind']} {change['count']} {change['table']} ({ids}{more}){members}"


def _event_lines(event: EventNode, indent: str) -> Iterator[str]:
    about = next(
        (
            f" of {name} {value}"
            for name, value in (("label", event["labelId"]), ("asset", event["assetId"]))
            if value
        ),
        "",
    )
    yield f"{indent}event {event['event']}{about} [{event['id']}]"
    for decision in event["decisions"]:
        yield f"{indent}{_INDENT}{_decision_text(decision)}"
        if decision["run"]:
            yield from _lines_below_run(decision["run"], indent + 2 * _INDENT)


def _decision_text(decision: DecisionNode) -> str:
    reasons = "; ".join(f"{each['reason']}: {each['explanation']}" for each in decision["reasons"])
    run = _run_text(decision["run"]) if decision["run"] else ""
    details = "; ".join(filter(None, (reasons, run)))
    return f"{decision['plugin']} {decision['decision']}: {details}"


def _run_text(run: RunNode) -> str:
    is_waiting = run["outcome"] == "RUNNING" and run["startedAt"] is None
    outcome = "waits for its turn" if is_waiting else run["outcome"]
    error = f" {run['headline']}" if run["headline"] else ""
    return f"{run['called']} {outcome}{_milliseconds(run['durationMs'])}{error} [run {run['id']}]"


def _lines_below_run(run: RunNode, indent: str) -> Iterator[str]:
    for request in run["requests"]:
        yield from _request_lines(request, indent)


def _milliseconds(duration: float | None) -> str:
    return "" if duration is None else f", {duration:.0f} ms"
