"""The rule for the external ids of assets: brackets are balanced."""

from __future__ import annotations

import re

_CLOSING = {")": "(", "]": "[", "}": "{"}
_OPENING = {opening: closing for closing, opening in _CLOSING.items()}
_BRACKET = re.compile(r"[()\[\]{}]")


def find_unbalanced_bracket(external_id: str) -> str | None:
    """Return the first bracket of an external id that has no counterpart, or ``None``.

    Kili's documentation refuses ``test[0`` and accepts ``test[0]``. Each kind of bracket is checked
    separately.
    """
    if not _BRACKET.search(external_id):
        return None
    unclosed: dict[str, list[int]] = {opening: [] for opening in _OPENING}
    for position, character in enumerate(external_id):
        if character in _OPENING:
            unclosed[character].append(position)
        elif character in _CLOSING:
            positions = unclosed[_CLOSING[character]]
            if not positions:
                return character
            positions.pop()
    first = min(
        (position for positions in unclosed.values() for position in positions), default=None
    )
    return None if first is None else external_id[first]
