"""Which projects a ``ProjectWhere`` selects (contract/project.md#lists-and-search)."""

from __future__ import annotations

from kili_emulator.domain import access
from kili_emulator.domain.documents import ProjectDoc
from kili_emulator.domain.filters.conditions import DATES, Selecting, Table, equals
from kili_emulator.rules.patterns import ilike


def _search_project(_: Selecting, project: ProjectDoc, pattern: str) -> bool:
    return ilike(pattern, project["title"]) or ilike(pattern, project["description"])


def _archived(_: Selecting, project: ProjectDoc, value: bool) -> bool:
    return bool(project["archivedAt"]) == value


def _starred(selection: Selecting, project: ProjectDoc, value: bool) -> bool:
    """Starred by the actor: each member stars projects for themselves."""
    member = access.member_of(selection.view, selection.actor.user_id, project["id"])
    return bool(member and member["starred"]) == value


def _tagged(selection: Selecting, project: ProjectDoc, tag_ids: list[str]) -> bool:
    """Has any of the tags."""
    tags = filter(None, map(selection.view.tags.get, tag_ids))
    return any(project["id"] in tag["projectIds"] for tag in tags)


PROJECT: Table[ProjectDoc] = {
    **DATES,
    "id": equals("id"),
    "archived": _archived,
    "deleted": lambda *_: True,
    "organizationId": equals("organizationId"),
    "searchQuery": _search_project,
    "shouldRelaunchKpiComputation": equals("shouldRelaunchKpiComputation"),
    "starred": _starred,
    "tagIds": _tagged,
}
