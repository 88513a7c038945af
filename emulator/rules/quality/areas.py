"""What two areas have in common: polygons with holes, by horizontal slices.

Between two neighbouring slice lines a side of a polygon is a straight line, so that the width in
the middle of the slice times its height is what is inside. Slice lines go through every vertex and
through 129 even steps; only where sides of both areas cross within a slice is the result not exact.
Areas with more than 512 vertices together are cut into 1,024 even slices instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Vertex = tuple[float, float]
Rings = tuple[tuple[Vertex, ...], ...]
Bounds = tuple[float, float, float, float]

_EXACT_VERTICES = 512
_STEPS = 129
_COARSE_STEPS = 1025


def bounds_of(vertices: list[Vertex], margin: float = 0.0) -> Bounds:
    """The left, lower, right and upper end of some vertices."""
    xs = [x for x, _ in vertices]
    ys = [y for _, y in vertices]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin


def is_box(rings: Rings) -> bool:
    """Whether it is one rectangle whose sides are parallel to the axes."""
    if len(rings) != 1 or len(rings[0]) != 4:
        return False
    left, low, right, high = bounds_of(list(rings[0]))
    corners = {(left, low), (left, high), (right, low), (right, high)}
    (a, b), (c, d) = rings[0][0], rings[0][2]
    return set(rings[0]) == corners and {a, c} == {left, right} and {b, d} == {low, high}


def measure_boxes(one: Bounds, other: Bounds) -> tuple[float, float, float]:
    """The areas of two boxes, and of what they have in common."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0.0) * max(height, 0.0)
    return _box_area(one), _box_area(other), common


def _box_area(box: Bounds) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def measure_rings(one: Rings, other: Rings) -> tuple[float, float, float]:
    """The areas of two polygons, and of what they have in common.

    What an odd number of rings go around is inside: a ring within a ring is a hole.
    """
    lines = _slice_lines(one, other)
    middles = (lines[1:] + lines[:-1]) / 2
    heights = np.diff(lines)
    crossings = [_crossings(each, middles) for each in (one, other)]
    every = np.concatenate(crossings, axis=1)
    order = np.argsort(every, axis=1, kind="stable")
    widths = np.nan_to_num(np.diff(np.take_along_axis(every, order, axis=1), axis=1))
    first = order < crossings[0].shape[1]
    inside_one = np.cumsum(first, axis=1)[:, :-1] % 2 == 1
    inside_other = np.cumsum(~first, axis=1)[:, :-1] % 2 == 1
    both = inside_one & inside_other
    areas = [
        float(np.sum(np.where(inside, widths, 0.0).sum(axis=1) * heights))
        for inside in (inside_one, inside_other, both)
    ]
    return areas[0], areas[1], areas[2]


def _slice_lines(one: Rings, other: Rings) -> Any:
    ys = [y for rings in (one, other) for ring in rings for _, y in ring]
    if len(ys) > _EXACT_VERTICES:
        return np.linspace(min(ys), max(ys), _COARSE_STEPS)
    return np.unique(np.concatenate([ys, np.linspace(min(ys), max(ys), _STEPS)]))


def _crossings(rings: Rings, middles: Any) -> Any:
    """Where the sides cross each line: one row a line, sorted; what does not cross is NaN."""
    sides = [(ring[i - 1], ring[i]) for ring in rings for i in range(len(ring))]
    ends = np.asarray(sides, dtype=float)
    x1, y1, x2, y2 = ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1]
    level = middles[:, None]
    crosses = (y1 <= level) != (y2 <= level)
    rows, at = np.nonzero(crosses)
    xs = x1[at] + (middles[rows] - y1[at]) / (y2[at] - y1[at]) * (x2[at] - x1[at])
    counts = crosses.sum(axis=1)
    columns = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = np.full((len(middles), int(counts.max(initial=0))), np.nan)
    found[rows, columns] = xs[np.lexsort((xs, rows))]
    return found
