"""The conditions of a ``ProjectWhere`` (contract/project.md#lists-and-search)."""

from __future__ import annotations

from kili_emulator.domain import access
from kili_emulator.domain.documents import ProjectDoc
from kili_emulator.domain.filters.conditions import (
    DATES,
    ConditionTable,
    SelectionContext,
    Test,
    equals,
)
from kili_emulator.rules.patterns import ilike


def _matches_search(_: SelectionContext, pattern: str) -> Test[ProjectDoc]:
    return lambda project: (
        ilike(pattern, project["title"]) or ilike(pattern, project["description"])
    )


def _is_archived(_: SelectionContext, value: bool) -> Test[ProjectDoc]:
    return lambda project: bool(project["archivedAt"]) == value


def _is_starred(selection: SelectionContext, value: bool) -> Test[ProjectDoc]:
    """Compare the flag with the star of the actor: each member has a star of their own."""

    def test(project: ProjectDoc) -> bool:
        member = access.find_active_member(selection.view, selection.actor.user_id, project["id"])
        return bool(member and member["starred"]) == value

    return test


def _has_tag(selection: SelectionContext, tag_ids: list[str]) -> Test[ProjectDoc]:
    """Compile the condition that a project has at least one of the tags."""
    tags = filter(None, map(selection.view.tags.get, tag_ids))
    tagged = {project_id for tag in tags for project_id in tag["projectIds"]}
    return lambda project: project["id"] in tagged


PROJECT: ConditionTable[ProjectDoc] = {
    **DATES,
    "id": equals("id"),
    "archived": _is_archived,
    "deleted": lambda *_: lambda _: True,  # Selection.projects applies this condition
    "organizationId": equals("organizationId"),
    "searchQuery": _matches_search,
    "shouldRelaunchKpiComputation": equals("shouldRelaunchKpiComputation"),
    "starred": _is_starred,
    "tagIds": _has_tag,
}
