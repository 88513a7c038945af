"""The tree of the timeline: requests, events, decisions, runs, and the requests of the runs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from kili_emulator import errors, messages
from kili_emulator.clock import format_time
from kili_emulator.domain.decision import find_decisions
from kili_emulator.domain.documents import DecisionDoc, RunCallDoc, RunDoc
from kili_emulator.domain.run import called_handler, headline
from kili_emulator.domain.tables import View
from kili_emulator.domain.timeline.effects import Effects, TracedEvent, first_position
from kili_emulator.domain.timeline.requests import Requests, TracedRequest
from kili_emulator.domain.timeline.topic import WHOLE_WORLD, Topic
from kili_emulator.domain.why.causes import explain_decision
from kili_emulator.observe.requests import RequestRecord
from kili_emulator.observe.timeline import (
    DecisionKind,
    DecisionNode,
    DecisionReason,
    EventNode,
    RequestNode,
    RunNode,
)
from kili_emulator.rules.masking import masked_text


@dataclass(frozen=True)
class TimelineQuery:
    """A query for the timeline.

    Attributes:
        run: the id of a run: only what led to this run, and its effects.
        topic: only what concerns these documents.
        limit: the largest number of requests that no run sent; the latest are returned.
    """

    run: str | None = None
    topic: Topic = WHOLE_WORLD
    limit: int | None = None


def build_timeline(
    view: View, records: list[RequestRecord], query: TimelineQuery
) -> list[RequestNode]:
    """Return the requests of a query that no run sent, oldest first, each with its effects.

    Raises:
        KiliError: the run is unknown.
    """
    requests = Requests(view, records)
    if query.run is not None:
        run = view.runs.get(query.run)
        if run is None:
            raise errors.run_not_found(query.run)
        root = requests.root_of_run(run)
        return build_trees(view, requests, [root] if root else [], Topic(run=run["id"]))
    if query.topic == WHOLE_WORLD:
        newest = list(islice(requests.newest_roots(), query.limit))
        return build_trees(view, requests, newest[::-1], WHOLE_WORLD)
    nodes = build_trees(view, requests, list(requests.newest_roots())[::-1], query.topic)
    return nodes if query.limit is None else nodes[max(0, len(nodes) - query.limit) :]


def build_trees(
    view: View, requests: Requests, roots: list[TracedRequest], topic: Topic
) -> list[RequestNode]:
    """Return the trees of some requests, as far as they are about a topic."""
    builder = _Builder(view, requests, Effects(view, first_position(view, roots)), topic)
    found = (builder.request(each, is_whole=topic == WHOLE_WORLD) for each in roots)
    return [each for each in found if each]


class _Builder:
    """The builder of the nodes of one view.

    The methods return ``None`` for a node that is not about the topic, and that has no effect about
    it. With ``is_whole``, a node above is about the topic: then all effects are.
    """

    def __init__(self, view: View, requests: Requests, effects: Effects, topic: Topic) -> None:
        self._view = view
        self._requests = requests
        self._effects = effects
        self._topic = topic

    def request(self, request: TracedRequest, *, is_whole: bool) -> RequestNode | None:
        traced_events = [
            each for name in request.transaction_ids for each in self._effects.events_of(name)
        ]
        events = [self._event(each, is_whole=is_whole) for each in traced_events]
        runs = [self._run(each, is_whole=is_whole) for each in request.runs]
        node: RequestNode = {
            **self._head(request),
            "changes": request.changes,
            "events": [each for each in events if each],
            "runs": [each for each in runs if each],
        }
        is_kept = is_whole or node["events"] or node["runs"] or self._topic.has_request(request)
        return node if is_kept else None

    def _head(self, request: TracedRequest) -> RequestNode:
        """Return the node of a request without its effects."""
        if request.record is not None:
            return _head_of_record(request.record)
        if request.call is not None:
            return self._head_of_call(request.call)
        if request.transactions:
            return self._head_of_transaction(request)
        (run,) = request.runs
        operation = "redeliver" if run["redeliveryOf"] else "trigger"
        return {
            **_EMPTY,
            "id": run.get("requestId"),
            "kind": "control",
            "name": operation,
            "createdAt": run["createdAt"],
            "operations": [operation],
        }

    def _head_of_call(self, call: RunCallDoc) -> RequestNode:
        plugin = self._view.plugins.require(call["pluginId"])
        is_file = any("/" in each for each in call["operations"])
        return {
            **_EMPTY,
            "id": call.get("requestId"),
            "kind": "file" if is_file else "graphql",
            "createdAt": call["createdAt"],
            "user": self._view.users.require(plugin["userId"])["email"],
            "runId": call["runId"],
            "operations": call["operations"],
            "outcome": "error" if call["errors"] else "ok",
            "durationMs": call["durationMs"],
        }

    def _head_of_transaction(self, request: TracedRequest) -> RequestNode:
        first = request.transactions[0]
        user = self._view.users.get(first["userId"])
        return {
            **_EMPTY,
            "id": first["requestId"],
            "kind": first["kind"],
            "createdAt": first["requestedAt"],
            "user": user["email"] if user else "",
            "runId": first["runId"],
            "name": first["name"],
            "operations": first["operations"],
        }

    def _event(self, traced: TracedEvent, *, is_whole: bool) -> EventNode | None:
        event = traced.event
        is_about = is_whole or self._topic.has_event(event)
        called = [
            self._call(traced, each, is_whole=is_about)
            for each in self._effects.runs_of(event["id"])
        ]
        decisions = [each for each in called if each]
        if not is_about and not decisions:
            return None
        called_ids = {each["pluginId"] for each in decisions}
        if is_about:
            not_called = find_decisions(self._view, event)
            decisions += [
                self._not_called(traced, each)
                for each in not_called
                if each["pluginId"] not in called_ids
            ]
        payload = event["payload"]
        return {
            "id": event["id"],
            "event": event["event"],
            "createdAt": event["createdAt"],
            "projectId": event["projectId"],
            "assetId": payload.get("assetId"),
            "labelId": payload.get("labelId"),
            "internal": traced.is_internal,
            "decisions": decisions,
        }

    def _call(self, traced: TracedEvent, run: RunDoc, *, is_whole: bool) -> DecisionNode | None:
        node = self._run(run, is_whole=is_whole)
        if node is None:
            return None
        return {
            "plugin": node["plugin"],
            "pluginId": run["pluginId"],
            "decision": _decision_of(run),
            "reasons": self._reasons_of_refusal(traced, run),
            "run": node,
        }

    def _reasons_of_refusal(self, traced: TracedEvent, run: RunDoc) -> list[DecisionReason]:
        """Return why a run did not take place: by the stored decision, if there is one."""
        if run["refusal"] is None:
            return []
        stored = find_decisions(self._view, traced.event)
        decision = next((each for each in stored if each["pluginId"] == run["pluginId"]), None)
        if decision is not None:
            return self._explain(traced, decision)
        return [{"reason": run["refusal"], "explanation": messages.REFUSALS[run["refusal"]]}]

    def _not_called(self, traced: TracedEvent, decision: DecisionDoc) -> DecisionNode:
        return {
            "plugin": decision["pluginName"],
            "pluginId": decision["pluginId"],
            "decision": "not called",
            "reasons": self._explain(traced, decision),
            "run": None,
        }

    def _explain(self, traced: TracedEvent, decision: DecisionDoc) -> list[DecisionReason]:
        project = self._view.projects.require(decision["projectId"])
        return explain_decision(decision, project, traced.event["event"])

    def _run(self, run: RunDoc, *, is_whole: bool) -> RunNode | None:
        is_about = is_whole or self._topic.has_run(run)
        requests = [self.request(each, is_whole=is_about) for each in self._requests.of_run(run)]
        kept = [each for each in requests if each]
        if not is_about and not kept:
            return None
        error = headline(run)
        return {
            "id": run["id"],
            "plugin": self._view.plugins.require(run["pluginId"])["name"],
            "called": called_handler(run),
            "projectId": run["projectId"],
            "assetId": run["metadata"]["assetId"],
            "labelId": run["metadata"]["labelId"],
            "outcome": run["outcome"],
            "headline": None if error is None else masked_text(error),
            "createdAt": run["createdAt"],
            "startedAt": run["startedAt"],
            "durationMs": run["durationMs"],
            "requests": kept,
        }


_EMPTY: RequestNode = {
    "id": None,
    "kind": "emulator",
    "createdAt": "",
    "user": "",
    "runId": None,
    "name": None,
    "operations": [],
    "outcome": None,
    "errors": [],
    "fault": None,
    "durationMs": None,
    "changes": [],
    "events": [],
    "runs": [],
}


def _head_of_record(record: RequestRecord) -> RequestNode:
    duration = record.duration
    return {
        **_EMPTY,
        "id": record.id,
        "kind": record.kind,
        "createdAt": format_time(record.moment),
        "user": record.sender.email,
        "runId": record.sender.run_id,
        "name": record.name,
        "operations": list(record.operations),
        "outcome": record.outcome,
        "errors": [masked_text(each) for each in record.errors],
        "fault": record.fault,
        "durationMs": None if duration is None else round(duration * 1000, 3),
    }


def _decision_of(run: RunDoc) -> DecisionKind:
    if run["refusal"]:
        return "suppressed" if run["refusal"] == "SELF_TRIGGERED" else "refused"
    is_waiting = run["outcome"] == "RUNNING" and run["startedAt"] is None
    return "queued" if is_waiting or run.get("queued") else "called"
