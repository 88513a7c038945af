"""E-mail addresses."""

from __future__ import annotations

import re

_FORM = re.compile(r"[^@\s]+@[^@\s]+")


def normalized(email: str) -> str | None:
    """The address as it is kept, in lower case (contract §4.7); ``None`` when it is none."""
    return email.lower() if _FORM.fullmatch(email) else None
