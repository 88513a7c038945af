"""The conditions of a ``UserWhere``."""

from __future__ import annotations

from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.filters.conditions import (
    IDS,
    ConditionTable,
    SelectionContext,
    Test,
    equals,
    matches_referenced,
)


def _has_api_key(selection: SelectionContext, key: str) -> Test[UserDoc]:
    owner_ids = {each["userId"] for each in selection.view.api_keys.find("key", key)}
    return lambda user: user["id"] in owner_ids


def _has_email(_: SelectionContext, email: str) -> Test[UserDoc]:
    """Compare e-mail addresses; stored ones are in lower case (contract/user.md#accounts)."""
    address = email.lower()
    return lambda user: user["email"] == address


USER: ConditionTable[UserDoc] = {
    **IDS,
    "activated": equals("activated"),
    "apiKey": _has_api_key,
    "email": _has_email,
    "organization": matches_referenced("organizationId", "organizations", "organization"),
}
