"""Which organizations an ``OrganizationWhere`` selects."""

from __future__ import annotations

from kili_emulator.domain.documents import OrganizationDoc
from kili_emulator.domain.filters.conditions import Selecting, Table, Where, equals


def _own_user(selection: Selecting, organization: OrganizationDoc, where: Where) -> bool:
    users = selection.view.users.find("organization", organization["id"])
    return any(selection.meets("user", each, where) for each in users)


ORGANIZATION: Table[OrganizationDoc] = {"id": equals("id"), "user": _own_user}
