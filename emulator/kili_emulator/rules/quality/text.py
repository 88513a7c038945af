"""How alike two transcriptions are: 1 − normalised Levenshtein.

See contract/quality.md#texts-and-other-answers.
"""

from __future__ import annotations

from collections.abc import Iterator

# Pairs of characters that are compared in one go, which takes a quarter of a second.
MAX_CELLS = 10**9


def text_similarity(one: str, other: str) -> float:
    """1 for equal texts, 0 for texts that have nothing in common."""
    longest = max(len(one), len(other))
    return 1 - edit_distance(one, other) / longest if longest else 1.0


def edit_distance(one: str, other: str) -> int:
    """How many characters must be put in, taken out or replaced to make one text the other.

    Two texts that differ over more than some 30,000 characters are compared block by block, as
    the time grows with the product of the lengths: what is told then is never too small, and too
    large where a part has moved from one block to the next.
    """
    one, other = _without_common_ends(one, other)
    count = max(1, -(-len(one) * len(other) // MAX_CELLS))
    return sum(map(_distance, _blocks(one, count), _blocks(other, count)))


def _blocks(text: str, count: int) -> Iterator[str]:
    """A text in parts of about the same length."""
    length = len(text)
    return (text[length * at // count : length * (at + 1) // count] for at in range(count))


def _distance(one: str, other: str) -> int:
    """The edit distance by Myers' algorithm as Hyyrö wrote it down.

    Its integers have a bit for each character: a column of the usual table is one step.
    """
    if not one or not other:
        return len(one) + len(other)
    places: dict[str, int] = {}
    for index, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << index
    mask, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    more, less, distance = mask, 0, len(one)
    for character in other:
        equal = places.get(character, 0)
        vertical = equal | less
        diagonal = (((equal & more) + more) ^ more) | equal
        increase = less | (mask & ~(diagonal | more))
        decrease = more & diagonal
        distance += bool(increase & last) - bool(decrease & last)
        increase = (increase << 1 | 1) & mask
        decrease = (decrease << 1) & mask
        more = decrease | (mask & ~(vertical | increase))
        less = increase & vertical
    return distance


def _without_common_ends(one: str, other: str) -> tuple[str, str]:
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
