"""Similarity of two shapes."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.rules.quality import measure_agreement
from kili_emulator.rules.quality.text import edit_distance

JOBS = {"J": {"mlTask": "OBJECT_DETECTION", "content": {"categories": {"A": {}}}}}
SQUARE = [(0, 0), (0, 4), (4, 4), (4, 0)]
Vertices = list[tuple[float, float]]


def vertices(points: Vertices) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in points]


def polygon(*rings: Vertices) -> dict[str, Any]:
    return {"boundingPoly": [{"normalizedVertices": vertices(ring)} for ring in rings]}


def alike(one: dict[str, Any], other: dict[str, Any]) -> float:
    responses = [
        {"J": {"annotations": [{"categories": [{"name": "A"}], **each}]}} for each in (one, other)
    ]
    there = measure_agreement(responses, JOBS, "IMAGE", rule="honeypot")
    back = measure_agreement(responses[::-1], JOBS, "IMAGE", rule="honeypot")
    assert there is not None
    assert there == back
    return there.value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (polygon(SQUARE), polygon(SQUARE[1:] + SQUARE[:1]), 1),
        (polygon(SQUARE), polygon(SQUARE[::-1]), 1),
        (polygon(SQUARE), polygon([(0, 0), (0, 4), (4, 4)]), 1 / 2),
        (polygon([(2, 0), (0, 2), (2, 4), (4, 2)]), polygon(SQUARE), 1 / 2),
        (polygon(SQUARE), polygon([(5, 5), (5, 6), (6, 6), (6, 5)]), 0),
        (polygon(SQUARE), polygon([(4, 0), (4, 4), (8, 4), (8, 0)]), 0),
        (polygon(SQUARE), polygon(SQUARE, [(1, 1), (1, 3), (3, 3), (3, 1)]), 12 / 16),
        (
            polygon([(0, 0), (0, 4), (1, 4), (1, 1), (3, 1), (3, 4), (4, 4), (4, 0)]),
            polygon(SQUARE),
            10 / 16,
        ),
        (polygon([(0, 0), (0, 0), (0, 0)]), polygon([(0, 0), (0, 0), (0, 0)]), 1),
        (polygon([(0, 0), (1, 1)]), polygon(SQUARE), 0),
    ],
    ids=["other start", "other way round", "triangle", "diamond", "apart", "touching", "hole",
         "concave", "no area", "a line"],
)  # fmt: skip
def test_polygons_are_compared_by_intersection_over_union(
    one: dict[str, Any], other: dict[str, Any], expected: float
) -> None:
    assert alike(one, other) == pytest.approx(expected)


@pytest.mark.parametrize("huge", [10**400, -(10**400), 1e308, True, "1", None])
def test_vertex_with_an_invalid_coordinate_is_ignored(huge: Any) -> None:
    odd = polygon([*SQUARE, (huge, 1), (1, huge)])
    assert alike(odd, polygon(SQUARE)) == 1
    assert alike({"beginOffset": huge, "content": "x"}, {}) in (0, 1)


def circle(x: float, count: int) -> Vertices:
    turns = [2 * math.pi * each / count for each in range(count)]
    return [(x + math.cos(turn), math.sin(turn)) for turn in turns]


@pytest.mark.parametrize("count", [64, 2000])
def test_overlap_of_crossing_polygons_is_nearly_exact(count: int) -> None:
    """Two circles of radius 1 have their centres at a distance of 1."""
    common = 2 * math.pi / 3 - math.sqrt(3) / 2
    expected = common / (2 * math.pi - common)
    measured = alike(polygon(circle(0, count)), polygon(circle(1, count)))
    assert measured == pytest.approx(expected, abs=0.002)


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_boxes_are_measured_like_polygons(values: list[float]) -> None:
    """A fifth corner on a side turns a box into a polygon."""
    one, other = (
        (*sorted(values[i : i + 4 : 2]), *sorted(values[i + 1 : i + 4 : 2])) for i in (0, 4)
    )
    rings = [
        [(left, low), (left, high), (right, high), (right, low)]
        for left, right, low, high in (one, other)
    ]
    with_corner = [
        (*ring[:1], ((ring[0][0]), (ring[0][1] + ring[1][1]) / 2), *ring[1:]) for ring in rings
    ]
    as_boxes = alike(polygon(rings[0]), polygon(rings[1]))
    as_polygons = alike(polygon(list(with_corner[0])), polygon(list(with_corner[1])))
    assert as_boxes == pytest.approx(as_polygons, abs=1e-6)


def test_shapes_on_different_pages_are_not_alike() -> None:
    def entity(*pages: int) -> dict[str, Any]:
        ring = {"normalizedVertices": [vertices(SQUARE)]}
        return {"annotations": [{"polys": [ring], "pageNumberArray": [page]} for page in pages]}

    assert alike(entity(1), entity(1)) == 1
    assert alike(entity(1), entity(2)) == 0
    assert alike(entity(1, 2), entity(1)) == 1 / 2


def test_nested_geospatial_polygon_equals_the_flat_polygon() -> None:
    ring = {"normalizedVertices": vertices(SQUARE)}
    assert alike({"boundingPoly": [[ring]]}, {"boundingPoly": [ring]}) == 1


@pytest.mark.parametrize(("apart", "expected"), [(0, 1), (0.05, 0.5), (0.1, 0), (0.5, 0)])
def test_markers_are_compared_by_distance(apart: float, expected: float) -> None:
    one, other = {"point": {"x": 0.2, "y": 0.2}}, {"point": {"x": 0.2 + apart, "y": 0.2}}
    assert alike(one, other) == pytest.approx(expected)


def test_poses_are_compared_by_the_distance_of_each_point() -> None:
    def pose(**points: float) -> dict[str, Any]:
        return {"points": [{"code": code, "point": {"x": x, "y": 0}} for code, x in points.items()]}

    assert alike(pose(EYE=0.1, EAR=0.5), pose(EAR=0.5, EYE=0.1)) == 1
    assert alike(pose(EYE=0.1, EAR=0.5), pose(EYE=0.1, EAR=0.55)) == pytest.approx(0.75)
    assert alike(pose(EYE=0.1, EAR=0.5), pose(EYE=0.1)) == pytest.approx(0.5)


def test_lines_are_compared_by_mean_distance() -> None:
    def line(y: float, *xs: float) -> dict[str, Any]:
        return {"polyline": vertices([(x, y) for x in xs])}

    assert alike(line(0, 0, 1), line(0, 0, 1)) == 1
    assert alike(line(0, 0, 1), line(0, 1, 0.5, 0)) == pytest.approx(1)
    assert alike(line(0, 0, 1), line(0.25, 0, 1)) == pytest.approx(0.75)
    assert alike(line(0, 0, 1), line(2, 0, 1)) == 0
    assert alike(line(0, 0, 0), line(0, 0, 0)) == 1


def test_shapes_of_different_kinds_are_not_alike() -> None:
    assert alike({"point": {"x": 0, "y": 0}}, polygon(SQUARE)) == 0


def test_objects_without_geometry_are_alike() -> None:
    assert alike({}, {"mid": "other"}) == 1


def _slow_distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        new = [i]
        for j, b in enumerate(other, 1):
            new.append(min(new[-1] + 1, row[j] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


@given(st.text("abé ", max_size=20), st.text("abé ", max_size=20))
def test_edit_distance_equals_the_textbook_result(one: str, other: str) -> None:
    assert edit_distance(one, other) == _slow_distance(one, other)
