"""E-mail addresses."""

from __future__ import annotations

import re

_FORM = re.compile(r"[^@\s]+@[^@\s]+")


def normalized_email(email: str) -> str | None:
    """Return an e-mail address in the form in which it is stored, in lower case.

    See contract/user.md#accounts.

    Returns:
        the address; ``None`` if the text is not an e-mail address.
    """
    return email.lower() if _FORM.fullmatch(email) else None
