"""Which objects of two labels belong together (contract/quality.md#objects).

Documented: objects of the same class are matched greedily by how alike their places are, and the
mark is the sum over the pairs, by the number of pairs and of objects that are left over. Chosen: of
pairs equally alike, the one with the better mark goes first, then an order that depends neither on
which label is first nor on the order of objects within one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np

from kili_emulator.rules.quality.annotated_objects import AnnotatedObject

CompareChildren = Callable[[AnnotatedObject, AnnotatedObject], Any]


@dataclass(frozen=True)
class ObjectPair:
    """Two objects that may belong together.

    Attributes:
        similarity: of their places.
        below: how their sub-jobs agree, if there is anything to compare.
        mark: of both, their geometric mean.
    """

    one: int
    other: int
    similarity: float
    mark: float
    below: Any


_SIDES = (attrgetter("one"), attrgetter("other"))


def match_objects(
    ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject], below: CompareChildren
) -> list[ObjectPair]:
    """The pairs that belong together; each object is in one at most.

    Args:
        below: compares the sub-jobs of two objects: something with a ``mark``, or ``None``.
    """
    candidates = [
        pair
        for left, right in _groups(ones, others)
        for i, j in _overlapping(ones, others, left, right)
        if (pair := _pair(ones, others, i, j, below))
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
    """The pairs in the order in which they are chosen.

    Those that are equally good are put in order only where one object is in several of them.
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
    below: CompareChildren,
) -> ObjectPair | None:
    similarity = ones[i].shape.similarity(others[j].shape)
    if similarity <= 0:
        return None
    nested = below(ones[i], others[j])
    mark = similarity if nested is None else math.sqrt(similarity * nested.mark)
    return ObjectPair(i, j, similarity, mark, nested)


def _groups(
    ones: Sequence[AnnotatedObject], others: Sequence[AnnotatedObject]
) -> list[tuple[list[int], list[int]]]:
    """The objects that can be matched at all: of the same classes, and shapes of the same group."""
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, each in enumerate((ones, others)):
        for index, thing in enumerate(each):
            groups[thing.classes, thing.shape.group][side].append(index)
    return [(left, right) for left, right in groups.values() if left and right]


def _overlapping(
    ones: Sequence[AnnotatedObject],
    others: Sequence[AnnotatedObject],
    left: list[int],
    right: list[int],
) -> list[tuple[int, int]]:
    """The pairs of a group whose bounds have a point in common."""
    mine = np.asarray([ones[i].shape.bounds for i in left])[:, None, :]
    theirs = np.asarray([others[j].shape.bounds for j in right])[None, :, :]
    low = np.maximum(mine[..., :2], theirs[..., :2])
    high = np.minimum(mine[..., 2:], theirs[..., 2:])
    rows, columns = np.nonzero((low <= high).all(axis=2))
    return [(left[i], right[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
