"""What is refused about API keys (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def api_key_exists(operation: str) -> KiliError:
    """Somebody has this API key already."""
    return invalid_argument(operation, "this API key exists already: choose another one")


def api_key_invalid(operation: str, shortest: int, prefixes: str) -> KiliError:
    """An API key has a form that the emulator needs for its own ones."""
    form = f"at least {shortest} characters, no spaces, and does not begin with {prefixes}"
    return invalid_argument(operation, f"an API key has {form}")


def expiry_date_invalid(text: str) -> KiliError:
    """A key is to expire at what is no time."""
    return invalid_argument(
        "expiryDate", f'"{text}" is no time: give YYYY-MM-DD or an ISO-8601 time'
    )


def api_key_name_not_unique(name: str, count: int) -> KiliError:
    """A key is named that does not exist, or not alone."""
    return invalid_argument("The change of a key", f'{count} keys have the name "{name}"')
