"""The users of an organization (contract/user.md#accounts)."""

from __future__ import annotations

from typing import Any

from kili_emulator import errors, messages
from kili_emulator.domain import access, mail, member, organization
from kili_emulator.domain.documents import OrganizationDoc, UserDoc
from kili_emulator.domain.repository import changed_members
from kili_emulator.domain.world import Actor, Transaction, View
from kili_emulator.rules import emails, passwords, permissions


def create_user(
    tx: Transaction,
    organization: OrganizationDoc,
    data: dict[str, Any],
    *,
    operation: str = "createUser",
    is_service_account: bool = False,
    is_invited: bool = False,
) -> UserDoc:
    """Add a user to an organization; e-mail addresses are kept in lower case.

    See contract/user.md#accounts.

    Args:
        data: ``email``, and optional ``password``, ``firstname``, ``lastname``,
            ``organizationRole`` (default: USER), ``activated`` (default: true).
        is_invited: another user created the account, and its owner has not used it yet.

    Raises:
        KiliError: the address is not valid or belongs to another user, or the password is not
            allowed.
    """
    password = data.get("password")
    return tx.users.insert(
        {
            "id": tx.new_id(),
            "email": _require_free_email(tx, operation, data["email"]),
            "firstname": data.get("firstname") or "",
            "lastname": data.get("lastname") or "",
            "organizationId": organization["id"],
            "organizationRole": data.get("organizationRole") or "USER",
            "activated": data.get("activated", True),
            "hasCompletedLabelingTour": False,
            "hubspotSubscriptionStatus": None,
            "isServiceAccount": is_service_account,
            "isInvited": is_invited,
            "password": None if password is None else _hash_password(tx, operation, password),
            "createdAt": tx.now,
            "updatedAt": tx.now,
        }
    )


def add_user(tx: Transaction, data: dict[str, Any]) -> UserDoc:
    """Add a user to the actor's organization; only its administrators may.

    Raises:
        KiliError: the actor is not an administrator; otherwise as :func:`create_user`.
    """
    tx.access.require_organization_role("createUser")
    return create_user(tx, tx.organizations.require(tx.actor.user["organizationId"]), data)


def find_user_by_email(view: View, email: str) -> UserDoc | None:
    """Return the user with this address in any case, or ``None``."""
    same_email = view.users.find("email", email.lower())
    return same_email[0] if same_email else None


def _require_free_email(tx: Transaction, operation: str, email: str) -> str:
    normalized_email = emails.normalized_email(email)
    if normalized_email is None:
        raise errors.email_invalid(operation, email)
    if find_user_by_email(tx, normalized_email):
        raise errors.user_exists(operation, normalized_email)
    return normalized_email


def visible_users(view: View, actor: Actor, *, hidden: bool) -> list[UserDoc]:
    """Return the users of the organizations that the actor sees.

    Args:
        hidden: include the hidden users of plugins.
    """
    return [
        user
        for each in organization.visible_organizations(view, actor)
        for user in organization.users_of(view, each, hidden=hidden)
    ]


# Changing


def update_user(tx: Transaction, user: UserDoc, data: dict[str, Any]) -> UserDoc:
    """Change a user: administrators may change everything, others only their own profile.

    Args:
        data: the members of ``UserData`` that are given.

    Raises:
        KiliError: the actor may not make this change, a value is not valid, or the organization
            would lose its last administrator.
    """
    operation = "updatePropertiesInUser"
    if "apiKey" in data:
        raise errors.user_api_key_not_emulated(operation)
    if "organization" in data:
        raise errors.user_organization_not_emulated(operation)
    if "email" in data:
        data = {**data, "email": data["email"].lower()}
    changes = changed_members(user, data)
    tx.access.require_user_access(operation, user, admin_only=bool(changes.keys() & _ADMIN_MEMBERS))
    if "email" in changes:
        changes["email"] = _require_free_email(tx, operation, changes["email"])
    if not changes:
        return user
    if "organizationId" in changes:
        _check_organization(tx, changes["organizationId"])
    changed = tx.users.change(user, **changes, updatedAt=tx.now)
    if "organizationId" in changes:
        _leave_projects(tx, user)
    _check_has_administrator(tx, operation, user)
    return changed


_ADMIN_MEMBERS = permissions.ADMIN_ONLY_USER_MEMBERS


def _check_organization(tx: Transaction, organization_id: str) -> None:
    visible = organization.visible_organizations(tx, tx.actor)
    if organization_id not in {each["id"] for each in visible}:
        raise errors.access_denied()


def _leave_projects(tx: Transaction, user: UserDoc) -> None:
    for each in tx.project_users.find("user", user["id"]):
        if not each["deletedAt"]:
            member.leave(tx, each)


def _check_has_administrator(tx: Transaction, operation: str, before: UserDoc) -> None:
    """Check that the organization of a changed administrator still has an administrator."""
    if not access.is_active_administrator(before):
        return
    users = tx.users.find("organization", before["organizationId"])
    if not any(map(access.is_active_administrator, users)):
        raise errors.last_administrator(operation)


# Passwords


def update_password(tx: Transaction, user: UserDoc, old: str, new: str, repeated: str) -> UserDoc:
    """Change a user's password.

    Raises:
        KiliError: the actor is neither this user nor an administrator, the old password is wrong,
            or the new passwords differ or are not allowed.
    """
    operation = "updatePassword"
    tx.access.require_user_access(operation, user)
    if not passwords.verify_password(old, user["password"]):
        raise errors.password_wrong(operation)
    if new != repeated:
        raise errors.passwords_differ(operation)
    return tx.users.change(user, password=_hash_password(tx, operation, new), updatedAt=tx.now)


def reset_password(tx: Transaction, user: UserDoc) -> UserDoc:
    """Replace a user's password, and mail the new one to them.

    See :mod:`kili_emulator.domain.mail`.

    Raises:
        KiliError: the actor is neither this user nor an administrator.
    """
    operation = "resetPassword"
    tx.access.require_user_access(operation, user)
    password = tx.new_id()
    mail.send(
        tx, user, messages.PASSWORD_RESET_SUBJECT, messages.PASSWORD_RESET.format(password=password)
    )
    return tx.users.change(user, password=_hash_password(tx, operation, password), updatedAt=tx.now)


def _hash_password(tx: Transaction, operation: str, password: str) -> str:
    if not passwords.is_acceptable(password):
        raise errors.password_length_invalid(operation, passwords.SHORTEST, passwords.LONGEST)
    return passwords.hash_password(password, salt=tx.new_id())


# Roles


def highest_role(view: View, user: UserDoc) -> str:
    """Return the most powerful of a user's roles in projects; ``NA`` if they have none."""
    if access.is_active_administrator(user):
        return "ADMIN"
    members = view.project_users.find("user", user["id"])
    roles = {each["role"] for each in members if not each["deletedAt"]}
    return next((each for each in permissions.PROJECT_ROLES if each in roles), "NA")
