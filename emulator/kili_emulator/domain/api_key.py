"""API keys, which identify users (contract/http.md#start-up-checks, contract/user.md#api-keys)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.config import DEFAULT_WORLD
from kili_emulator.domain import user
from kili_emulator.domain.documents import ApiKeyDoc, UserDoc
from kili_emulator.domain.world import Actor, Transaction, View, World
from kili_emulator.rules.masking import RUN_KEY_PREFIX

# Long enough that keys do not expire in tests that set the clock to a later time.
KEY_LIFETIME = timedelta(days=100 * 365)
SCENARIO_KEY_PREFIX = "emulator-"

_RESERVED_PREFIXES = (SCENARIO_KEY_PREFIX, RUN_KEY_PREFIX)
_MIN_KEY_LENGTH = 8


def create_api_key(
    tx: Transaction,
    owner: UserDoc,
    *,
    name: str,
    key: str,
    expiry: str | None = None,
    revoked: bool = False,
) -> ApiKeyDoc:
    """Create an API key for a user.

    Args:
        expiry: the time when the key expires; by default ``KEY_LIFETIME`` from now.
        revoked: create the key as a revoked key.

    Raises:
        KiliError: ``expiry`` is not a time.
    """
    return tx.api_keys.insert(
        {
            "id": tx.new_id(),
            "name": name,
            "key": key,
            "userId": owner["id"],
            "createdAt": tx.now,
            "expiryDate": _normalize_time(expiry)
            if expiry
            else clock.format_time(tx.moment + KEY_LIFETIME),
            "revoked": revoked,
        }
    )


def _normalize_time(text: str) -> str:
    try:
        return clock.format_time(clock.parse_time(text))
    except ValueError:
        raise errors.expiry_date_invalid(text) from None


def change_api_key(
    tx: Transaction, name: str, *, revoked: bool | None = None, expiry: str | None = None
) -> ApiKeyDoc:
    """Revoke the key with this name, or change its expiry date, as the app of the platform can.

    Args:
        revoked: revoke the key, or undo the revocation.
        expiry: the new time when the key expires.

    Raises:
        KiliError: no key or several keys have this name, or ``expiry`` is not a time.
    """
    matching_keys = [each for each in tx.api_keys.all() if each["name"] == name]
    if len(matching_keys) != 1:
        raise errors.api_key_name_not_unique(name, len(matching_keys))
    changes: dict[str, Any] = {}
    if revoked is not None:
        changes["revoked"] = revoked
    if expiry is not None:
        changes["expiryDate"] = _normalize_time(expiry)
    return tx.api_keys.change(matching_keys[0], **changes)


def append_api_key(tx: Transaction, owner: UserDoc, name: str, key: str) -> ApiKeyDoc:
    """Give a user another API key, on behalf of the user or of an administrator.

    Args:
        key: the key, which the client chooses.

    Raises:
        KiliError: the actor may not do this, the key exists already, or the key is too short, holds
            spaces or non-ASCII characters, or has a reserved prefix.
    """
    operation = "appendToApiKeys"
    tx.access.require_user_access(operation, owner)
    is_plain = len(key) >= _MIN_KEY_LENGTH and not any(map(str.isspace, key)) and key.isascii()
    if not is_plain or key.startswith(_RESERVED_PREFIXES):
        raise errors.api_key_invalid(operation, _MIN_KEY_LENGTH, " or ".join(_RESERVED_PREFIXES))
    if tx.api_keys.find("key", key) or tx.world.is_key_of_other_world(key):
        raise errors.api_key_exists(operation)
    return create_api_key(tx, owner, name=name, key=key)


def scenario_key(name: str, world: str) -> str:
    """Return the key of a user of a scenario, such as ``emulator-admin``.

    Outside the default world, the key ends in the name of the world: ``emulator-admin.myworld``.

    Args:
        name: the name of the user in the scenario, or a secret; contains no dot.
        world: the name of the world.
    """
    suffix = "" if world == DEFAULT_WORLD else f".{world}"
    return f"{SCENARIO_KEY_PREFIX}{name}{suffix}"


def world_of_key(key: str) -> str | None:
    """Return the name of the only world that a scenario key opens; ``None`` for other keys."""
    if not key.startswith(SCENARIO_KEY_PREFIX):
        return None
    return key.rpartition(".")[2] if "." in key else DEFAULT_WORLD


@lru_cache(256)
def _parse_expiry(text: str) -> datetime:
    return clock.parse_time(text)


def authenticate(world: World, key: str) -> Actor | None:
    """Return the actor to whom a key belongs, or ``None`` if the key is not valid in this world.

    The key of a plugin run is valid only while the run lasts. Keys that are expired or revoked, and
    keys of deactivated users, are not valid.
    """
    run = world.run_keys.get(key)
    if run:
        return run
    if key.startswith(RUN_KEY_PREFIX):
        return None
    view = world.view
    for api_key in view.api_keys.find("key", key):
        owner = view.users.require(api_key["userId"])
        expired = _parse_expiry(api_key["expiryDate"]) <= world.clock.now()
        if owner["activated"] and not api_key["revoked"] and not expired:
            return Actor(owner)
    return None


def visible_api_keys(view: View, actor: Actor) -> list[ApiKeyDoc]:
    """Return the actor's own keys; for an administrator, the keys of the whole organization."""
    users = [actor.user]
    if actor.user["organizationRole"] == "ADMIN":
        users = user.visible_users(view, actor, hidden=False)
    ids = {each["id"] for each in users}
    return [key for key in view.api_keys.all() if key["userId"] in ids]
