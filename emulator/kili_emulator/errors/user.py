"""What is refused about users and their passwords."""

from __future__ import annotations

from kili_emulator.errors.kili_error import (
    KiliError,
    business_error,
    invalid_argument,
    not_emulated,
)


def no_organization_rights() -> KiliError:
    """The organization is not the user's to administer (recorded, spelling included)."""
    return business_error(
        "noOrganizationRights",
        "You cannot use this function because it seems that you do not have access to this "
        "organization. Please contact you organization admin.",
        "User isn't admin from the organization",
    )


def user_exists(operation: str, email: str) -> KiliError:
    """Somebody has this e-mail address already (ours)."""
    return invalid_argument(operation, f'a user with the e-mail "{email}" exists already')


def email_invalid(operation: str, email: str) -> KiliError:
    """A text is no e-mail address (ours)."""
    return invalid_argument(operation, f'"{email}" is not an e-mail address')


def user_not_identified(operation: str) -> KiliError:
    """A mutation's ``where`` does not say which user it is about (ours)."""
    return invalid_argument(operation, "where must have an email or an id: it says whose")


def last_administrator(operation: str) -> KiliError:
    """An organization would be left without an administrator (ours)."""
    return invalid_argument(
        operation, "the organization needs an active administrator: make another one first"
    )


def password_length_invalid(operation: str, shortest: int, longest: int) -> KiliError:
    """A new password is too short or too long (ours)."""
    return invalid_argument(operation, f"a password has {shortest} to {longest} characters")


def password_wrong(operation: str) -> KiliError:
    """The old password is another one (ours)."""
    return invalid_argument(operation, "the old password is not the user's")


def passwords_differ(operation: str) -> KiliError:
    """The new password and its confirmation are not the same (ours)."""
    return invalid_argument(operation, "the two new passwords differ")


def user_api_key_not_emulated(operation: str) -> KiliError:
    """A user is to be given an API key the oldest way (ours)."""
    return not_emulated(operation, "apiKey of a user", "use appendToApiKeys")


def user_organization_not_emulated(operation: str) -> KiliError:
    """A user is to be moved by something else than an organization's id (ours)."""
    return not_emulated(operation, "organization of a user", "send organizationId")
