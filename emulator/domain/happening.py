"""What happened to a label or an asset, or is told by one event: as far as plugins go.

That is the audit trail, and what is kept besides it: clicks, send-backs, changes of settings,
autosaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator import errors
from emulator.domain import label as labels_of
from emulator.domain import people
from emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from emulator.domain.events import Event
from emulator.domain.payloads import handler_of
from emulator.domain.world import View


class Happening(NamedTuple):
    """Something that happened.

    Attributes:
        place: in the creation order of the world's documents.
        event: ``None`` where there is a label, and no event tells of its creation.
    """

    place: int
    event: Event | None
    label_id: str | None


@dataclass(frozen=True)
class Matter:
    """What somebody asks about, and what happened to it, in order.

    Attributes:
        kind: ``label``, ``asset`` or ``event``.
        project: where it is.
        label: as far as it is there still; so is the asset.
    """

    kind: str
    id: str
    project: ProjectDoc
    label: LabelDoc | None
    asset: AssetDoc | None
    happenings: list[Happening]

    def told(self) -> dict[str, Any]:
        """The matter in short: ``kind``, ``id``, ``labelType``, ``assetId``, …"""
        return {
            "kind": self.kind,
            "id": self.id,
            "labelType": self.label["labelType"] if self.label else None,
            "assetId": self.asset["id"] if self.asset else None,
            "externalId": self.asset["externalId"] if self.asset else None,
            "projectId": self.project["id"],
            "project": self.project["title"],
        }


def about_label(view: View, label_id: str) -> Matter:
    """A label, and what happened to it; of one that is gone, what is still known.

    Raises:
        KiliError: there is no such label, and none that was.
    """
    found = _happened(view, lambda event: event["payload"].get("labelId") == label_id)
    label = view.labels.get(label_id)
    if not found and label is None:
        raise errors.label_not_known(label_id)
    if label:
        found = _untold(view, [label], found) + found
    return _matter(view, "label", label_id, found, label=label)


def about_asset(view: View, name: str, project: str | None) -> Matter:
    """An asset, and what happened to it and its labels; of one that is gone, what is still known.

    Args:
        name: its id; with a project (its id or title) also its external id.

    Raises:
        KiliError: there is no such asset, or there are several; or there is no such project.
    """
    target = view.assets.get(name)
    if project is not None:
        target = people.find_asset(view, people.find_project(view, project), name)
    asset_id = target["id"] if target else name
    found = _happened(view, lambda event: event["payload"].get("assetId") == asset_id)
    if not found and target is None:
        raise errors.asset_not_known(name)
    found += _untold(view, view.labels.find("asset", asset_id), found)
    found.sort(key=lambda each: each.place)
    return _matter(view, "asset", asset_id, found, asset=target)


def about_event(view: View, event_id: str) -> Matter:
    """An event of the audit trail, and what calls handlers of what happened with it.

    Raises:
        KiliError: there is no such event.
    """
    found = _happened(view, lambda event: event["id"] == event_id)
    if not found:
        raise errors.event_not_known(event_id)
    label = view.labels.get(found[0].label_id or "")
    return _matter(view, "event", event_id, found, label=label)


def _matter(
    view: View,
    kind: str,
    name: str,
    found: list[Happening],
    *,
    label: LabelDoc | None = None,
    asset: AssetDoc | None = None,
) -> Matter:
    events = [each.event for each in found if each.event]
    if asset is None:
        asset_id = label["assetId"] if label else events[0]["payload"].get("assetId")
        asset = view.assets.get(asset_id or "")
    project_id = asset["projectId"] if asset else events[0]["projectId"]
    return Matter(kind, name, view.projects.the(project_id), label, asset, found)


def _happened(view: View, is_asked: Callable[[Event], bool]) -> list[Happening]:
    """What is asked for, and what happened with it to the same asset that calls handlers."""
    public = [each for each in view.events.all() if is_asked(each)]
    together = {_bond(each) for each in public}
    found = [_happening(view.events.position(each["id"]), each) for each in public]
    for each in view.internal_events.all():
        calls = handler_of(each["event"]) is not None
        is_meant = is_asked(each) and (calls or each["event"] == labels_of.AUTOSAVED)
        if is_meant or (calls and _bond(each) in together):
            found.append(_happening(view.internal_events.position(each["id"]), each))
    return sorted(found, key=lambda each: each.place)


def _happening(place: int, event: Event) -> Happening:
    return Happening(place, event, event["payload"].get("labelId"))


def _untold(view: View, labels: list[LabelDoc], found: list[Happening]) -> list[Happening]:
    """The labels of whose creation nothing tells."""
    told = {each.label_id for each in found if each.event and _tells_of_creation(each.event)}
    return [
        Happening(view.labels.position(each["id"]), None, each["id"])
        for each in labels
        if each["id"] not in told
    ]


def _bond(event: Event) -> tuple[str, str | None]:
    """What events have in common that tell of the same deed."""
    return event["transactionId"], event["payload"].get("assetId")


def _tells_of_creation(event: Event) -> bool:
    subject: str = event["event"]
    return subject.startswith(labels_of.CREATED) or subject == labels_of.AUTOSAVED
