"""Labels with many overlapping objects are compared block by block, so that the time is bounded.

See contract/quality.md#objects.
"""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.rules.quality import measure_agreement, object_matching
from kili_emulator.rules.quality.shapes import Area

Annotation = dict[str, Any]

JOBS = {
    "BOX": {"mlTask": "OBJECT_DETECTION", "content": {"categories": {"CAR": {}, "BUS": {}}}},
    "LINK": {"mlTask": "OBJECT_RELATION", "content": {"categories": {"PULLS": {}}}},
}
_COUNT = 60
_COST_OF_A_PAIR_OF_BOXES = 10


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Allow the cost of 200 pairs of boxes in a comparison; record each compared pair."""
    calls: list[None] = []
    measure = Area.similarity

    def similarity(one: Area, other: Area) -> float:
        calls.append(None)
        return measure(one, other)

    monkeypatch.setattr(Area, "similarity", similarity)
    monkeypatch.setattr(object_matching, "MAX_COST", 200 * _COST_OF_A_PAIR_OF_BOXES)
    return calls


def polygon(mid: str, points: list[tuple[float, float]], name: str = "CAR") -> Annotation:
    vertices = [{"x": x, "y": y} for x, y in points]
    return {
        "mid": mid,
        "categories": [{"name": name}],
        "boundingPoly": [{"normalizedVertices": vertices}],
    }


def box(number: int, left: float, width: float = 1) -> Annotation:
    right = left + width
    return polygon(f"box {number}", [(left, 0), (left, 1), (right, 1), (right, 0)])


def mark(one: list[Annotation], other: list[Annotation], job: str = "BOX") -> float:
    responses = [{job: {"annotations": each}} for each in (one, other)]
    there = measure_agreement(responses, JOBS, "IMAGE", rule="consensus")
    back = measure_agreement(responses[::-1], JOBS, "IMAGE", rule="consensus")
    assert there is not None
    assert there == back
    return there.value


def test_few_overlapping_objects_are_compared_one_with_another(compared: list[None]) -> None:
    boxes = [box(number, number / 100) for number in range(10)]

    assert mark(boxes, boxes) == 1
    assert len(compared) == 2 * 10 * 10  # the mark is computed in both directions


def test_number_of_comparisons_of_many_overlapping_objects_is_bounded(
    compared: list[None],
) -> None:
    mark(*([box(number, number / 100 + shift) for number in range(_COUNT)] for shift in (0, 0.05)))

    assert len(compared) <= 2 * (200 + _COUNT)


@pytest.mark.usefixtures("compared")
def test_many_overlapping_objects_agree_in_any_order() -> None:
    boxes = [box(number, number / 100) for number in range(_COUNT)]

    assert mark(boxes, boxes[::-1]) == 1


@pytest.mark.usefixtures("compared")
def test_mark_of_many_overlapping_objects_is_near_the_exact_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ones, others = (
        [box(number, number / 100 + shift) for number in range(_COUNT)] for shift in (0, 0.05)
    )
    by_blocks = mark(ones, others)
    monkeypatch.setattr(object_matching, "MAX_COST", 10**9)

    assert by_blocks == pytest.approx(mark(ones, others), abs=0.05)


def test_many_objects_in_places_apart_are_matched_exactly(compared: list[None]) -> None:
    ones = [box(number, 2 * number) for number in range(_COUNT)]
    others = [box(number, 2 * number, width=0.5) for number in range(_COUNT)]

    assert mark(ones, others[::-1]) == pytest.approx(0.5)
    assert len(compared) == 2 * _COUNT


@pytest.mark.usefixtures("compared")
def test_a_label_with_more_objects_than_the_other_has_unmatched_ones() -> None:
    boxes = [box(number, number / 100) for number in range(_COUNT)]

    assert mark(boxes, boxes[: _COUNT // 2]) <= 0.5


def test_polygon_with_thousands_of_teeth_fills_half_of_its_bounds() -> None:
    teeth = 5000
    comb = [(number / teeth, number % 2) for number in range(teeth + 1)]

    assert mark([polygon("comb", comb)], [box(0, 0)]) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("count", [3, 301])
def test_relations_with_equal_ends_are_equal_in_any_order_of_the_ends(count: int) -> None:
    ends = [{"mid": f"box {number}"} for number in range(count)]

    def response(each: list[dict[str, str]]) -> dict[str, Any]:
        link = {"categories": [{"name": "PULLS"}], "startObjects": each, "endObjects": each[:1]}
        return {
            "BOX": {"annotations": [box(number, 2 * number) for number in range(count)]},
            "LINK": {"annotations": [{**link, "endObjects": ends[:1]}]},
        }

    found = measure_agreement(
        [response(ends), response(ends[::-1])], JOBS, "IMAGE", rule="consensus"
    )

    assert found is not None
    assert found.value == 1
