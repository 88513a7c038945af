"""The conditions of a ``UserWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.filters.conditions import (
    IDS,
    PredicateTable,
    SelectionContext,
    equals,
    matches_referenced,
)


def _has_api_key(selection: SelectionContext, owner: UserDoc, key: str) -> bool:
    return any(each["userId"] == owner["id"] for each in selection.view.api_keys.find("key", key))


def _has_email(_: SelectionContext, user: UserDoc, email: str) -> bool:
    """Compare e-mail addresses; stored ones are in lower case (contract/user.md#accounts)."""
    return bool(user["email"] == email.lower())


USER: PredicateTable[UserDoc] = {
    **IDS,
    "activated": equals("activated"),
    "apiKey": _has_api_key,
    "email": _has_email,
    "organization": matches_referenced("organizationId", "organizations", "organization"),
}
