"""What is refused about organizations and API keys (ours)."""

from __future__ import annotations

from emulator.errors.base import KiliError, wrong


def license_malformed(operation: str, detail: str) -> KiliError:
    """A license has the wrong form."""
    return wrong(operation, f"license: {detail}")


def name_empty(operation: str, member: str) -> KiliError:
    """Something is to have no name."""
    return wrong(operation, f"{member} cannot be empty")


def key_taken(operation: str) -> KiliError:
    """Somebody has this API key already."""
    return wrong(operation, "this API key exists already: choose another one")


def key_refused(operation: str, prefixes: str) -> KiliError:
    """An API key has a form that the emulator needs for its own ones."""
    return wrong(operation, f"an API key has at least 8 characters, no spaces, and does not begin "
                 f"with {prefixes}")  # fmt: skip


def expiry_refused(text: str) -> KiliError:
    """A key is to expire at what is no time."""
    return wrong("expiryDate", f'"{text}" is no time: give YYYY-MM-DD or an ISO-8601 time')


def key_not_named(name: str, count: int) -> KiliError:
    """A key is named that does not exist, or not alone."""
    return wrong("The change of a key", f'{count} keys have the name "{name}"')
