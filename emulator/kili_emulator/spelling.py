"""Suggestions for mistyped names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is most similar to a name, or ``None``.

    Args:
        cutoff: the smallest accepted similarity, from 0 to 1 (``difflib.SequenceMatcher.ratio``).
    """
    similar = difflib.get_close_matches(name, list(known), 3, cutoff)
    swapped = (each for each in similar if sorted(each) == sorted(name))  # "strat" for "start"
    return next(swapped, next(iter(similar), None))
