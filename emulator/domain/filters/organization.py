"""Which organizations an ``OrganizationWhere`` selects."""

from __future__ import annotations

from emulator.domain.filters.conditions import Selecting, Table, Where, equals
from emulator.storage.snapshot import Document


def _own_user(selection: Selecting, organization: Document, where: Where) -> bool:
    users = selection.view.users.find("organization", organization["id"])
    return any(selection.meets("user", each, where) for each in users)


ORGANIZATION: Table = {"id": equals("id"), "user": _own_user}
