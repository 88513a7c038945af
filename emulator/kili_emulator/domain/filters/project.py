"""The conditions of a ``ProjectWhere`` (contract/project.md#lists-and-search)."""

from __future__ import annotations

from kili_emulator.domain import access
from kili_emulator.domain.documents import ProjectDoc
from kili_emulator.domain.filters.conditions import DATES, PredicateTable, SelectionContext, equals
from kili_emulator.rules.patterns import ilike


def _matches_search(_: SelectionContext, project: ProjectDoc, pattern: str) -> bool:
    return ilike(pattern, project["title"]) or ilike(pattern, project["description"])


def _is_archived(_: SelectionContext, project: ProjectDoc, value: bool) -> bool:
    return bool(project["archivedAt"]) == value


def _is_starred(selection: SelectionContext, project: ProjectDoc, value: bool) -> bool:
    """Compare the flag with the star of the actor: each member has a star of their own."""
    member = access.find_active_member(selection.view, selection.actor.user_id, project["id"])
    return bool(member and member["starred"]) == value


def _has_tag(selection: SelectionContext, project: ProjectDoc, tag_ids: list[str]) -> bool:
    """Return whether the project has at least one of the tags."""
    tags = filter(None, map(selection.view.tags.get, tag_ids))
    return any(project["id"] in tag["projectIds"] for tag in tags)


PROJECT: PredicateTable[ProjectDoc] = {
    **DATES,
    "id": equals("id"),
    "archived": _is_archived,
    "deleted": lambda *_: True,  # Selection.projects applies this condition
    "organizationId": equals("organizationId"),
    "searchQuery": _matches_search,
    "shouldRelaunchKpiComputation": equals("shouldRelaunchKpiComputation"),
    "starred": _is_starred,
    "tagIds": _has_tag,
}
