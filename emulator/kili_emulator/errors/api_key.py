"""What is refused about API keys (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, wrong


def key_taken(operation: str) -> KiliError:
    """Somebody has this API key already."""
    return wrong(operation, "this API key exists already: choose another one")


def key_refused(operation: str, shortest: int, prefixes: str) -> KiliError:
    """An API key has a form that the emulator needs for its own ones."""
    form = f"at least {shortest} characters, no spaces, and does not begin with {prefixes}"
    return wrong(operation, f"an API key has {form}")


def expiry_refused(text: str) -> KiliError:
    """A key is to expire at what is no time."""
    return wrong("expiryDate", f'"{text}" is no time: give YYYY-MM-DD or an ISO-8601 time')


def key_not_named(name: str, count: int) -> KiliError:
    """A key is named that does not exist, or not alone."""
    return wrong("The change of a key", f'{count} keys have the name "{name}"')
