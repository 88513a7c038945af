"""Answer a question: what happened, and why each plugin was called or not."""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import Any

from kili_emulator import messages
from kili_emulator.domain.decision import find_decisions_on_deleted_plugins
from kili_emulator.domain.documents import DecisionDoc, PluginDoc, ProjectDoc, RunDoc
from kili_emulator.domain.lookup import find_plugin
from kili_emulator.domain.run_view import run_view
from kili_emulator.domain.why.causes import delivery_of, reasons_of, reasons_of_deleted
from kili_emulator.domain.why.facts import Facts, MethodsOf
from kili_emulator.domain.why.question import Occurrence, Question
from kili_emulator.domain.world import View, World
from kili_emulator.rules.handlers import handler_type_for

# With one of these reasons, the answer does not say whether the plugin would be called now.
_SETTLED = {"RAN", "RUNNING", "QUEUED", "SELF_TRIGGERED", "TOO_DEEP"}


def explain(world: World, question: Question, methods_of: MethodsOf) -> dict[str, Any]:
    """Explain why plugins were called, or not called, for the topic of a question.

    Returns:
        - ``about``: see :class:`kili_emulator.domain.why.question.Topic`;
        - ``events``: the occurrences in order, each with ``id`` and ``event`` (``None`` for a label
          without an event), ``createdAt``, ``handler`` (the handler type that the event calls, or
          ``None``), ``labelId``, ``causedBy`` (the id of a run), and ``plugins``;
        - ``byHand``: views of the runs that a user started by hand.

        Each member of ``plugins`` has

        - ``plugin`` (the name), ``pluginId``, ``isWebhook``;
        - ``called``: whether a call has begun;
        - ``reasons``: the most basic one first; see
          :class:`kili_emulator.domain.why.causes.Reason`;
        - ``runs`` and ``redeliveries``: views of runs
          (:func:`kili_emulator.domain.run_view.run_view`), each with ``delivery``, the summary of
          its webhook delivery;
        - ``now``: ``called``, ``reasons`` and ``explanation`` for the case that the same happened
          now; ``None`` if ``reasons`` makes this answer useless.

    Raises:
        KiliError: the topic or the plugin is unknown, the topic belongs to no project, or the
            question is ambiguous.
    """
    return _Explanation(world, question, methods_of).answer()


class _Explanation:
    """The explanation of all occurrences of one question in one view."""

    def __init__(self, world: World, question: Question, methods_of: MethodsOf) -> None:
        self._world, self._view, self._methods_of = world, world.view, methods_of
        self._topic = topic = question.find_topic(self._view)
        self._deleted = [_find_deleted(self._view, each, question) for each in topic.occurrences]
        self._plugins = _plugins(self._view, question, topic.project, any(self._deleted))
        self._runs = self._view.runs.find("project", topic.project["id"])
        self._caused: dict[tuple[str, str], list[RunDoc]] = defaultdict(list)
        for each in self._runs:
            if not each["byHand"]:
                self._caused[each["pluginId"], each["eventId"]].append(each)

    def answer(self) -> dict[str, Any]:
        pairs = zip(self._topic.occurrences, self._deleted, strict=True)
        return {
            "about": self._topic.about,
            "events": [self._event(occurrence, deleted) for occurrence, deleted in pairs],
            "byHand": [run_view(self._view, each) for each in self._runs_by_hand()],
        }

    def _event(self, occurrence: Occurrence, deleted: list[DecisionDoc]) -> dict[str, Any]:
        event = occurrence.event
        created = event or self._view.labels.get(occurrence.label_id or "")
        return {
            "id": event["id"] if event else None,
            "event": event["event"] if event else None,
            "createdAt": created["createdAt"] if created else None,
            "handler": handler_type_for(event["event"]) if event else None,
            "labelId": occurrence.label_id,
            "causedBy": event["runId"] if event else None,
            "plugins": [
                *(self._plugin(occurrence, each) for each in self._plugins),
                *(self._deleted_plugin(occurrence, each) for each in deleted),
            ],
        }

    def _plugin(self, occurrence: Occurrence, plugin: PluginDoc) -> dict[str, Any]:
        project, event = self._topic.project, occurrence.event
        facts = Facts(self._world, self._view, plugin, project, occurrence, self._methods_of)
        caused = self._caused[plugin["id"], event["id"]] if event else []
        runs = [each for each in caused if not each["redeliveryOf"]]
        reasons = reasons_of(facts, runs)
        is_settled = any(each["reason"] in _SETTLED for each in reasons)
        return {
            "plugin": plugin["name"],
            "pluginId": plugin["id"],
            "isWebhook": facts.webhook is not None,
            "called": any(each["startedAt"] is not None for each in runs),
            "reasons": reasons,
            "runs": [self._run(each) for each in runs],
            "redeliveries": [self._run(each) for each in caused if each["redeliveryOf"]],
            "now": None if is_settled else _explain_now(facts),
        }

    def _deleted_plugin(self, occurrence: Occurrence, decision: DecisionDoc) -> dict[str, Any]:
        return {
            "plugin": decision["pluginName"],
            "pluginId": decision["pluginId"],
            "isWebhook": decision["isWebhook"],
            "called": False,
            "reasons": reasons_of_deleted(decision, self._topic.project, occurrence.subject),
            "runs": [],
            "redeliveries": [],
            "now": None,
        }

    def _run(self, run: RunDoc) -> dict[str, Any]:
        return {**run_view(self._view, run), "delivery": delivery_of(run)}

    def _runs_by_hand(self) -> list[RunDoc]:
        about, ids = self._topic.about, {each["id"] for each in self._plugins}
        found = [each for each in self._runs if each["byHand"] and each["pluginId"] in ids]
        return [each for each in found if each["metadata"].get(f"{about['kind']}Id") == about["id"]]


def _plugins(
    view: View, question: Question, project: ProjectDoc, were_deleted: bool
) -> list[PluginDoc]:
    """Return the existing plugins that the question is about.

    If plugins of several organizations have the name, return the one of the project's organization.
    """
    name, organization_id = question.plugin, project["organizationId"]
    own = view.plugins.find("organization", organization_id)
    if name is None:
        return own
    if were_deleted:
        return [each for each in own if each["name"] == name]
    return [find_plugin(view, name, organization_id)]


def _find_deleted(view: View, occurrence: Occurrence, question: Question) -> list[DecisionDoc]:
    """Return the decisions on deleted plugins that the question is about."""
    name = question.plugin
    found = find_decisions_on_deleted_plugins(view, occurrence.event) if occurrence.event else []
    return [each for each in found if name in (None, each["pluginName"], each["pluginId"])]


def _explain_now(facts: Facts) -> dict[str, Any]:
    """Explain whether the plugin would be called if the same happened now."""
    codes = ["OTHER_ORGANIZATION"] if facts.is_never_offered else facts.blockers.codes()
    fields, version = facts.fields_now, facts.state.version
    has_handler = version is not None and fields["handler"] in version.handlers
    text = messages.NOW_NOT_CALLED if codes else messages.NOW_CALLED
    explanation = text.format(
        **fields,
        words=", ".join(codes),
        quoted=shlex.quote(facts.plugin["name"]),
        trigger=fields["method"] if has_handler else facts.occurrence.subject,
    )
    return {"called": not codes, "reasons": codes, "explanation": explanation}
