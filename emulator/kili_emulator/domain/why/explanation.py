"""Answer a question: what happened, and why each plugin was called or not."""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import TypedDict

from kili_emulator.domain.decision import find_decisions_on_deleted_plugins
from kili_emulator.domain.documents import DecisionDoc, PluginDoc, ProjectDoc, RunDoc
from kili_emulator.domain.lookup import find_plugin
from kili_emulator.domain.run_view import RunView, run_view
from kili_emulator.domain.why import texts
from kili_emulator.domain.why.causes import (
    DeliverySummary,
    Reason,
    delivery_of,
    reasons_of,
    reasons_of_deleted,
)
from kili_emulator.domain.why.facts import Facts, MethodsOf
from kili_emulator.domain.why.question import Occurrence, Question, TopicView
from kili_emulator.domain.world import View, World
from kili_emulator.rules.blockers import ReasonCode
from kili_emulator.rules.handlers import handler_type_for

# With one of these reasons, the answer does not say whether the plugin would be called now.
_SETTLED = {"RAN", "RUNNING", "QUEUED", "SELF_TRIGGERED", "TOO_DEEP"}


class DeliveredRun(RunView):
    """A run with a summary of its delivery.

    ``delivery`` is ``None`` under the conditions that
    :class:`kili_emulator.domain.run_view.RunDetails` states.
    """

    delivery: DeliverySummary | None


class PresentExplanation(TypedDict):
    """Whether a plugin would be called if the same happened now.

    ``reasons`` lists the reasons why it would not be called; it is empty if ``called`` is true.
    """

    called: bool
    reasons: list[ReasonCode]
    explanation: str


class PluginExplanation(TypedDict):
    """The explanation why a plugin was called, or not called, for an occurrence.

    - ``plugin``: the name of the plugin.
    - ``called``: whether a call has begun.
    - ``reasons``: the most basic one first.
    - ``runs``: the runs for the occurrence, without redeliveries.
    - ``now``: ``None`` if ``reasons`` makes it useless, and for a deleted plugin.
    """

    plugin: str
    pluginId: str
    isWebhook: bool
    called: bool
    reasons: list[Reason]
    runs: list[DeliveredRun]
    redeliveries: list[DeliveredRun]
    now: PresentExplanation | None


class OccurrenceExplanation(TypedDict):
    """An event, or the creation of a label without an event, with an explanation for each plugin.

    - ``id``, ``event``: the id and subject of the event; ``None`` for a label without an event.
    - ``createdAt``: the time of the event or label; ``None`` if the label was deleted.
    - ``handler``: the type of the handler that the event calls; ``None`` if it calls none.
    - ``labelId``: the label that the event is about; ``None`` if there is none.
    - ``causedBy``: the id of the run that caused the event; ``None`` if no run did.
    """

    id: str | None
    event: str | None
    createdAt: str | None
    handler: str | None
    labelId: str | None
    causedBy: str | None
    plugins: list[PluginExplanation]


class Explanation(TypedDict):
    """The answer to a question why plugins were called or not.

    ``events`` lists the occurrences in order, ``byHand`` the runs that a user started by hand.
    """

    about: TopicView
    events: list[OccurrenceExplanation]
    byHand: list[RunView]


def explain(world: World, question: Question, methods_of: MethodsOf) -> Explanation:
    """Explain why plugins were called, or not called, for the topic of a question.

    Raises:
        KiliError: the topic or the plugin is unknown, the topic belongs to no project, or the
            question is ambiguous.
    """
    return _Explainer(world, question, methods_of).answer()


class _Explainer:
    """Explains all occurrences of one question in one view."""

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

    def answer(self) -> Explanation:
        pairs = zip(self._topic.occurrences, self._deleted, strict=True)
        return {
            "about": self._topic.about,
            "events": [self._event(occurrence, deleted) for occurrence, deleted in pairs],
            "byHand": [run_view(self._view, each) for each in self._runs_by_hand()],
        }

    def _event(self, occurrence: Occurrence, deleted: list[DecisionDoc]) -> OccurrenceExplanation:
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

    def _plugin(self, occurrence: Occurrence, plugin: PluginDoc) -> PluginExplanation:
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

    def _deleted_plugin(self, occurrence: Occurrence, decision: DecisionDoc) -> PluginExplanation:
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

    def _run(self, run: RunDoc) -> DeliveredRun:
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


def _explain_now(facts: Facts) -> PresentExplanation:
    """Explain whether the plugin would be called if the same happened now."""
    codes = facts.blockers.codes()
    if facts.is_never_offered:
        codes = ["OTHER_ORGANIZATION"]
    fields, version = facts.fields_now, facts.state.version
    has_handler = version is not None and fields["handler"] in version.handlers
    text = texts.NOW_NOT_CALLED if codes else texts.NOW_CALLED
    explanation = text.format(
        **fields,
        words=", ".join(codes),
        quoted=shlex.quote(facts.plugin["name"]),
        trigger=fields["method"] if has_handler else facts.occurrence.subject,
    )
    return {"called": not codes, "reasons": codes, "explanation": explanation}
