"""API keys: how users are known (contract/http.md#start-up-checks, contract/user.md#api-keys)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.config import DEFAULT_WORLD
from kili_emulator.domain import user
from kili_emulator.domain.documents import ApiKeyDoc, UserDoc
from kili_emulator.domain.world import Actor, Transaction, View, World

# Far ahead, so that a test under a frozen clock is not locked out.
KEY_LIFETIME = timedelta(days=100 * 365)
RUN_KEY_PREFIX = "kili-run-"
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
    """Give a user an API key.

    Args:
        expiry: when it stops opening anything.
        revoked: whether it opens nothing from the start.

    Raises:
        KiliError: ``expiry`` is no time.
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
    """Revoke the key of this name, or let it expire at another time, as the app can do it.

    Raises:
        KiliError: no key or more than one has this name, or the time is none.
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
    """Give a user another API key: oneself, or as an administrator anybody.

    Raises:
        KiliError: it is not the actor's to do, or the key is taken or has a form of its own.
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
    """The key that a scenario gives a user: ``emulator-admin``, or ``emulator-admin.w`` in ``w``.

    Args:
        name: the user's name in the scenario, or a secret; has no dot.
        world: the name of the world.
    """
    suffix = "" if world == DEFAULT_WORLD else f".{world}"
    return f"{SCENARIO_KEY_PREFIX}{name}{suffix}"


def world_of_key(key: str) -> str | None:
    """The name of the only world that a scenario's key opens; ``None`` for any other key."""
    if not key.startswith(SCENARIO_KEY_PREFIX):
        return None
    return key.rpartition(".")[2] if "." in key else DEFAULT_WORLD


def authenticate(world: World, key: str) -> Actor | None:
    """Who a key belongs to, or ``None`` when it opens nothing here.

    The key of a plugin run is known only while the run lasts. An expired or revoked key opens
    nothing, nor does one of a deactivated user.
    """
    run = world.run_keys.get(key)
    if run:
        return run
    if key.startswith(RUN_KEY_PREFIX):
        return None
    view = world.view
    for api_key in view.api_keys.find("key", key):
        owner = view.users.require(api_key["userId"])
        expired = clock.parse_time(api_key["expiryDate"]) <= world.clock.now()
        if owner["activated"] and not api_key["revoked"] and not expired:
            return Actor(owner)
    return None


def visible_api_keys(view: View, actor: Actor) -> list[ApiKeyDoc]:
    """The actor's own keys; an administrator sees those of the whole organization."""
    users = [actor.user]
    if actor.user["organizationRole"] == "ADMIN":
        users = user.visible_users(view, actor, hidden=False)
    ids = {each["id"] for each in users}
    return [key for key in view.api_keys.all() if key["userId"] in ids]
