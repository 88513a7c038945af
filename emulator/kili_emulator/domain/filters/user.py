"""Which users a ``UserWhere`` selects."""

from __future__ import annotations

from kili_emulator.domain.documents import UserDoc
from kili_emulator.domain.filters.conditions import IDS, Selecting, Table, equals, referenced


def _key_of(selection: Selecting, owner: UserDoc, key: str) -> bool:
    return any(each["userId"] == owner["id"] for each in selection.view.api_keys.find("key", key))


def _email(_: Selecting, user: UserDoc, email: str) -> bool:
    """Addresses are kept in lower case, however they are written (contract/user.md#accounts)."""
    return bool(user["email"] == email.lower())


USER: Table[UserDoc] = {
    **IDS,
    "activated": equals("activated"),
    "apiKey": _key_of,
    "email": _email,
    "organization": referenced("organizationId", "organizations", "organization"),
}
