"""The similarity of two transcriptions: 1 − normalised Levenshtein distance.

See contract/quality.md#texts-and-other-answers.
"""

from __future__ import annotations

from collections.abc import Iterator

# The greatest number of pairs of characters in one comparison, which takes a quarter of a second.
MAX_CELLS = 10**9


def text_similarity(one: str, other: str) -> float:
    """Return 1 for equal texts, 0 for texts that have nothing in common."""
    longest = max(len(one), len(other))
    return 1 - edit_distance(one, other) / longest if longest else 1.0


def edit_distance(one: str, other: str) -> int:
    """Count the characters to insert, delete or replace to turn one text into the other.

    Texts that differ over more than some 30,000 characters are compared block by block, because
    the time grows with the product of the lengths. The result is then an upper bound: it is too
    large if a part has moved from one block to another.
    """
    one, other = _without_common_ends(one, other)
    count = max(1, -(-len(one) * len(other) // MAX_CELLS))
    return sum(map(_distance, _blocks(one, count), _blocks(other, count)))


def _blocks(text: str, count: int) -> Iterator[str]:
    """Split a text into parts of about the same length."""
    length = len(text)
    return (text[length * at // count : length * (at + 1) // count] for at in range(count))


def _distance(one: str, other: str) -> int:
    """Compute the edit distance by Myers' bit-vector algorithm in Hyyrö's formulation.

    The integers have a bit for each character of the first text; each step computes a whole column
    of the usual table.
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
