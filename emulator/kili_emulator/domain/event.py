"""The audit trail: the stored events that administrators see.

See contract/event.md#the-audit-trail. :mod:`kili_emulator.domain.event_bus` delivers events.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import EventDoc

MAX_PAGE = 1000


def visible_events(access: Access, project_id: str | None = None) -> list[EventDoc]:
    """Return the events of the projects that the actor administers, deleted projects included.

    Events that belong to no project are visible to administrators of the organization.

    Args:
        project_id: return only the events of this project.
    """
    events = access.view.events
    candidates = events.find("project", project_id) if project_id else events.all()
    places = {_place(each) for each in candidates}
    administered = {place for place in places if _can_administer(access, *place)}
    return [each for each in candidates if _place(each) in administered]


def _place(event: EventDoc) -> tuple[str, str]:
    return event["projectId"], event["organizationId"]


def _can_administer(access: Access, project_id: str, organization_id: str) -> bool:
    if not project_id:
        user = access.actor.user
        return user["organizationId"] == organization_id and user["organizationRole"] == "ADMIN"
    project = access.view.projects.get(project_id)
    return project is not None and access.role(project) == "ADMIN"


def select_event_range(events: list[EventDoc], pagination: dict[str, Any]) -> list[EventDoc]:
    """Return the events from ``fromEventId`` to ``untilEventId``, both optional and inclusive.

    Returns:
        an empty list if a given id is not the id of an event in the list.
    """
    first, last = pagination.get("fromEventId"), pagination.get("untilEventId")
    indexes = {each["id"]: index for index, each in enumerate(events)}
    start = indexes.get(first, len(events)) if first else 0
    end = indexes.get(last, -1) + 1 if last else len(events)
    return events[start:end]


def select_event_page(events: list[EventDoc], pagination: dict[str, Any]) -> list[EventDoc]:
    """Return a page of events: skip ``skip`` events, then return up to ``first`` events.

    Raises:
        KiliError: ``skip`` is negative, or ``first`` is not between 0 and ``MAX_PAGE``.
    """
    skip, first = pagination.get("skip") or 0, pagination.get("first", MAX_PAGE)
    if skip < 0:
        raise errors.negative_argument("skip")
    if not 0 <= first <= MAX_PAGE:
        raise errors.page_argument_out_of_range("first", MAX_PAGE)
    return events[skip : skip + first]
