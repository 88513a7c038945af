"""Errors about organizations and their licenses (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument

LICENSE_NOT_JSON = "it is not valid JSON: {reason}"
LICENSE_NOT_OBJECT = "it must be a JSON object"
LICENSE_UNKNOWN_MEMBER = "it has no member {name}"
LICENSE_BAD_VALUE = "{name} cannot be {value}"


def license_malformed(operation: str, detail: str) -> KiliError:
    """A license has the wrong form; ``detail`` is one of the sentences above."""
    return invalid_argument(operation, f"license: {detail}")


def name_empty(operation: str, member: str) -> KiliError:
    """A name or address is empty."""
    return invalid_argument(operation, f"{member} cannot be empty")
