"""Who may not see or do what (contract/errors.md#messages)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, business_error


def access_denied() -> KiliError:
    """The target of a mutation does not exist, or the key's user cannot see it (recorded)."""
    return business_error(
        "accessDenied",
        "Access denied. Please verify your credentials or contact Kili support.",
        "The data you are trying to mutate does not exist or is not accessible",
        code="401",
    )


def no_access_rights(operation: str, needed: str) -> KiliError:
    """The user sees the object, but their role does not allow the operation (prefix recorded)."""
    return business_error(
        "noAccessRights",
        "It seems you do not have access to this object. Please double check your credentials.",
        f"{operation} needs {needed}",
    )


def run_key_revoked() -> KiliError:
    """The run that a plugin's key was made for has ended (ours)."""
    return business_error(
        "accessDenied",
        "Access denied. Please verify your credentials or contact Kili support.",
        "the key of a plugin run is valid only while the run lasts, and this run has ended",
        code="401",
    )
