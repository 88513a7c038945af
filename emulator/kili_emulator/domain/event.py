"""The audit trail: stored events, as those who administer see them.

See contract/event.md#the-audit-trail.

What an event is, and how it is delivered, is in :mod:`kili_emulator.domain.event_bus`.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import EventDoc

MAX_PAGE = 1000


def visible_events(access: Access, project_id: str | None = None) -> list[EventDoc]:
    """The events of the projects that the actor administers, deleted ones included.

    Events that belong to no project are for administrators of the organization.

    Args:
        project_id: those of this project only.
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
    """From ``fromEventId`` to ``untilEventId``, where given, both included.

    Nothing, where either is not in the list.
    """
    first, last = pagination.get("fromEventId"), pagination.get("untilEventId")
    places = {each["id"]: place for place, each in enumerate(events)}
    start = places.get(first, len(events)) if first else 0
    end = places.get(last, -1) + 1 if last else len(events)
    return events[start:end]


def select_event_page(events: list[EventDoc], pagination: dict[str, Any]) -> list[EventDoc]:
    """The ``first`` events after ``skip`` ones.

    Raises:
        KiliError: either is out of range.
    """
    skip, first = pagination.get("skip") or 0, pagination.get("first", MAX_PAGE)
    if skip < 0:
        raise errors.negative_argument("skip")
    if not 0 <= first <= MAX_PAGE:
        raise errors.page_argument_out_of_range("first", MAX_PAGE)
    return events[skip : skip + first]
