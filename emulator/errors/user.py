"""What is refused about users, organizations and keys."""

from __future__ import annotations

from emulator.errors.base import KiliError, wrong


def user_exists(email: str) -> KiliError:
    """Somebody has this e-mail address already."""
    return wrong("createUser", f'a user with the e-mail "{email}" exists already')
