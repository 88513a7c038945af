"""Errors about members of projects (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def member_id_unknown(operation: str, given: str, expected: str | None) -> KiliError:
    """An argument that must be the id of a member of the project is not.

    Args:
        expected: the id of the member, if ``given`` is the member's e-mail address.
    """
    if expected:
        return invalid_argument(
            operation, f'"{given}" is the e-mail address of a member: give the id "{expected}"'
        )
    detail = f'"{given}" is not the id of a member of the project'
    return invalid_argument(operation, f"{detail}: give the id of a member, or add the user first")


def member_email_unknown(operation: str, given: str, expected: str | None) -> KiliError:
    """An argument that must be the e-mail address of a member of the project is not.

    Args:
        expected: the e-mail address of the member, if ``given`` is the member's id.
    """
    if expected:
        return invalid_argument(
            operation, f'"{given}" is the id of a member: give the e-mail address "{expected}"'
        )
    detail = f'"{given}" is not the e-mail address of a member of the project'
    return invalid_argument(
        operation, f"{detail}: give the address of a member, or add the user first"
    )


def role_mismatch(operation: str) -> KiliError:
    """The role id belongs to another project or user than the other arguments name."""
    return invalid_argument(
        operation,
        "the role is not that of this user in this project: take where.id from the project's roles",
    )


def administrator_not_removable(operation: str) -> KiliError:
    """An administrator of the organization, who is no member of the project, is removed from it."""
    return invalid_argument(
        operation,
        "the user has access as an administrator of the organization and is not a member of the "
        "project: there is no role to remove",
    )


def member_not_identified(operation: str) -> KiliError:
    """The ``where`` of a mutation does not identify a member."""
    return invalid_argument(
        operation, "where must have an id, or project.id and user.email or user.id"
    )


def user_of_another_organization(email: str) -> KiliError:
    """A user of another organization is added to the project."""
    return invalid_argument(
        "appendToRoles", f'the user with the e-mail "{email}" belongs to another organization'
    )
