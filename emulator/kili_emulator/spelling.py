"""The known name that a mistyped one is closest to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that is most like a name, if one is like it at all.

    Args:
        cutoff: how alike they must be at least, from 0 to 1 (``difflib.SequenceMatcher.ratio``).
    """
    return next(iter(difflib.get_close_matches(name, list(known), 1, cutoff)), None)
