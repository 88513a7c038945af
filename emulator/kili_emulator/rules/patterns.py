"""The patterns of ``searchQuery``: SQL's ILIKE, anchored at both ends.

See contract/project.md#lists-and-search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from kili_emulator import errors

# In characters. The time to match grows with the length of the pattern times that of the text.
LONGEST_PATTERN = 1000

_ANY_TEXT = "%"
_ANY_CHARACTER = "_"
_ESCAPE = "\\"


class _Automaton:
    """A pattern as an automaton whose states are the bits of one integer.

    Bit ``i`` of a set of states means that the first ``i`` characters of the pattern have matched,
    not counting ``%``. All states advance together, one character of the text at a time, so the
    automaton reads each character once and never backtracks.

    Attributes:
        stay: the states before a ``%``, which remain for any character.
        final: the state in which the whole pattern has matched.
    """

    def __init__(self, pattern: str) -> None:
        # The states that advance at any character, and by character in lower case.
        self._any_character = 0
        self._by_character: defaultdict[str, int] = defaultdict(int)
        self.stay = 0
        self.final = 1
        for character, is_wildcard in _characters(pattern):
            if is_wildcard and character == _ANY_TEXT:
                self.stay |= self.final
                continue
            if is_wildcard:
                self._any_character |= self.final
            else:
                self._by_character[character.lower()] |= self.final
            self.final <<= 1

    def matches(self, text: str) -> bool:
        states = 1
        for character in text:
            advancing = states & (
                self._by_character.get(character.lower(), 0) | self._any_character
            )
            states = advancing << 1 | states & self.stay
            if not states:
                return False
        return bool(states & self.final)


def _characters(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield each character of a pattern, and whether it is a wildcard."""
    characters = iter(pattern)
    for character in characters:
        if character == _ESCAPE:
            yield next(characters, _ESCAPE), False
        else:
            yield character, character in (_ANY_TEXT, _ANY_CHARACTER)


@lru_cache(maxsize=64)
def _automaton(pattern: str) -> _Automaton:
    return _Automaton(pattern)


def ilike(pattern: str, text: str) -> bool:
    r"""Return whether the whole text matches: ``%`` is any text, ``_`` a character, ``\`` escapes.

    The time is proportional to the length of the text, for each 64 characters of the pattern.
    """
    return _automaton(pattern).matches(text)


def check_pattern(pattern: str) -> None:
    """Refuse a pattern with more than :data:`LONGEST_PATTERN` characters.

    Raises:
        KiliError: the pattern is longer.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise errors.search_too_long("searchQuery", len(pattern), LONGEST_PATTERN)
