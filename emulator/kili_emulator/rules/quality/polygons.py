"""The intersection of two areas, which are polygons with holes, computed by horizontal slices.

Within a slice the sides of a polygon are straight lines, so the area inside the slice is the width
in its middle times its height. There is a slice line through every vertex, and at 129 even steps.
The result is exact except where sides of both areas cross within a slice. Two areas with more than
512 vertices in total are cut into 1,024 even slices instead, and into fewer if their sides would
cross the slices more than a million times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kili_emulator.rules.quality.areas import Rings

_EXACT_VERTICES = 512
_STEPS = 129
_COARSE_STEPS = 1025
_MAX_CROSSINGS = 10**6


@dataclass(frozen=True)
class Sides:
    """The sides of the rings of a polygon.

    Attributes:
        starts: the start of each side: an array with a row x, y for each side.
        ends: the end of each side, in the same form; together they are all vertices.
    """

    starts: Any
    ends: Any

    @cached_property
    def crossings_per_line(self) -> float:
        """The mean number of sides that a horizontal line through the polygon crosses."""
        ys = self.ends[:, 1]
        height = float(ys.max() - ys.min())
        heights = float(np.abs(self.starts[:, 1] - ys).sum())
        return max(1.0, heights / height) if height else 1.0


def sides_of(rings: Rings) -> Sides:
    """Return the sides of one or more rings."""
    ends = [np.asarray(ring, dtype=float) for ring in rings]
    starts = [np.roll(each, 1, axis=0) for each in ends]
    return Sides(np.concatenate(starts), np.concatenate(ends))


def measure_sides(one: Sides, other: Sides) -> tuple[float, float, float]:
    """Return the areas of two polygons, and the area of their intersection.

    A point is inside if an odd number of rings enclose it: a ring within a ring is a hole.
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
        fewer = int(_MAX_CROSSINGS / (one.crossings_per_line + other.crossings_per_line))
        return np.linspace(ys.min(), ys.max(), min(_COARSE_STEPS, max(3, fewer)))
    return np.unique(np.concatenate([ys, np.linspace(ys.min(), ys.max(), _STEPS)]))


def _crossings(sides: Sides, middles: Any) -> Any:
    """Compute the x of each crossing of a side with a line.

    A side crosses consecutive lines: those between its ends.

    Returns:
        an array with a row for each line: the sorted crossings, then NaN.
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
    """Number the members of each group from 0 on, one group after the other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
