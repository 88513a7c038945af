"""What two areas have in common: polygons with holes, by horizontal slices.

Between two neighbouring slice lines a side of a polygon is a straight line, so that the width in
the middle of the slice times its height is what is inside. Slice lines go through every vertex and
through 129 even steps; only where sides of both areas cross within a slice is the result not exact.
Areas with more than 512 vertices together are cut into 1,024 even slices instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Vertex = tuple[float, float]
Rings = tuple[tuple[Vertex, ...], ...]
Bounds = tuple[float, float, float, float]

_EXACT_VERTICES = 512
_STEPS = 129
_COARSE_STEPS = 1025


def bounds_of(vertices: Sequence[Vertex], margin: float = 0.0) -> Bounds:
    """The left, lower, right and upper end of some vertices."""
    xs = [x for x, _ in vertices]
    ys = [y for _, y in vertices]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin


def box_of(rings: Rings) -> Bounds | None:
    """The bounds of one rectangle whose sides are parallel to the axes, if it is one."""
    if len(rings) != 1 or len(rings[0]) != 4:
        return None
    left, low, right, high = bounds = bounds_of(rings[0])
    corners = {(left, low), (left, high), (right, low), (right, high)}
    (a, b), (c, d) = rings[0][0], rings[0][2]
    is_box = set(rings[0]) == corners and {a, c} == {left, right} and {b, d} == {low, high}
    return bounds if is_box else None


def measure_boxes(one: Bounds, other: Bounds) -> tuple[float, float, float]:
    """The areas of two boxes, and of what they have in common."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0.0) * max(height, 0.0)
    return _box_area(one), _box_area(other), common


def _box_area(box: Bounds) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


@dataclass(frozen=True)
class Sides:
    """The sides of a polygon's rings.

    Attributes:
        starts: their first ends, one row each: x, y.
        ends: their second ends; those of all sides are all vertices.
    """

    starts: Any
    ends: Any


def sides_of(rings: Rings) -> Sides:
    """The sides of at least one ring."""
    ends = [np.asarray(ring, dtype=float) for ring in rings]
    starts = [np.roll(each, 1, axis=0) for each in ends]
    return Sides(np.concatenate(starts), np.concatenate(ends))


def measure_sides(one: Sides, other: Sides) -> tuple[float, float, float]:
    """The areas of two polygons, and of what they have in common.

    What an odd number of rings go around is inside: a ring within a ring is a hole.
    """
    lines = _slice_lines(one, other)
    middles = (lines[1:] + lines[:-1]) / 2
    heights = np.diff(lines)
    crossings = [_crossings(each, middles) for each in (one, other)]
    all_crossings = np.concatenate(crossings, axis=1)
    order = np.argsort(all_crossings, axis=1, kind="stable")
    widths = np.nan_to_num(np.diff(np.take_along_axis(all_crossings, order, axis=1), axis=1))
    first = order < crossings[0].shape[1]
    inside_one = np.cumsum(first, axis=1)[:, :-1] % 2 == 1
    inside_other = np.cumsum(~first, axis=1)[:, :-1] % 2 == 1
    both = inside_one & inside_other
    areas = [
        float(np.sum(np.where(inside, widths, 0.0).sum(axis=1) * heights))
        for inside in (inside_one, inside_other, both)
    ]
    return areas[0], areas[1], areas[2]


def _slice_lines(one: Sides, other: Sides) -> Any:
    ys = np.concatenate([one.ends[:, 1], other.ends[:, 1]])
    if len(ys) > _EXACT_VERTICES:
        return np.linspace(ys.min(), ys.max(), _COARSE_STEPS)
    return np.unique(np.concatenate([ys, np.linspace(ys.min(), ys.max(), _STEPS)]))


def _crossings(sides: Sides, middles: Any) -> Any:
    """Where the sides cross each line: one row a line, sorted; what does not cross is NaN.

    A side crosses the lines between its ends, which follow one another.
    """
    x1, y1 = sides.starts.T
    x2, y2 = sides.ends.T
    begin: Any = np.searchsorted(middles, np.minimum(y1, y2))
    crossed = np.searchsorted(middles, np.maximum(y1, y2)) - begin
    sides_index: Any = np.repeat(np.arange(len(crossed)), crossed)
    rows = _numbered(crossed) + begin[sides_index]
    xs = x1[sides_index] + (middles[rows] - y1[sides_index]) / (
        y2[sides_index] - y1[sides_index]
    ) * (x2[sides_index] - x1[sides_index])
    counts = np.bincount(rows, minlength=len(middles))
    order = np.lexsort((xs, rows))
    found = np.full((len(middles), int(counts.max(initial=0))), np.nan)
    found[rows[order], _numbered(counts)] = xs[order]
    return found


def _numbered(counts: Any) -> Any:
    """The numbers from 0 on for each of some groups, one group after the other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
