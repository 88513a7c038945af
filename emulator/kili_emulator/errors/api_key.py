"""Errors about API keys (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def api_key_exists(operation: str) -> KiliError:
    """A user has this API key already."""
    return invalid_argument(operation, "this API key exists already: choose another one")


def api_key_invalid(operation: str, shortest: int, prefixes: str) -> KiliError:
    """An API key is too short, has spaces, or has a prefix that the emulator reserves."""
    return invalid_argument(
        operation,
        f"an API key must have at least {shortest} characters and no spaces, and must not begin "
        f"with {prefixes}",
    )


def expiry_date_invalid(text: str) -> KiliError:
    """The expiry date of a key is not a time."""
    return invalid_argument(
        "expiryDate", f'"{text}" is not a time: give YYYY-MM-DD or an ISO-8601 time'
    )


def api_key_name_not_unique(name: str, count: int) -> KiliError:
    """No key, or more than one, has the name that a mutation gives."""
    return invalid_argument(
        "The change of a key",
        f'{count} API keys have the name "{name}": give a name that only one key has',
    )
