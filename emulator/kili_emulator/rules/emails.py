"""E-mail addresses."""

from __future__ import annotations

import re

_FORM = re.compile(r"[^@\s]+@[^@\s]+")


def normalized_email(email: str) -> str | None:
    """The address as it is kept, in lower case; ``None`` when it is none.

    See contract/user.md#accounts.
    """
    return email.lower() if _FORM.fullmatch(email) else None
