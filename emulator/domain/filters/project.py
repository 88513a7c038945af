"""Which projects a ``ProjectWhere`` selects (contract §4.5)."""

from __future__ import annotations

from emulator.domain.filters.conditions import DATES, Selecting, Table, equals
from emulator.rules.patterns import ilike
from emulator.storage.snapshot import Document


def _search_project(_: Selecting, project: Document, pattern: str) -> bool:
    return ilike(pattern, project["title"]) or ilike(pattern, project["description"])


def _archived(_: Selecting, project: Document, value: bool) -> bool:
    return bool(project["archivedAt"]) == value


PROJECT: Table = {
    **DATES,
    "id": equals("id"),
    "archived": _archived,
    "deleted": lambda *_: True,
    "organizationId": equals("organizationId"),
    "searchQuery": _search_project,
}
