"""What is refused about members of projects (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def member_id_unknown(operation: str, given: str, expected: str | None) -> KiliError:
    """A user is named who does not take part in the project, or not by the id.

    Args:
        expected: the id of the member whose e-mail address was given.
    """
    if expected:
        return invalid_argument(operation, f'"{given}" is the e-mail address of a member, '
                     f'where the id is wanted: give "{expected}"')  # fmt: skip
    return invalid_argument(operation, f'"{given}" is not the id of a member of the project: '
                 "give the id of one, or add them first")  # fmt: skip


def member_email_unknown(operation: str, given: str, expected: str | None) -> KiliError:
    """A user is named who does not take part in the project, or not by the e-mail address.

    Args:
        expected: the e-mail address of the member whose id was given.
    """
    if expected:
        return invalid_argument(operation, f'"{given}" is the id of a member, '
                     f'where the e-mail address is wanted: give "{expected}"')  # fmt: skip
    return invalid_argument(operation, f'"{given}" is not the e-mail address of a member of the project: '
                 "give the address of one, or add them first")  # fmt: skip


def role_mismatch(operation: str) -> KiliError:
    """The role's id belongs to another project or user than those named beside it."""
    return invalid_argument(operation, "the role is not the one of this user in this project: "
                 "take where.id from the project's roles")  # fmt: skip


def administrator_not_removable(operation: str) -> KiliError:
    """Administrators of the organization take part in all of its projects."""
    return invalid_argument(operation, "the user takes part as an administrator of the organization, "
                 "without being a member: nothing is to be removed")  # fmt: skip


def member_not_identified(operation: str) -> KiliError:
    """A mutation's ``where`` does not say which member it is about."""
    return invalid_argument(
        operation, "where must have an id, or project.id and user.email or user.id"
    )


def user_of_another_organization(email: str) -> KiliError:
    """Each user belongs to one organization only."""
    return invalid_argument("appendToRoles", f'the user with the e-mail "{email}" '
                 "belongs to another organization")  # fmt: skip
