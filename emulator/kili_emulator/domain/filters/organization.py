"""The conditions of an ``OrganizationWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import OrganizationDoc
from kili_emulator.domain.filters.conditions import PredicateTable, SelectionContext, Where, equals


def _has_user(selection: SelectionContext, organization: OrganizationDoc, where: Where) -> bool:
    users = selection.view.users.find("organization", organization["id"])
    return any(selection.matches("user", each, where) for each in users)


ORGANIZATION: PredicateTable[OrganizationDoc] = {"id": equals("id"), "user": _has_user}
