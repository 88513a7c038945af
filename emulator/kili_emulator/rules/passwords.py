"""Passwords: what they must be, and how they are kept.

The cost is low on purpose: nothing is protected here but the passwords of tests.
"""

from __future__ import annotations

import hashlib
import hmac

SHORTEST = 8
LONGEST = 128

_COST = 2**10


def is_acceptable(password: str) -> bool:
    """Whether this may become somebody's password (clients ask for no less than this)."""
    return SHORTEST <= len(password) <= LONGEST


def hash_password(password: str, salt: str) -> str:
    """The password as it is kept: ``salt$digest``."""
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), n=_COST, r=8, p=1)
    return f"{salt}${digest.hex()}"


def verify_password(password: str, stored_hash: str | None) -> bool:
    """Whether this is the password that is kept; nobody can give the one of who has none."""
    if stored_hash is None:
        return False
    return hmac.compare_digest(hash_password(password, stored_hash.partition("$")[0]), stored_hash)
