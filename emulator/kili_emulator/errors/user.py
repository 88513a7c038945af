"""What is refused about users and their passwords."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, business, not_emulated, wrong


def no_organization_rights() -> KiliError:
    """The organization is not the user's to administer (recorded, spelling included)."""
    return business(
        "noOrganizationRights",
        "You cannot use this function because it seems that you do not have access to this "
        "organization. Please contact you organization admin.",
        "User isn't admin from the organization",
    )


def user_exists(operation: str, email: str) -> KiliError:
    """Somebody has this e-mail address already (ours)."""
    return wrong(operation, f'a user with the e-mail "{email}" exists already')


def email_refused(operation: str, email: str) -> KiliError:
    """A text is no e-mail address (ours)."""
    return wrong(operation, f'"{email}" is not an e-mail address')


def user_not_named(operation: str) -> KiliError:
    """A mutation's ``where`` does not say which user it is about (ours)."""
    return wrong(operation, "where must have an email or an id: it says whose")


def last_administrator(operation: str) -> KiliError:
    """An organization would be left without an administrator (ours)."""
    return wrong(
        operation, "the organization needs an active administrator: make another one first"
    )


def password_refused(operation: str, shortest: int, longest: int) -> KiliError:
    """A new password is too short or too long (ours)."""
    return wrong(operation, f"a password has {shortest} to {longest} characters")


def password_wrong(operation: str) -> KiliError:
    """The old password is another one (ours)."""
    return wrong(operation, "the old password is not the user's")


def passwords_differ(operation: str) -> KiliError:
    """The new password and its confirmation are not the same (ours)."""
    return wrong(operation, "the two new passwords differ")


def key_of_user_refused(operation: str) -> KiliError:
    """A user is to be given an API key the oldest way (ours)."""
    return not_emulated(operation, "apiKey of a user", "use appendToApiKeys")


def organization_of_user_refused(operation: str) -> KiliError:
    """A user is to be moved by something else than an organization's id (ours)."""
    return not_emulated(operation, "organization of a user", "send organizationId")
