"""Areas: their bounds, and the intersection of rectangles parallel to the axes."""

from __future__ import annotations

from collections.abc import Sequence

Vertex = tuple[float, float]
Rings = tuple[tuple[Vertex, ...], ...]
Bounds = tuple[float, float, float, float]


def bounds_of(vertices: Sequence[Vertex], margin: float = 0.0) -> Bounds:
    """Return the left, lower, right and upper bound of vertices."""
    xs = [x for x, _ in vertices]
    ys = [y for _, y in vertices]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin


def box_of(rings: Rings) -> Bounds | None:
    """Return the bounds of a ring that is a rectangle parallel to the axes; otherwise ``None``."""
    if len(rings) != 1 or len(rings[0]) != 4:
        return None
    left, low, right, high = bounds = bounds_of(rings[0])
    corners = {(left, low), (left, high), (right, low), (right, high)}
    (a, b), (c, d) = rings[0][0], rings[0][2]
    is_box = set(rings[0]) == corners and {a, c} == {left, right} and {b, d} == {low, high}
    return bounds if is_box else None


def measure_boxes(one: Bounds, other: Bounds) -> tuple[float, float, float]:
    """Return the areas of two boxes, and the area of their intersection."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0.0) * max(height, 0.0)
    return _box_area(one), _box_area(other), common


def _box_area(box: Bounds) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
