"""The patterns of ``searchQuery``: SQL's ILIKE, anchored at both ends (contract §4.5)."""

from __future__ import annotations

import re


def ilike(pattern: str, text: str) -> bool:
    r"""Whether the whole text matches: ``%`` is any text, ``_`` any character, ``\`` escapes."""
    expression = ""
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            expression += re.escape(next(characters, "\\"))
        else:
            expression += {"%": ".*", "_": "."}.get(character, re.escape(character))
    return re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL) is not None
