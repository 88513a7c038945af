"""The audit trail: stored events, as those who administer see them.

See contract/event.md#the-audit-trail.

What an event is, and how it is delivered, is in :mod:`kili_emulator.domain.event_bus`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import access
from kili_emulator.domain.documents import EventDoc
from kili_emulator.domain.world import Actor, View

MAX_PAGE = 1000


def visible_events(view: View, actor: Actor, project_id: str | None = None) -> Iterator[EventDoc]:
    """The events of the projects that the actor administers, deleted ones included.

    Events that belong to no project are for administrators of the organization.

    Args:
        project_id: those of this project only.
    """
    candidates: Iterable[EventDoc]
    candidates = view.events.find("project", project_id) if project_id else view.events.all()
    administered: dict[tuple[str | None, str], bool] = {}
    for each in candidates:
        place = each["projectId"], each["organizationId"]
        if place not in administered:
            administered[place] = _can_administer(view, actor, *place)
        if administered[place]:
            yield each


def _can_administer(view: View, actor: Actor, project_id: str | None, organization_id: str) -> bool:
    if not project_id:
        is_own_organization = actor.user["organizationId"] == organization_id
        return is_own_organization and bool(actor.user["organizationRole"] == "ADMIN")
    project = view.projects.get(project_id)
    return project is not None and access.role_in(view, actor.user, project) == "ADMIN"


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
