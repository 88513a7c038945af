"""Passwords: their allowed lengths, and the hashes in which they are stored.

The cost of a hash is low on purpose: the hashes protect only the passwords of tests.
"""

from __future__ import annotations

import hashlib
import hmac

SHORTEST = 8
LONGEST = 128

_COST = 2**10


def is_acceptable(password: str) -> bool:
    """Return whether a password has an allowed length, which clients check, too."""
    return SHORTEST <= len(password) <= LONGEST


def hash_password(password: str, salt: str) -> str:
    """Return the stored form of a password: ``salt$digest``."""
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), n=_COST, r=8, p=1)
    return f"{salt}${digest.hex()}"


def verify_password(password: str, stored_hash: str | None) -> bool:
    """Return whether a password matches the stored hash.

    Args:
        stored_hash: ``None`` for a user without a password, whom no password matches.
    """
    if stored_hash is None:
        return False
    return hmac.compare_digest(hash_password(password, stored_hash.partition("$")[0]), stored_hash)
