"""What a question is about: a label, an asset or an event, and the occurrences that concern it.

An occurrence is an event of the audit trail, an event that is kept besides it (a click, sending an
asset back, a change of settings, an autosave), or a label without an event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from kili_emulator import errors
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.lookup import find_asset, find_project
from kili_emulator.domain.world import View
from kili_emulator.rules import subjects
from kili_emulator.rules.handlers import handler_type_for


class Occurrence(NamedTuple):
    """Something that plugins may be called for.

    Attributes:
        position: in the creation order of the world's documents.
        subject: the subject of the event; of a label without an event, the one that its creation
            would have had.
        event: ``None`` for a label without an event.
    """

    position: int
    subject: str
    event: Event | None
    label_id: str | None


@dataclass(frozen=True)
class Subject:
    """What a question is about.

    Attributes:
        kind: ``label``, ``asset`` or ``event``.
        label: ``None`` where it was deleted, or there is none; so is ``asset``.
        occurrences: in order.
    """

    kind: str
    id: str
    project: ProjectDoc
    label: LabelDoc | None
    asset: AssetDoc | None
    occurrences: list[Occurrence]

    def summary(self) -> dict[str, Any]:
        """The subject in short: ``kind``, ``id``, ``labelType``, ``assetId``, …"""
        return {
            "kind": self.kind,
            "id": self.id,
            "labelType": self.label["labelType"] if self.label else None,
            "assetId": self.asset["id"] if self.asset else None,
            "externalId": self.asset["externalId"] if self.asset else None,
            "projectId": self.project["id"],
            "project": self.project["title"],
        }


def about_label(view: View, label_id: str) -> Subject:
    """A label, which may have been deleted.

    Raises:
        KiliError: there is no such label, and no event about it.
    """
    found = _occurrences(view, lambda event: event["payload"].get("labelId") == label_id)
    label = view.labels.get(label_id)
    if not found and label is None:
        raise errors.label_not_known(label_id)
    if label:
        found = _without_event(view, [label], found) + found
    return _subject(view, "label", label_id, found, label=label)


def about_asset(view: View, name: str, project: str | None) -> Subject:
    """An asset, which may have been deleted, with its labels.

    Args:
        name: its id; with a project (its id or title) also its external id.

    Raises:
        KiliError: there is no such asset, or there are several; or there is no such project.
    """
    asset = view.assets.get(name)
    if project is not None:
        asset = find_asset(view, find_project(view, project), name)
    asset_id = asset["id"] if asset else name
    found = _occurrences(view, lambda event: event["payload"].get("assetId") == asset_id)
    if not found and asset is None:
        raise errors.asset_not_known(name)
    found += _without_event(view, view.labels.find("asset", asset_id), found)
    found.sort(key=lambda each: each.position)
    return _subject(view, "asset", asset_id, found, asset=asset)


def about_event(view: View, event_id: str) -> Subject:
    """An event of the audit trail, with what else its transaction did to the asset.

    Raises:
        KiliError: there is no such event.
    """
    found = _occurrences(view, lambda event: event["id"] == event_id)
    if not found:
        raise errors.event_not_known(event_id)
    label = view.labels.get(found[0].label_id or "")
    return _subject(view, "event", event_id, found, label=label)


def _subject(
    view: View,
    kind: str,
    name: str,
    found: list[Occurrence],
    *,
    label: LabelDoc | None = None,
    asset: AssetDoc | None = None,
) -> Subject:
    events = [each.event for each in found if each.event]
    if asset is None:
        asset_id = label["assetId"] if label else events[0]["payload"].get("assetId")
        asset = view.assets.get(asset_id or "")
    project_id = asset["projectId"] if asset else events[0]["projectId"]
    return Subject(kind, name, view.projects.require(project_id), label, asset, found)


def _occurrences(view: View, is_asked: Callable[[Event], bool]) -> list[Occurrence]:
    """The events that are asked about, and the other calls of handlers by the same deeds."""
    public = [each for each in view.events.all() if is_asked(each)]
    deeds = {_deed(each) for each in public}
    found = [_occurrence(view.events.position(each["id"]), each) for each in public]
    for each in view.internal_events.all():
        calls = handler_type_for(each["event"]) is not None
        is_meant = is_asked(each) and (calls or each["event"] == subjects.LABEL_AUTOSAVED)
        if is_meant or (calls and _deed(each) in deeds):
            found.append(_occurrence(view.internal_events.position(each["id"]), each))
    return sorted(found, key=lambda each: each.position)


def _occurrence(position: int, event: Event) -> Occurrence:
    return Occurrence(position, event["event"], event, event["payload"].get("labelId"))


def _without_event(view: View, labels: list[LabelDoc], found: list[Occurrence]) -> list[Occurrence]:
    """The labels whose creation no event tells of."""
    created = {
        each.label_id for each in found if each.event and subjects.is_about_new_label(each.subject)
    }
    return [
        Occurrence(
            view.labels.position(each["id"]),
            subjects.new_label_subject(each["labelType"]),
            None,
            each["id"],
        )
        for each in labels
        if each["id"] not in created
    ]


def _deed(event: Event) -> tuple[str, str | None]:
    """The transaction and the asset of an event."""
    return event["transactionId"], event["payload"].get("assetId")
