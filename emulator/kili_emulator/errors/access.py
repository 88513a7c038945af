"""Errors about missing rights (contract/errors.md#messages)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, business_error


def access_denied() -> KiliError:
    """The target of a mutation does not exist, or the user of the key cannot see it (recorded)."""
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
    """A plugin uses the API key of a run that has ended (ours)."""
    return business_error(
        "accessDenied",
        "Access denied. Please verify your credentials or contact Kili support.",
        "the API key of a plugin run is valid only during the run, and this run has ended",
        code="401",
    )
