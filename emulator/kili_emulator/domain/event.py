"""The audit trail: the stored events that administrators see.

See contract/event.md#the-audit-trail. :mod:`kili_emulator.domain.event_bus` delivers events.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kili_emulator import errors
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import EventDoc
from kili_emulator.domain.repository import StoredDocuments
from kili_emulator.storage.posting import Posting

MAX_PAGE = 1000


def visible_events(access: Access, project_id: str | None = None) -> StoredDocuments[EventDoc]:
    """Return the events of the projects that the actor administers, deleted projects included.

    Events that belong to no project are visible to administrators of the organization.

    Args:
        project_id: return only the events of this project.
    """
    events = access.view.events
    if project_id:
        is_visible = _can_administer(access, project_id, "")
        return events.select([events.posting("project", project_id)] if is_visible else [])
    candidates = events.all()
    places = {_place(each) for each in candidates}
    administered = {place for place in places if _can_administer(access, *place)}
    visible = (each["id"] for each in candidates if _place(each) in administered)
    return events.select([Posting.of(visible)])


def _place(event: EventDoc) -> tuple[str, str]:
    return event["projectId"], event["organizationId"]


def _can_administer(access: Access, project_id: str, organization_id: str) -> bool:
    if not project_id:
        user = access.actor.user
        return user["organizationId"] == organization_id and user["organizationRole"] == "ADMIN"
    project = access.view.projects.get(project_id)
    return project is not None and access.role(project) == "ADMIN"


def event_range(
    events: StoredDocuments[EventDoc], pagination: dict[str, Any], *, descending: bool
) -> range:
    """Return the places from ``fromEventId`` to ``untilEventId``, both optional and inclusive.

    Args:
        descending: count the places from the newest event on.

    Returns:
        an empty range if a given id is not the id of an event in the list.
    """
    size = len(events)

    def place(event_id: str, missing: int) -> int:
        found = events.index(event_id)
        if found is None:
            return missing
        return size - 1 - found if descending else found

    first, last = pagination.get("fromEventId"), pagination.get("untilEventId")
    return range(place(first, size) if first else 0, place(last, -1) + 1 if last else size)


def page_bounds(pagination: dict[str, Any]) -> slice:
    """Return the page of events: up to ``first`` events after the first ``skip`` events.

    Raises:
        KiliError: ``skip`` is negative, or ``first`` is not between 0 and ``MAX_PAGE``.
    """
    skip, first = pagination.get("skip") or 0, pagination.get("first", MAX_PAGE)
    if skip < 0:
        raise errors.negative_argument("skip")
    if not 0 <= first <= MAX_PAGE:
        raise errors.page_argument_out_of_range("first", MAX_PAGE)
    return slice(skip, skip + first)


def read_events(
    events: StoredDocuments[EventDoc], places: range, *, descending: bool
) -> Iterable[EventDoc]:
    """Return the events at these places; see :func:`event_range`."""
    if not descending:
        return events[places.start : places.stop]
    size = len(events)
    return list(events[size - places.stop : size - places.start])[::-1]
