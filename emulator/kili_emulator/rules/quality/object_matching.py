"""The matching of the objects of two labels (contract/quality.md#objects).

Documented: objects of the same class are matched greedily by the similarity of their places; the
mark is the sum of the marks of the pairs, divided by the number of pairs and unmatched objects.
Chosen: among pairs of equal similarity, the pair with the better mark comes first, then an order
that depends neither on the order of the labels nor on the order of the objects within a label. If
too many places overlap, the objects are sorted by place and compared block by block.
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

# The greatest cost of one comparison, about two seconds; `Shape.cost` has the unit.
MAX_COST = 10**6

# The greatest number of pairs whose bounds are compared, in one second.
_MAX_TESTS = 10**8
_TESTS_AT_ONCE = 10**5

_Indexes = tuple[int, int]  # of an object in the first label, and of one in the second
_Group = tuple[list[int], list[int]]  # the indexes of its objects in the first and second label

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
    groups = _groups(ones, others)
    pairs = _list_overlapping(ones, others, groups)
    if pairs is None:
        pairs = _list_by_blocks(ones, others, groups)
    candidates = [pair for i, j in pairs if (pair := _pair(ones, others, i, j, compare_children))]
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


def _groups(ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject]) -> list[_Group]:
    """Group the objects that can be matched: same classes, and shapes of the same group."""
    groups: dict[Hashable, _Group] = defaultdict(lambda: ([], []))
    for side, each in enumerate((ones, others)):
        for index, object_ in enumerate(each):
            groups[object_.classes, object_.shape.group][side].append(index)
    return [(left, right) for left, right in groups.values() if left and right]


def _list_overlapping(
    ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject], groups: list[_Group]
) -> list[_Indexes] | None:
    """Return all pairs whose bounds overlap or touch; ``None`` if their comparison is too long."""
    if sum(len(left) * len(right) for left, right in groups) > _MAX_TESTS:
        return None
    pairs: list[_Indexes] = []
    cost = 0.0
    for left, right in groups:
        for found in _overlapping(ones, others, left, right):
            cost += sum(ones[i].shape.cost + others[j].shape.cost for i, j in found)
            if cost > MAX_COST:
                return None
            pairs += found
    return pairs


def _list_by_blocks(
    ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject], groups: list[_Group]
) -> list[_Indexes]:
    """Return pairs of objects that are near each other, so few that their comparison is short."""
    cost = 0.0
    for left, right in groups:
        cost += len(right) * sum(ones[i].shape.cost for i in left)
        cost += len(left) * sum(others[j].shape.cost for j in right)
    pairs: list[_Indexes] = []
    for left, right in groups:
        count = min(math.ceil(cost / MAX_COST), len(left), len(right))
        blocks = zip(_blocks(ones, left, count), _blocks(others, right, count), strict=True)
        for block, other_block in blocks:
            for found in _overlapping(ones, others, block, other_block):
                pairs += found
    return pairs


def _blocks(
    objects: Sequence[AnnotatedObject], indexes: list[int], count: int
) -> Iterator[list[int]]:
    """Sort the objects of a group by place, and divide them into blocks of about the same size."""
    ordered = sorted(indexes, key=lambda index: (objects[index].shape.bounds, objects[index].key))
    for number in range(count):
        yield ordered[len(ordered) * number // count : len(ordered) * (number + 1) // count]


def _overlapping(
    ones: Sequence[AnnotatedObject],
    others: Sequence[AnnotatedObject],
    left: list[int],
    right: list[int],
) -> Iterator[list[_Indexes]]:
    """Yield the pairs of a group whose bounds overlap or touch, some rows of the first at once."""
    if len(left) * len(right) <= _FEW_PAIRS:
        yield [
            (i, j)
            for i in left
            for j in right
            if _overlap(ones[i].shape.bounds, others[j].shape.bounds)
        ]
        return
    import numpy as np

    theirs = np.asarray([others[j].shape.bounds for j in right])[None, :, :]
    step = max(1, _TESTS_AT_ONCE // len(right))
    for start in range(0, len(left), step):
        part = left[start : start + step]
        mine = np.asarray([ones[i].shape.bounds for i in part])[:, None, :]
        low = np.maximum(mine[..., :2], theirs[..., :2])
        high = np.minimum(mine[..., 2:], theirs[..., 2:])
        rows, columns = np.nonzero((low <= high).all(axis=2))
        yield [(part[i], right[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]


def _overlap(one: Bounds, other: Bounds) -> bool:
    """Return whether two bounds overlap or touch."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
