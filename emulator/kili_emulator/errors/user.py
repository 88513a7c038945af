"""Errors about users and their passwords."""

from __future__ import annotations

from kili_emulator.errors.kili_error import (
    KiliError,
    business_error,
    invalid_argument,
    not_emulated,
)


def no_organization_rights() -> KiliError:
    """The user is not an administrator of the organization (recorded, spelling included)."""
    return business_error(
        "noOrganizationRights",
        "You cannot use this function because it seems that you do not have access to this "
        "organization. Please contact you organization admin.",
        "User isn't admin from the organization",
    )


def user_exists(operation: str, email: str) -> KiliError:
    """A user has this e-mail address already (ours)."""
    return invalid_argument(operation, f'a user with the e-mail "{email}" exists already')


def email_invalid(operation: str, email: str) -> KiliError:
    """A text is not an e-mail address (ours)."""
    return invalid_argument(operation, f'"{email}" is not an e-mail address')


def user_not_identified(operation: str) -> KiliError:
    """The ``where`` of a mutation does not identify a user (ours)."""
    return invalid_argument(operation, "where must identify the user: give an email or an id")


def last_administrator(operation: str) -> KiliError:
    """The mutation would remove the last administrator of the organization (ours)."""
    return invalid_argument(
        operation,
        "the organization needs an active administrator: give another user the role ADMIN first",
    )


def password_length_invalid(operation: str, shortest: int, longest: int) -> KiliError:
    """A new password is too short or too long (ours)."""
    return invalid_argument(operation, f"a password must have {shortest} to {longest} characters")


def password_wrong(operation: str) -> KiliError:
    """The old password is wrong (ours)."""
    return invalid_argument(operation, "the old password is wrong")


def passwords_differ(operation: str) -> KiliError:
    """The new password and its confirmation are not the same (ours)."""
    return invalid_argument(operation, "the new password and its confirmation differ")


def user_api_key_not_emulated(operation: str) -> KiliError:
    """The data of a user contain an API key, as the oldest clients send it (ours)."""
    return not_emulated(operation, "apiKey of a user", "use appendToApiKeys")


def user_organization_not_emulated(operation: str) -> KiliError:
    """A user is moved to an organization that is not given by its id (ours)."""
    return not_emulated(operation, "organization of a user", "send organizationId")
