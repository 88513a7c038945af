"""Questions why plugins were called or not: their topics, and the occurrences to explain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypedDict

from kili_emulator import errors
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.lookup import find_asset, find_project
from kili_emulator.domain.world import View
from kili_emulator.rules import subjects
from kili_emulator.rules.handlers import handler_type_for
from kili_emulator.rules.workflow import LabelType

TopicKind = Literal["label", "asset", "event"]


class Occurrence(NamedTuple):
    """An event, public or internal, or the creation of a label that has no event.

    Attributes:
        position: the position of the event or label in the creation order of the world's documents.
        subject: the subject of the event; for a label without an event, the subject that an event
            of its creation would have had.
        event: ``None`` for a label without an event.
    """

    position: int
    subject: str
    event: Event | None
    label_id: str | None


class TopicView(TypedDict):
    """The label, asset or event that a question is about.

    - ``id``: the id of the label, asset or event.
    - ``labelType``: the type of the label; ``None`` if the topic has no label, or a deleted one.
    - ``assetId``, ``externalId``: the ids of the asset; ``None`` if there is no asset, or if it was
      deleted.
    - ``project``: the title of the project.
    """

    kind: TopicKind
    id: str
    labelType: LabelType | None
    assetId: str | None
    externalId: str | None
    projectId: str
    project: str


class Topic(NamedTuple):
    """The topic of a question, and its occurrences in order of their positions."""

    about: TopicView
    project: ProjectDoc
    occurrences: list[Occurrence]


@dataclass(frozen=True)
class Question:
    """A question why plugins were called or not, about one label, asset or event.

    Attributes:
        label: the id of a label.
        asset: the id of an asset, or its external id if ``project`` is given.
        project: the id or title of the asset's project.
        event: the id of an event of the audit trail.
        plugin: the name or id of a plugin; ``None`` for all plugins of the organization.
    """

    label: str | None = None
    asset: str | None = None
    project: str | None = None
    event: str | None = None
    plugin: str | None = None

    def find_topic(self, view: View) -> Topic:
        """Find the topic of the question; a deleted label or asset is found by its events.

        Raises:
            KiliError: the topic is unknown or belongs to no project, or the question does not
                name exactly one label, asset or event.
        """
        given = [self.label, self.asset, self.event]
        if len(given) - given.count(None) != 1 or (self.project and not self.asset):
            raise errors.why_question()
        if self.label is not None:
            return _about_label(view, self.label)
        if self.event is not None:
            return _about_event(view, self.event)
        assert self.asset is not None
        return _about_asset(view, self.asset, self.project)


def _about_label(view: View, label_id: str) -> Topic:
    label = view.labels.get(label_id)
    found = _occurrences(view, _is_about("labelId", label_id), [label] if label else [])
    if not found:
        raise errors.label_not_known(label_id)
    return _topic(view, "label", label_id, found, label=label)


def _about_asset(view: View, name: str, project: str | None) -> Topic:
    asset = view.assets.get(name)
    if project is not None:
        asset = find_asset(view, find_project(view, project), name)
    asset_id = asset["id"] if asset else name
    labels = view.labels.find("asset", asset_id)
    found = _occurrences(view, _is_about("assetId", asset_id), labels)
    if not found and asset is None:
        raise errors.asset_not_known(name)
    return _topic(view, "asset", asset_id, found, asset=asset)


def _about_event(view: View, event_id: str) -> Topic:
    event = view.events.get(event_id)
    if event is None:
        raise errors.event_not_known(event_id)
    if not event["projectId"]:
        raise errors.event_without_project(event_id)
    found = _occurrences(view, lambda each: each["id"] == event_id)
    label = view.labels.get(event["payload"].get("labelId") or "")
    return _topic(view, "event", event_id, found, label=label)


def _topic(
    view: View,
    kind: TopicKind,
    name: str,
    found: list[Occurrence],
    *,
    label: LabelDoc | None = None,
    asset: AssetDoc | None = None,
) -> Topic:
    events = [each.event for each in found if each.event]
    if asset is None:
        asset_id = label["assetId"] if label else events[0]["payload"].get("assetId")
        asset = view.assets.get(asset_id or "")
    project = view.projects.require(asset["projectId"] if asset else events[0]["projectId"])
    about: TopicView = {
        "kind": kind,
        "id": name,
        "labelType": label["labelType"] if label else None,
        "assetId": asset["id"] if asset else None,
        "externalId": asset["externalId"] if asset else None,
        "projectId": project["id"],
        "project": project["title"],
    }
    return Topic(about, project, found)


def _is_about(member: str, document_id: str) -> Callable[[Event], bool]:
    return lambda event: event["payload"].get(member) == document_id


def _occurrences(
    view: View, matches: Callable[[Event], bool], labels: Iterable[LabelDoc] = ()
) -> list[Occurrence]:
    """Return the occurrences that the question is about, in order.

    They are the matching events, other events of their transactions that call a handler, and the
    labels without an event.
    """
    events = [each for each in view.events.all() if matches(each)]
    transactions = {_transaction_and_asset(each) for each in events}
    found = [_occurrence(view.events.position(each["id"]), each) for each in events]
    for each in view.internal_events.all():
        calls = handler_type_for(each["event"]) is not None
        is_about_topic = matches(each) and (calls or each["event"] == subjects.LABEL_AUTOSAVED)
        if is_about_topic or (calls and _transaction_and_asset(each) in transactions):
            found.append(_occurrence(view.internal_events.position(each["id"]), each))
    created = {each.label_id for each in found if subjects.is_about_new_label(each.subject)}
    for label in labels:
        if label["id"] not in created:
            subject = subjects.new_label_subject(label["labelType"])
            position = view.labels.position(label["id"])
            found.append(Occurrence(position, subject, None, label["id"]))
    return sorted(found, key=lambda each: each.position)


def _occurrence(position: int, event: Event) -> Occurrence:
    return Occurrence(position, event["event"], event, event["payload"].get("labelId"))


def _transaction_and_asset(event: Event) -> tuple[str, str | None]:
    """Return the ids of the transaction and the asset of an event."""
    return event["transactionId"], event["payload"].get("assetId")
