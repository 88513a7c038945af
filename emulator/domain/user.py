"""Users, organizations and API keys (contract §9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from emulator import clock, errors
from emulator.domain.world import Actor, BaseView, Transaction, World
from emulator.storage.snapshot import Document

# Far ahead, so that a test under a frozen clock is not locked out.
KEY_LIFETIME = timedelta(days=100 * 365)
RUN_KEY_PREFIX = "kili-run-"


def create_organization(tx: Transaction, name: str, license_: dict[str, Any]) -> Document:
    """Add an organization.

    Args:
        license_: ``canUsePlugins``, ``uploadLocalData``, … as the platform names them.
    """
    return tx.organizations.insert(
        {"id": tx.new_id(), "name": name, "license": license_, "createdAt": tx.now}
    )


def create_user(
    tx: Transaction,
    organization: Document,
    *,
    email: str,
    firstname: str,
    lastname: str,
    role: str,
    is_service_account: bool = False,
) -> Document:
    """Add a user to an organization; e-mail addresses are kept in lower case (contract §4.7).

    Raises:
        KiliError: somebody has this address already.
    """
    email = email.lower()
    if tx.users.find("email", email):
        raise errors.user_exists(email)
    return tx.users.insert(
        {
            "id": tx.new_id(),
            "email": email,
            "firstname": firstname,
            "lastname": lastname,
            "organizationId": organization["id"],
            "organizationRole": role,
            "activated": True,
            "isServiceAccount": is_service_account,
            "createdAt": tx.now,
            "updatedAt": tx.now,
        }
    )


def create_api_key(tx: Transaction, user: Document, *, name: str, key: str) -> Document:
    """Give a user an API key."""
    return tx.api_keys.insert(
        {
            "id": tx.new_id(),
            "name": name,
            "key": key,
            "userId": user["id"],
            "createdAt": tx.now,
            "expiryDate": clock.to_text(tx.moment + KEY_LIFETIME),
            "revoked": False,
        }
    )


def authenticate(world: World, key: str) -> Actor | None:
    """Who a key belongs to, or ``None`` when it opens nothing here.

    The key of a plugin run is known only while the run lasts.
    """
    if key in world.run_keys:
        return world.run_keys[key]
    view = world.view
    for api_key in view.api_keys.find("key", key):
        user = view.users.the(api_key["userId"])
        expired = clock.from_text(api_key["expiryDate"]) <= world.clock.now()
        if user["activated"] and not api_key["revoked"] and not expired:
            return Actor(user)
    return None


def visible_users(view: BaseView[Any], actor: Actor, *, hidden: bool) -> list[Document]:
    """The users of the actor's organization; plugins' own users only when ``hidden``."""
    users: list[Document] = view.users.find("organization", actor.user["organizationId"])
    return [user for user in users if hidden or not user["isServiceAccount"]]


def visible_api_keys(view: BaseView[Any], actor: Actor) -> list[Document]:
    """The actor's own keys; an administrator sees those of the whole organization."""
    users = [actor.user]
    if actor.user["organizationRole"] == "ADMIN":
        users = visible_users(view, actor, hidden=False)
    ids = {user["id"] for user in users}
    return [key for key in view.api_keys.all() if key["userId"] in ids]
