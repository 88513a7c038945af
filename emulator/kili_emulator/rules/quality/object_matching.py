"""The matching of the objects of two labels (contract/quality.md#objects).

Documented: objects of the same class are matched greedily by the similarity of their places; the
mark is the sum of the marks of the pairs, divided by the number of pairs and unmatched objects.
Chosen: among pairs of equal similarity, the pair with the better mark comes first, then an order
that depends neither on the order of the labels nor on the order of the objects within a label.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from kili_emulator.rules.quality.annotated_objects import AnnotatedObject
from kili_emulator.rules.quality.areas import Bounds

CompareChildren = Callable[[AnnotatedObject, AnnotatedObject], Any]


@dataclass(frozen=True)
class ObjectPair:
    """Two objects that can be matched.

    Attributes:
        one: the index of the object in the first label.
        other: the index of the object in the second label.
        similarity: the similarity of their places.
        mark: the geometric mean of the similarity and the mark of the sub-jobs.
        below: the comparison of their sub-jobs; ``None`` if there is no answer to compare.
    """

    one: int
    other: int
    similarity: float
    mark: float
    below: Any


# Up to this number of pairs, a loop is faster than numpy.
_FEW_PAIRS = 100

_SIDES = (attrgetter("one"), attrgetter("other"))


def match_objects(
    ones: Sequence[AnnotatedObject],
    others: Sequence[AnnotatedObject],
    compare_children: CompareChildren,
) -> list[ObjectPair]:
    """Match the objects of two labels; each object is in one pair at most.

    Args:
        compare_children: compares the sub-jobs of two objects; returns an object with a ``mark``,
            or ``None``.
    """
    candidates = [
        pair
        for left, right in _groups(ones, others)
        for i, j in _overlapping(ones, others, left, right)
        if (pair := _pair(ones, others, i, j, compare_children))
    ]
    matched_ones: set[int] = set()
    matched_others: set[int] = set()
    chosen = []
    for pair in _best_first(candidates, ones, others):
        if pair.one not in matched_ones and pair.other not in matched_others:
            chosen.append(pair)
            matched_ones.add(pair.one)
            matched_others.add(pair.other)
    return chosen


def _best_first(
    candidates: list[ObjectPair], ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject]
) -> Iterator[ObjectPair]:
    """Yield the pairs in the order of the matching.

    Equally good pairs are sorted only if an object is in several of them: their sort keys are
    costly.
    """
    ordered = sorted(candidates, key=lambda pair: (-pair.similarity, -pair.mark))
    for _, equal in groupby(ordered, key=lambda pair: (pair.similarity, pair.mark)):
        pairs = list(equal)
        if any(len({pick(each) for each in pairs}) < len(pairs) for pick in _SIDES):
            pairs.sort(key=lambda pair: _rank(ones[pair.one].key, others[pair.other].key))
        yield from pairs


def _rank(one: str, other: str) -> tuple[Any, ...]:
    return one != other, min(one, other), max(one, other)


def _pair(
    ones: Sequence[AnnotatedObject],
    others: Sequence[AnnotatedObject],
    i: int,
    j: int,
    compare_children: CompareChildren,
) -> ObjectPair | None:
    """Return the pair of two objects; ``None`` if their places have nothing in common."""
    similarity = ones[i].shape.similarity(others[j].shape)
    if similarity <= 0:
        return None
    nested = compare_children(ones[i], others[j])
    mark = similarity if nested is None else math.sqrt(similarity * nested.mark)
    return ObjectPair(i, j, similarity, mark, nested)


def _groups(
    ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject]
) -> list[tuple[list[int], list[int]]]:
    """Group the objects that can be matched: same classes, and shapes of the same group.

    Returns:
        for each group the indexes of its objects in the first and in the second label.
    """
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, each in enumerate((ones, others)):
        for index, object_ in enumerate(each):
            groups[object_.classes, object_.shape.group][side].append(index)
    return [(left, right) for left, right in groups.values() if left and right]


def _overlapping(
    ones: Sequence[AnnotatedObject],
    others: Sequence[AnnotatedObject],
    left: list[int],
    right: list[int],
) -> list[tuple[int, int]]:
    """Return the pairs of a group whose bounds overlap or touch."""
    if len(left) * len(right) <= _FEW_PAIRS:
        return [
            (i, j)
            for i in left
            for j in right
            if _overlap(ones[i].shape.bounds, others[j].shape.bounds)
        ]
    import numpy as np

    mine = np.asarray([ones[i].shape.bounds for i in left])[:, None, :]
    theirs = np.asarray([others[j].shape.bounds for j in right])[None, :, :]
    low = np.maximum(mine[..., :2], theirs[..., :2])
    high = np.minimum(mine[..., 2:], theirs[..., 2:])
    rows, columns = np.nonzero((low <= high).all(axis=2))
    return [(left[i], right[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]


def _overlap(one: Bounds, other: Bounds) -> bool:
    """Return whether two bounds overlap or touch."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
