"""Answers why plugins were called for a label, an asset or an event, or were not.

The past is read from what dispatch stored: runs, and the decisions not to call. The present is
decided anew, by the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from kili_emulator import errors
from kili_emulator.domain.decision import find_decisions_on_deleted_plugins
from kili_emulator.domain.documents import DecisionDoc, PluginDoc, ProjectDoc, RunDoc
from kili_emulator.domain.lookup import find_plugin
from kili_emulator.domain.run_view import run_view
from kili_emulator.domain.why.called import delivered_run_view, reasons_of_run
from kili_emulator.domain.why.case import Case, MethodsOf
from kili_emulator.domain.why.not_called import prospect, reasons_of_deleted, reasons_without_run
from kili_emulator.domain.why.subject import (
    Occurrence,
    Subject,
    about_asset,
    about_event,
    about_label,
)
from kili_emulator.domain.world import View, World
from kili_emulator.rules.handlers import handler_type_for

# With these, the answer does not say whether the plugin would be called now.
_SETTLED = {"RAN", "RUNNING", "QUEUED", "SELF_TRIGGERED", "TOO_DEEP"}

# (id of a plugin, id of an event) → the runs of the plugin for the event
_Runs = dict[tuple[str, str], list[RunDoc]]


@dataclass(frozen=True)
class Question:
    """A question why plugins were called, or were not.

    Attributes:
        label: the id of a label.
        asset: the id of an asset, or with a project its external id.
        project: the project's id or title.
        event: the id of an event of the audit trail.
        plugin: the name or id of the plugin; all of the organization, if ``None``.
    """

    label: str | None = None
    asset: str | None = None
    project: str | None = None
    event: str | None = None
    plugin: str | None = None

    def about(self, view: View) -> Subject:
        """The subject of the question.

        Raises:
            KiliError: it is unknown, or not exactly one is given.
        """
        asked = [self.label, self.asset, self.event]
        if len(asked) - asked.count(None) != 1 or (self.project and not self.asset):
            raise errors.why_question()
        if self.label is not None:
            return about_label(view, self.label)
        if self.event is not None:
            return about_event(view, self.event)
        assert self.asset is not None
        return about_asset(view, self.asset, self.project)


def explain(world: World, question: Question, methods_of: MethodsOf) -> dict[str, Any]:
    """Answer why plugins were called, or were not.

    Args:
        methods_of: tells what the source of a version defines.

    Returns:
        ``about``: ``kind`` (label, asset or event), ``id``, ``labelType``, ``assetId``,
        ``externalId``, ``projectId``, ``project``. ``events``, in order: what happened to it, each
        with ``id`` and ``event`` (``None`` of a label of which no event tells), ``createdAt``,
        ``handler`` (the type that it calls, if any), ``labelId``, ``causedBy`` (a run), and
        ``plugins``, for each an answer. ``byHand``: runs for it that somebody called by hand.

        An answer has ``plugin`` (its name), ``pluginId``, ``isWebhook``; ``called``: whether the
        plugin was called, by a call that has begun; ``reasons``, the most basic one first, each
        with ``reason`` (a :data:`kili_emulator.rules.blockers.ReasonCode`), ``explanation``, ``remedy``,
        ``run`` and ``details`` (build errors); ``runs`` and ``redeliveries``, each as
        :func:`kili_emulator.domain.run_view.run_view` tells it and ``delivery`` (of a webhook);
        ``now``: what would be so if the same happened now, ``None`` where that is no question.

    Raises:
        KiliError: something is unknown, or it is not clear what is asked about.
    """
    view = world.view
    subject = question.about(view)
    project, name = subject.project, question.plugin
    deleted = [_decisions_on_deleted(view, each, name) for each in subject.occurrences]
    plugins = _plugins(view, name, project["organizationId"], were_deleted=any(deleted))
    runs = view.runs.find("project", project["id"])
    by_cause = _by_cause(runs)

    def answer(occurrence: Occurrence, plugin: PluginDoc) -> dict[str, Any]:
        case = Case(world, view, plugin, project, occurrence, methods_of)
        event_id = occurrence.event["id"] if occurrence.event else ""
        return _answer(case, by_cause.get((plugin["id"], event_id), []))

    return {
        "about": subject.summary(),
        "events": [
            {
                **_summary(view, occurrence),
                "plugins": [
                    *(answer(occurrence, each) for each in plugins),
                    *(_answer_on_deleted(each, project, occurrence) for each in decisions),
                ],
            }
            for occurrence, decisions in zip(subject.occurrences, deleted, strict=True)
        ],
        "byHand": [run_view(view, each) for each in _by_hand(runs, plugins, subject)],
    }


def _plugins(
    view: View, name: str | None, organization_id: str, *, were_deleted: bool
) -> list[PluginDoc]:
    """The plugins asked about that exist: of several with one name, that of the organization."""
    own = view.plugins.find("organization", organization_id)
    if name is None:
        return own
    named = [each for each in own if each["name"] == name]
    return named or ([] if were_deleted else [find_plugin(view, name)])


def _by_cause(runs: list[RunDoc]) -> _Runs:
    """The runs that events caused."""
    found: _Runs = defaultdict(list)
    for each in runs:
        if not each["byHand"]:
            found[each["pluginId"], each["eventId"]].append(each)
    return found


def _by_hand(runs: list[RunDoc], plugins: list[PluginDoc], subject: Subject) -> list[RunDoc]:
    """The runs that somebody triggered by hand."""
    member, ids = f"{subject.kind}Id", {each["id"] for each in plugins}
    return [
        each
        for each in runs
        if each["byHand"] and each["pluginId"] in ids and each["metadata"].get(member) == subject.id
    ]


def _summary(view: View, occurrence: Occurrence) -> dict[str, Any]:
    event = occurrence.event
    created = event or view.labels.get(occurrence.label_id or "")
    return {
        "id": event["id"] if event else None,
        "event": event["event"] if event else None,
        "createdAt": created["createdAt"] if created else None,
        "handler": handler_type_for(event["event"]) if event else None,
        "labelId": occurrence.label_id,
        "causedBy": event["runId"] if event else None,
    }


def _answer(case: Case, every_run: list[RunDoc]) -> dict[str, Any]:
    runs = [each for each in every_run if not each["redeliveryOf"]]
    redeliveries = [each for each in every_run if each["redeliveryOf"]]
    reasons = [reason for each in runs for reason in reasons_of_run(case, each)]
    reasons = reasons or reasons_without_run(case)
    is_settled = any(each["reason"] in _SETTLED for each in reasons)
    return {
        "plugin": case.plugin["name"],
        "pluginId": case.plugin["id"],
        "isWebhook": case.webhook is not None,
        "called": any(each["startedAt"] is not None for each in runs),
        "reasons": reasons,
        "runs": [delivered_run_view(case, each) for each in runs],
        "redeliveries": [delivered_run_view(case, each) for each in redeliveries],
        "now": None if is_settled else prospect(case),
    }


def _decisions_on_deleted(
    view: View, occurrence: Occurrence, name: str | None
) -> list[DecisionDoc]:
    """The decisions on plugins with that name or id that have been deleted since."""
    found = find_decisions_on_deleted_plugins(view, occurrence.event) if occurrence.event else []
    return [each for each in found if name in (None, each["pluginName"], each["pluginId"])]


def _answer_on_deleted(
    decision: DecisionDoc, project: ProjectDoc, occurrence: Occurrence
) -> dict[str, Any]:
    return {
        "plugin": decision["pluginName"],
        "pluginId": decision["pluginId"],
        "isWebhook": decision["isWebhook"],
        "called": False,
        "reasons": reasons_of_deleted(decision, project, occurrence.subject),
        "runs": [],
        "redeliveries": [],
        "now": None,
    }
