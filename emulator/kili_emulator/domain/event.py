"""The audit trail: the stored events that administrators see.

See contract/event.md#the-audit-trail. :mod:`kili_emulator.domain.event_bus` delivers events.
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
    """Yield the events of the projects that the actor administers, deleted projects included.

    Events that belong to no project are visible to administrators of the organization.

    Args:
        project_id: yield only the events of this project.
    """
    candidates: Iterable[EventDoc]
    candidates = view.events.find("project", project_id) if project_id else view.events.all()
    administered: dict[tuple[str | None, str], bool] = {}
    for each in candidates:
        owner = each["projectId"], each["organizationId"]
        if owner not in administered:
            administered[owner] = _can_administer(view, actor, *owner)
        if administered[owner]:
            yield each


def _can_administer(view: View, actor: Actor, project_id: str | None, organization_id: str) -> bool:
    if not project_id:
        is_own_organization = actor.user["organizationId"] == organization_id
        return is_own_organization and bool(actor.user["organizationRole"] == "ADMIN")
    project = view.projects.get(project_id)
    return project is not None and access.role_in(view, actor.user, project) == "ADMIN"


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
