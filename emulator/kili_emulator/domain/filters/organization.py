"""The conditions of an ``OrganizationWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import OrganizationDoc
from kili_emulator.domain.filters.conditions import (
    ConditionTable,
    SelectionContext,
    Test,
    Where,
    equals,
)


def _has_user(selection: SelectionContext, where: Where) -> Test[OrganizationDoc]:
    test, users = selection.compile("user", where), selection.view.users
    return lambda organization: any(map(test, users.find("organization", organization["id"])))


ORGANIZATION: ConditionTable[OrganizationDoc] = {"id": equals("id"), "user": _has_user}
