"""Answer a question: what happened, and for each plugin why it was called, or was not."""

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
from kili_emulator.domain.why.subject import Occurrence, Question
from kili_emulator.domain.world import View, World
from kili_emulator.rules.handlers import handler_type_for

# With these, the answer does not say whether the plugin would be called now.
_SETTLED = {"RAN", "RUNNING", "QUEUED", "SELF_TRIGGERED", "TOO_DEEP"}


def explain(world: World, question: Question, methods_of: MethodsOf) -> dict[str, Any]:
    """Explain why plugins were called for the subject of a question, or were not.

    Returns:
        ``about`` (:class:`kili_emulator.domain.why.subject.Subject`). ``events``, in order, each
        with ``id`` and ``event`` (``None`` of a label without an event), ``createdAt``,
        ``handler`` (the type that it calls, if any), ``labelId``, ``causedBy`` (a run), and
        ``plugins``, for each an answer. ``byHand``: the runs that somebody called by hand.

        An answer has ``plugin`` (its name), ``pluginId``, ``isWebhook``; ``called``: whether a call
        has begun; ``reasons`` (:class:`kili_emulator.domain.why.causes.Reason`), the most basic one
        first; ``runs`` and ``redeliveries``, each as
        :func:`kili_emulator.domain.run_view.run_view` shows it, with ``delivery`` (of a webhook);
        ``now``: ``called``, ``reasons`` and ``explanation`` if the same happened now, ``None``
        where the answer does not depend on that.

    Raises:
        KiliError: something is unknown, it belongs to no project, or the question is unclear.
    """
    return _Explanation(world, question, methods_of).answer()


class _Explanation:
    """Explains all occurrences of one question in one view."""

    def __init__(self, world: World, question: Question, methods_of: MethodsOf) -> None:
        self._world, self._view, self._methods_of = world, world.view, methods_of
        self._subject = subject = question.subject(self._view)
        self._deleted = [_on_deleted(self._view, each, question) for each in subject.occurrences]
        self._plugins = _plugins(self._view, question, subject.project, any(self._deleted))
        self._runs = self._view.runs.find("project", subject.project["id"])
        self._caused: dict[tuple[str, str], list[RunDoc]] = defaultdict(list)
        for each in self._runs:
            if not each["byHand"]:
                self._caused[each["pluginId"], each["eventId"]].append(each)

    def answer(self) -> dict[str, Any]:
        pairs = zip(self._subject.occurrences, self._deleted, strict=True)
        return {
            "about": self._subject.about,
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
        project, event = self._subject.project, occurrence.event
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
            "now": None if is_settled else _now(facts),
        }

    def _deleted_plugin(self, occurrence: Occurrence, decision: DecisionDoc) -> dict[str, Any]:
        return {
            "plugin": decision["pluginName"],
            "pluginId": decision["pluginId"],
            "isWebhook": decision["isWebhook"],
            "called": False,
            "reasons": reasons_of_deleted(decision, self._subject.project, occurrence.subject),
            "runs": [],
            "redeliveries": [],
            "now": None,
        }

    def _run(self, run: RunDoc) -> dict[str, Any]:
        return {**run_view(self._view, run), "delivery": delivery_of(run)}

    def _runs_by_hand(self) -> list[RunDoc]:
        about, ids = self._subject.about, {each["id"] for each in self._plugins}
        found = [each for each in self._runs if each["byHand"] and each["pluginId"] in ids]
        return [each for each in found if each["metadata"].get(f"{about['kind']}Id") == about["id"]]


def _plugins(
    view: View, question: Question, project: ProjectDoc, were_deleted: bool
) -> list[PluginDoc]:
    """The plugins asked about that exist: of several with one name, that of the organization."""
    name, organization_id = question.plugin, project["organizationId"]
    own = view.plugins.find("organization", organization_id)
    if name is None:
        return own
    if were_deleted:
        return [each for each in own if each["name"] == name]
    return [find_plugin(view, name, organization_id)]


def _on_deleted(view: View, occurrence: Occurrence, question: Question) -> list[DecisionDoc]:
    """The decisions on plugins asked about that have been deleted since."""
    name = question.plugin
    found = find_decisions_on_deleted_plugins(view, occurrence.event) if occurrence.event else []
    return [each for each in found if name in (None, each["pluginName"], each["pluginId"])]


def _now(facts: Facts) -> dict[str, Any]:
    """Whether the plugin would be called if the same happened now."""
    words = ["OTHER_ORGANIZATION"] if facts.is_foreign else facts.blockers.codes()
    fields, version = facts.fields_now, facts.state.version
    by_handler = version is not None and fields["handler"] in version.handlers
    text = messages.NOW_NOT_CALLED if words else messages.NOW_CALLED
    explanation = text.format(
        **fields,
        words=", ".join(words),
        quoted=shlex.quote(facts.plugin["name"]),
        trigger=fields["method"] if by_handler else facts.occurrence.subject,
    )
    return {"called": not words, "reasons": words, "explanation": explanation}
