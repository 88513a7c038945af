"""Why a plugin did not run: asked about a label, an asset or an event, and answered.

What is so now and what was so when something happened are told apart: plugins are deployed,
activated and deactivated, and what happened before or after that does not call them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from emulator import errors
from emulator.domain import happening
from emulator.domain.documents import PluginDoc, ProjectDoc, RunDoc
from emulator.domain.happening import Happening, Matter
from emulator.domain.payloads import handler_of
from emulator.domain.run_record import find_plugin, summary
from emulator.domain.why.case import Case, MethodsOf
from emulator.domain.why.reason import prospect, reasons_without_run
from emulator.domain.why.run import reasons_of_run, told_run
from emulator.domain.world import View, World

# With these, it does not matter what would be so if the same happened now.
_SETTLED = {"RAN", "RUNNING", "QUEUED", "SELF_TRIGGERED", "TOO_DEEP"}

# plugin, event → the runs of the plugin for the event
_Runs = dict[tuple[str, str], list[RunDoc]]


@dataclass(frozen=True)
class Question:
    """What somebody wants to know.

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

    def about(self, view: View) -> Matter:
        """What it is about.

        Raises:
            KiliError: that is unknown, or it is not said, or more than one thing is.
        """
        asked = [self.label, self.asset, self.event]
        if len(asked) - asked.count(None) != 1 or (self.project and not self.asset):
            raise errors.why_question()
        if self.label is not None:
            return happening.about_label(view, self.label)
        if self.event is not None:
            return happening.about_event(view, self.event)
        assert self.asset is not None
        return happening.about_asset(view, self.asset, self.project)


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
        with ``reason`` (a word of :data:`emulator.rules.why.Word`), ``explanation``, ``remedy``,
        ``run`` and ``details`` (build errors); ``runs`` and ``redeliveries``, each as
        :func:`emulator.domain.run_record.summary` tells it and ``delivery`` (of a webhook);
        ``now``: what would be so if the same happened now, ``None`` where that is no question.

    Raises:
        KiliError: something is unknown, or it is not clear what is asked about.
    """
    view = world.view
    matter = question.about(view)
    plugins = _plugins(view, question.plugin, matter.project["organizationId"])
    runs = view.runs.find("project", matter.project["id"])
    inquiry = _Inquiry(world, view, matter.project, plugins, _by_cause(runs), methods_of)
    return {
        "about": matter.told(),
        "events": [inquiry.told(each) for each in matter.happenings],
        "byHand": [summary(view, each) for each in _by_hand(runs, plugins, matter)],
    }


def _plugins(view: View, name: str | None, organization_id: str) -> list[PluginDoc]:
    """Those asked about: of several with one name, that of the organization."""
    own = view.plugins.find("organization", organization_id)
    if name is None:
        return own
    return [each for each in own if each["name"] == name] or [find_plugin(view, name)]


def _by_cause(runs: list[RunDoc]) -> _Runs:
    """What happened called them, and nobody's hand."""
    found: _Runs = defaultdict(list)
    for each in runs:
        if not each["byHand"]:
            found[each["pluginId"], each["eventId"]].append(each)
    return found


def _by_hand(runs: list[RunDoc], plugins: list[PluginDoc], matter: Matter) -> list[RunDoc]:
    member, ids = f"{matter.kind}Id", {each["id"] for each in plugins}
    return [
        each
        for each in runs
        if each["byHand"] and each["pluginId"] in ids and each["metadata"].get(member) == matter.id
    ]


@dataclass(frozen=True)
class _Inquiry:
    """Looks into what happened in a project, plugin by plugin."""

    world: World
    view: View
    project: ProjectDoc
    plugins: list[PluginDoc]
    runs: _Runs
    methods_of: MethodsOf

    def told(self, happened: Happening) -> dict[str, Any]:
        event = happened.event
        created = event or self.view.labels.get(happened.label_id or "")
        return {
            "id": event["id"] if event else None,
            "event": event["event"] if event else None,
            "createdAt": created["createdAt"] if created else None,
            "handler": handler_of(event["event"]) if event else None,
            "labelId": happened.label_id,
            "causedBy": event["runId"] if event else None,
            "plugins": [self._answer(happened, each) for each in self.plugins],
        }

    def _answer(self, happened: Happening, plugin: PluginDoc) -> dict[str, Any]:
        case = Case(
            self.view,
            plugin,
            self.project,
            happened,
            self.methods_of,
            self.world.start_position,
            self.world.ids.repeatable,
        )
        event_id = happened.event["id"] if happened.event else ""
        every = self.runs.get((plugin["id"], event_id), [])
        runs = [each for each in every if not each["redeliveryOf"]]
        reasons = [told for each in runs for told in reasons_of_run(case, each)]
        reasons = reasons or reasons_without_run(case)
        is_settled = any(each["reason"] in _SETTLED for each in reasons)
        return {
            "plugin": plugin["name"],
            "pluginId": plugin["id"],
            "isWebhook": case.webhook is not None,
            "called": any(each["startedAt"] is not None for each in runs),
            "reasons": reasons,
            "runs": [told_run(case, each) for each in runs],
            "redeliveries": [told_run(case, each) for each in every if each["redeliveryOf"]],
            "now": None if is_settled else prospect(case),
        }
