"""Suggestions for mistyped names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is most similar to a name, or ``None``.

    Args:
        cutoff: the smallest accepted similarity, from 0 to 1 (``difflib.SequenceMatcher.ratio``).
    """
    return next(iter(difflib.get_close_matches(name, list(known), 1, cutoff)), None)
