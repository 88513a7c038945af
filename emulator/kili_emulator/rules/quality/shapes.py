"""The places of objects, and their similarity from 0 to 1.

Only areas have a documented measure: intersection over union. The other measures are chosen. Spans
of text: common characters divided by all characters. Lines: 1 minus the mean distance between the
lines, relative to the length of the longer line. Points and the points of a pose: 1 minus the
distance relative to a tenth of the side of the image, at least 0. Pages: common pages divided by
all pages, times the similarity of their texts. Relations: the geometric mean of the similarities of
both ends.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from kili_emulator.rules.quality.areas import (
    Bounds,
    Rings,
    Vertex,
    bounds_of,
    box_of,
    measure_boxes,
)
from kili_emulator.rules.quality.text import text_similarity

if TYPE_CHECKING:
    from kili_emulator.rules.quality.polygons import Sides

Pages = tuple[int, ...]

EMPTY_BOUNDS: Bounds = (0.0, 0.0, 0.0, 0.0)
POINT_RADIUS = 0.1
_SHORT = 5.0  # the cost of a short formula
_MAX_ENDS = 300


class Shape(Protocol):
    """A place. Two places are similar only if their group is the same and their bounds overlap.

    Attributes:
        cost: the time to compute the similarity to an equal shape, halved; 1 is some 0.4 μs.
    """

    @property
    def group(self) -> Hashable: ...

    @property
    def cost(self) -> float: ...

    @property
    def bounds(self) -> Bounds: ...

    def similarity(self, other: Any) -> float:
        """Return the similarity to another shape of the same group; 1 for equal shapes."""


@dataclass(frozen=True)
class Unplaced:
    """The shape of an object without a place; only its name is compared."""

    name: str = ""
    bounds: ClassVar[Bounds] = EMPTY_BOUNDS
    cost: ClassVar[float] = _SHORT

    @property
    def group(self) -> Hashable:
        return ("unplaced", self.name)

    def similarity(self, other: Unplaced) -> float:
        return float(self.name == other.name)


@dataclass(frozen=True)
class Polygons:
    """The polygons on one page, each with its holes; derived values are cached."""

    rings: Rings

    @cached_property
    def box(self) -> Bounds | None:
        """The bounds, if the polygons are one rectangle parallel to the axes."""
        return box_of(self.rings)

    @cached_property
    def sides(self) -> Sides:
        from kili_emulator.rules.quality.polygons import sides_of

        return sides_of(self.rings)

    @property
    def cost(self) -> float:
        return 0.0 if self.box else 50 * min(self.sides.crossings_per_line, 500)

    @cached_property
    def area(self) -> float:
        from kili_emulator.rules.quality.polygons import measure_sides

        return measure_sides(self.sides, self.sides)[0]


@dataclass(frozen=True)
class Area:
    """Polygons by page; outside PDFs there is one page, ``()``."""

    pages: dict[Pages, Polygons]
    bounds: Bounds
    group: ClassVar[Hashable] = "area"

    @cached_property
    def cost(self) -> float:
        return _SHORT + sum(each.cost for each in self.pages.values())

    def similarity(self, other: Area) -> float:
        if self.pages == other.pages:
            return 1.0
        common = total = 0.0
        for page in self.pages.keys() | other.pages.keys():
            mine, theirs, both = _measure(self.pages.get(page), other.pages.get(page))
            common += both
            total += mine + theirs - both
        return min(1.0, common / total) if total > 0 else 0.0


def _measure(one: Polygons | None, other: Polygons | None) -> tuple[float, float, float]:
    if one and other:
        if one.box and other.box:
            return measure_boxes(one.box, other.box)
        from kili_emulator.rules.quality.polygons import measure_sides

        return measure_sides(one.sides, other.sides)
    return (one.area, 0.0, 0.0) if one else (0.0, other.area if other else 0.0, 0.0)


@dataclass(frozen=True)
class Line:
    """A polyline or a vector."""

    vertices: tuple[Vertex, ...]
    length: float
    bounds: Bounds
    group: ClassVar[Hashable] = "line"
    cost: ClassVar[float] = 10 * _SHORT

    def similarity(self, other: Line) -> float:
        if self.vertices == other.vertices:
            return 1.0
        longest = max(self.length, other.length)
        if longest == 0:
            return 0.0
        from kili_emulator.rules.quality.polylines import mean_distance

        return max(0.0, 1.0 - mean_distance(self.vertices, other.vertices) / longest)


def line(vertices: list[Vertex]) -> Line:
    length = math.fsum(math.dist(a, b) for a, b in pairwise(vertices))
    return Line(tuple(vertices), length, bounds_of(vertices, length))


@dataclass(frozen=True)
class Points:
    """A marker, which is a point without a name, or the named points of a pose."""

    points: dict[str, Vertex]
    bounds: Bounds
    group: ClassVar[Hashable] = "points"
    cost: ClassVar[float] = _SHORT

    def similarity(self, other: Points) -> float:
        every = self.points.keys() | other.points.keys()
        common = self.points.keys() & other.points.keys()
        point_distances = (math.dist(self.points[each], other.points[each]) for each in common)
        return math.fsum(
            max(0.0, 1.0 - distance / POINT_RADIUS) for distance in point_distances
        ) / len(every)


@dataclass(frozen=True)
class Span:
    """A span of a text, in characters; the group is the ids of the parts of the text."""

    begin: float
    end: float
    group: tuple[str, str]

    cost: ClassVar[float] = _SHORT

    @property
    def bounds(self) -> Bounds:
        return self.begin, 0.0, self.end, 0.0

    def similarity(self, other: Span) -> float:
        if (self.begin, self.end) == (other.begin, other.end):
            return 1.0
        common = min(self.end, other.end) - max(self.begin, other.begin)
        total = max(self.end, other.end) - min(self.begin, other.begin)
        return max(0.0, common / total) if total > 0 else 0.0


@dataclass(frozen=True)
class PageSet:
    """Whole pages of a PDF, and the text of their transcription."""

    pages: frozenset[int]
    text: str
    bounds: ClassVar[Bounds] = EMPTY_BOUNDS
    group: ClassVar[Hashable] = "pages"

    @property
    def cost(self) -> float:
        return _SHORT + len(self.text) ** 2 / 3000

    def similarity(self, other: PageSet) -> float:
        shared = len(self.pages & other.pages) / len(self.pages | other.pages)
        return shared * text_similarity(self.text, other.text) if shared else 0.0


@dataclass(frozen=True)
class Relation:
    """A relation between two sets of objects."""

    starts: tuple[RelationEnd, ...]
    ends: tuple[RelationEnd, ...]
    bounds: ClassVar[Bounds] = EMPTY_BOUNDS
    group: ClassVar[Hashable] = "relation"

    @property
    def cost(self) -> float:
        return _SHORT * (1 + len(self.starts) ** 2 + len(self.ends) ** 2)

    def similarity(self, other: Relation) -> float:
        starts = _ends_similarity(self.starts, other.starts)
        return math.sqrt(starts * _ends_similarity(self.ends, other.ends)) if starts else 0.0


@dataclass(frozen=True)
class RelationEnd:
    """An object at an end of a relation.

    Attributes:
        kind: the job of the object, and its classes.
        key: the sort key of the object.
    """

    kind: tuple[str, ...]
    shape: Shape
    key: str

    def similarity(self, other: RelationEnd) -> float:
        if (self.kind, self.shape.group) != (other.kind, other.shape.group):
            return 0.0
        return self.shape.similarity(other.shape)


def _ends_similarity(ones: Sequence[RelationEnd], others: Sequence[RelationEnd]) -> float:
    """Return the similarity of two sets of ends; the most similar ends are paired first.

    Of sets with more than 300 ends, only ends at the same place in the order of their keys are
    compared.
    """
    if not ones and not others:
        return 1.0
    left, right = (sorted(each, key=lambda end: end.key) for each in (ones, others))
    pairs: Iterable[tuple[int, int]] = product(range(len(left)), range(len(right)))
    if max(len(left), len(right)) > _MAX_ENDS:
        pairs = ((place, place) for place in range(min(len(left), len(right))))
    ranked = sorted(
        ((left[i].similarity(right[j]), i, j) for i, j in pairs),
        key=lambda found: (-found[0], sorted((left[found[1]].key, right[found[2]].key))),
    )
    used_left: set[int] = set()
    used_right: set[int] = set()
    total = []
    for similarity, i, j in ranked:
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            total.append(similarity)
    return math.fsum(total) / max(len(left), len(right))
