"""Texts that slow down a backtracking matcher, derived from the structure of a pattern.

If a repetition can give back characters that it matched, a long run of its characters and then a
character that does not fit makes the matcher try all ways to divide the run. If a pattern can begin
anywhere, many beginnings without an end make the matcher scan the rest for each of them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

if sys.version_info >= (3, 11):
    from re import _constants as sre
    from re import _parser as parser
else:
    import sre_constants as sre
    import sre_parse as parser

LENGTH = 60_000
_ENDS = ("", "\0", " ", "x", "1", "\n")
_ALPHABET = "0a A_-.,:;/\\#@'\"()[]{}<>%*+=~!?&|^$`\t\n\r\x0b"


def attacks(pattern: re.Pattern[Any]) -> Iterator[Any]:
    """Return the attack texts, or bytes, for a pattern; each has some 60,000 characters."""
    seen: set[str] = set()
    tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))
    for text in _sequence(tree, ""):
        if text not in seen:
            seen.add(text)
            yield text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _sequence(nodes: list[Any], prefix: str) -> Iterator[str]:
    """Return attacks on each part of a sequence, after a text that matches the parts before it."""
    for operation, argument in nodes:
        if operation in _REPEATS:
            yield from _repetition(argument, prefix)
        for inner in _inner(operation, argument):
            yield from _sequence(inner, prefix)
        prefix += next(iter(_samples(operation, argument)), "")
        for begun in (prefix, f"{prefix} ", f"{prefix}\n"):
            yield from _ended(begun * (LENGTH // max(len(begun), 1)))


def _repetition(argument: Any, prefix: str) -> Iterator[str]:
    _, _, repeated = argument
    for sample in _of_sequence(list(repeated)):
        if sample:
            yield from _ended(prefix + sample * (LENGTH // len(sample)))


def _ended(text: str) -> Iterator[str]:
    return (text + end for end in _ENDS)


_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT} | (
    {sre.POSSESSIVE_REPEAT} if sys.version_info >= (3, 11) else set()
)


def _inner(operation: Any, argument: Any) -> list[list[Any]]:
    """Return the sequences inside a part."""
    if operation in _REPEATS:
        return [list(argument[2])]
    if operation is sre.SUBPATTERN:
        return [list(argument[3])]
    if operation is sre.BRANCH:
        return [list(each) for each in argument[1]]
    if operation in (sre.ASSERT, sre.ASSERT_NOT):
        return [list(argument[1])]
    if sys.version_info >= (3, 11) and operation is sre.ATOMIC_GROUP:
        return [list(argument)]
    return []


def _of_sequence(nodes: list[Any]) -> list[str]:
    """Return a few texts that match a sequence: one for each kind of its first character."""
    found = [""]
    for operation, argument in nodes:
        samples = _samples(operation, argument) or [""]
        found = (
            [samples[0] if not one else one + samples[0] for one in found]
            if any(found)
            else samples
        )
    return found


def _samples(operation: Any, argument: Any) -> list[str]:
    """Return texts that match a part."""
    if operation in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        return _characters(operation, argument)
    if operation in (sre.ASSERT, sre.ASSERT_NOT):
        return []
    if operation in _REPEATS:
        least, _, repeated = argument
        return [each * max(least, 1) for each in _of_sequence(list(repeated))]
    return [text for inner in _inner(operation, argument) for text in _of_sequence(inner)]


def _characters(operation: Any, argument: Any) -> list[str]:
    """Return a few of the characters that a part matches."""
    if operation is sre.LITERAL:
        return [chr(argument)]
    if operation is sre.NOT_LITERAL:
        return [each for each in _ALPHABET if ord(each) != argument][:4]
    if operation is sre.ANY:
        return list(_ALPHABET[:4])
    return [each for each in _ALPHABET if _is_in(argument, each)][:6] or _first(argument)


def _first(items: list[Any]) -> list[str]:
    """Return the first character of a class."""
    for operation, argument in items:
        if operation is sre.LITERAL:
            return [chr(argument)]
        if operation is sre.RANGE:
            return [chr(argument[0])]
    return []


def _is_in(items: list[Any], character: str) -> bool:
    negated = items[0][0] is sre.NEGATE
    return negated != any(_fits(each, character) for each in items)


def _fits(item: Any, character: str) -> bool:
    operation, argument = item
    if operation is sre.LITERAL:
        return ord(character) == argument
    if operation is sre.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if operation is sre.CATEGORY:
        return bool(_CATEGORIES[argument](character))
    return False


_CATEGORIES = {
    sre.CATEGORY_DIGIT: str.isdigit,
    sre.CATEGORY_NOT_DIGIT: lambda each: not each.isdigit(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda each: not each.isspace(),
    sre.CATEGORY_WORD: lambda each: each.isalnum() or each == "_",
    sre.CATEGORY_NOT_WORD: lambda each: not (each.isalnum() or each == "_"),
}
