"""The events of a world: the audit trail, and the emulator's own events."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any, TypedDict

from kili_emulator import errors
from kili_emulator.domain.documents import EventDoc
from kili_emulator.domain.lookup import find_asset, find_project
from kili_emulator.domain.plugin import LIFECYCLE_EVENTS
from kili_emulator.domain.world import View
from kili_emulator.rules import subjects
from kili_emulator.rules.masking import masked
from kili_emulator.services.session import WorldSession
from kili_emulator.spelling import closest

_INTERNAL = frozenset(
    (
        *LIFECYCLE_EVENTS,
        subjects.LABEL_AUTOSAVED,
        subjects.CUSTOM_INTERFACE_CLICKED,
        subjects.SENT_BACK,
        subjects.SETTINGS_CHANGED,
    )
)
_KNOWN = subjects.SENT_TO_PLUGINS | _INTERNAL


@dataclass(frozen=True)
class EventQuery:
    """A query for events; each attribute restricts the result.

    Attributes:
        type: the name of the events, or a pattern such as ``asset.*``.
        project: the id or title of their project.
        asset: the id of their asset, or with ``project`` its external id.
        run: the id of the run that caused them.
        internal: include the emulator's own events, such as ``plugin.activated``; without it, only
            those of the audit trail, unless ``type`` names internal ones.
        limit: the largest number of events; the latest are listed.
    """

    type: str | None = None
    project: str | None = None
    asset: str | None = None
    run: str | None = None
    internal: bool = False
    limit: int | None = None


class EventView(TypedDict):
    """An event, with masked secrets.

    - ``internal``: whether the event is the emulator's own, which the audit trail does not have.
    - ``user``: the e-mail address of the user who caused it; empty for the emulator itself.
    - ``runId``: the run that caused it; ``None`` if no run did.
    - ``requestId``: the request that caused it; ``None`` if it is unknown, as for the events of the
      scenario.
    """

    id: str
    event: str
    createdAt: str
    projectId: str
    user: str
    payload: dict[str, Any]
    internal: bool
    runId: str | None
    requestId: str | None


def list_events(session: WorldSession, query: EventQuery) -> list[EventView]:
    """Return the events of a query, in order.

    Raises:
        KiliError: there is no such event, project or asset.
    """
    view = session.world.view
    project_id = find_project(view, query.project)["id"] if query.project is not None else None
    asset_id = _asset_id(view, query, project_id)
    shows_internal = query.internal or _check_type(query.type)

    def matches(event: EventDoc) -> bool:
        return (
            (query.type is None or subjects.matches(query.type, event["event"]))
            and project_id in (None, event["projectId"])
            and asset_id in (None, event["payload"].get("assetId"))
            and query.run in (None, event["runId"])
        )

    public = ((view.events.position(each["id"]), False, each) for each in view.events.all())
    internal = (
        (view.internal_events.position(each["id"]), True, each)
        for each in (view.internal_events.all() if shows_internal else ())
    )
    found = [
        _event_view(view, event, is_internal=is_internal)
        for _, is_internal, event in heapq.merge(public, internal, key=lambda each: each[0])
        if matches(event)
    ]
    return found if query.limit is None else found[max(0, len(found) - query.limit) :]


def _check_type(name: str | None) -> bool:
    """Return whether a name or pattern selects internal events only.

    Raises:
        KiliError: no event has this name, and none matches this pattern.
    """
    if name is None:
        return False
    matched = {each for each in _KNOWN if subjects.matches(name, each)}
    if not matched:
        raise errors.subject_unknown(name, closest(name, _KNOWN))
    return matched <= _INTERNAL


def _asset_id(view: View, query: EventQuery, project_id: str | None) -> str | None:
    if query.asset is None or project_id is None:
        return query.asset
    return find_asset(view, view.projects.require(project_id), query.asset)["id"]


def _event_view(view: View, event: EventDoc, *, is_internal: bool) -> EventView:
    user = view.users.get(event["userId"])
    transaction = view.transactions.get(event["transactionId"])
    return {
        "id": event["id"],
        "event": event["event"],
        "createdAt": event["createdAt"],
        "projectId": event["projectId"],
        "user": user["email"] if user else "",
        "payload": masked(event["payload"]),
        "internal": is_internal,
        "runId": event["runId"],
        "requestId": transaction["requestId"] if transaction else None,
    }
