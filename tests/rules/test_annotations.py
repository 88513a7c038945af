"""Counts of annotations in a json response (contract/annotation.md#number-of-annotations)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kili_emulator.rules import annotations

Response = dict[str, Any]


def classes(*names: str, children: Response | None = None) -> Response:
    """Return the answer to a classification, with children below its first category."""
    categories = [{"name": name} for name in names]
    if children is not None:
        categories[0]["children"] = children  # type: ignore[assignment]
    return {"categories": categories}


def box(name: str, children: Response | None = None) -> Response:
    return {"categories": [{"name": name}], "children": children or {}, "mid": "1"}


def objects(*each: Response) -> Response:
    return {"annotations": list(each)}


COUNTS: dict[str, tuple[Response, int]] = {
    "nothing": ({}, 0),
    "empty job": ({"JOB": {}}, 0),
    "no categories": ({"JOB": {"categories": []}}, 0),
    "no annotations": ({"JOB": objects()}, 0),
    "class": ({"JOB": classes("A")}, 1),
    "multi-choice counts one": ({"JOB": classes("A", "B", "C")}, 1),
    "text": ({"JOB": {"text": "hello"}}, 1),
    "empty text": ({"JOB": {"text": ""}}, 0),
    "null text": ({"JOB": {"text": None}}, 0),
    "objects count one each": ({"JOB": objects(box("A"), box("A"), box("B"))}, 3),
    "entity without children": ({"JOB": objects({"categories": [{"name": "A"}]})}, 1),
    "several jobs": ({"J1": classes("A"), "J2": objects(box("A")), "J3": {"text": "x"}}, 3),
    "sub-job of a box": ({"JOB": objects(box("A", {"SUB": classes("X")}))}, 2),
    "two sub-jobs of a box": (
        {"JOB": objects(box("A", {"SUB": classes("X", "Y"), "TEXT": {"text": "x"}}))},
        3,
    ),
    "empty sub-job of a box": ({"JOB": objects(box("A", {"SUB": {}}))}, 1),
    "sub-job of a class": ({"JOB": classes("A", children={"SUB": classes("X")})}, 2),
    "sub-jobs three deep": (
        {"JOB": classes("A", children={"SUB": classes("X", children={"DEEP": classes("Y", "Z")})})},
        3,
    ),
    "sub-job below the class of a box": (
        {"JOB": objects({"categories": [{"name": "A", "children": {"SUB": {"text": "x"}}}]})},
        2,
    ),
    "null children": ({"JOB": {"categories": [{"name": "A", "children": None}]}}, 1),
}


@pytest.mark.parametrize(("response", "count"), COUNTS.values(), ids=COUNTS.keys())
def test_counting_annotations_does_not_change_the_response(response: Response, count: int) -> None:
    before = copy.deepcopy(response)
    counted = annotations.search_counts(response, "IMAGE")["numberOfAnnotations"]

    assert (type(counted), counted) == (int, count)
    assert response == before


@pytest.mark.parametrize(
    ("response", "by_object"),
    [
        ({}, {}),
        ({"JOB": {"text": "x"}}, {}),
        ({"JOB": classes("A", "B")}, {"JOB.A": 1, "JOB.B": 1}),
        ({"JOB": objects(box("CAR"), box("CAR"), box("BUS"))}, {"JOB.CAR": 2, "JOB.BUS": 1}),
        ({"J1": classes("A"), "J2": classes("A")}, {"J1.A": 1, "J2.A": 1}),
        (
            {"JOB": objects(box("CAR", {"SUB": classes("RED")}), box("CAR"))},
            {"JOB.CAR": 2, "SUB.RED": 1},
        ),
        (
            {"JOB": classes("A", children={"SUB": classes("X", "Y")})},
            {"JOB.A": 1, "SUB.X": 1, "SUB.Y": 1},
        ),
    ],
    ids=["nothing", "text", "classes", "boxes", "two jobs", "below a box", "below a class"],
)
def test_search_counts_every_category_of_every_job(
    response: Response, by_object: dict[str, int]
) -> None:
    assert annotations.search_counts(response, "IMAGE")["numberOfAnnotationsByObject"] == by_object


def test_search_counts_have_the_recorded_shape() -> None:
    assert annotations.search_counts({"JOB_0": objects(box("CAR"))}, "IMAGE") == {
        "numberOfAnnotations": 1,
        "numberOfAnnotationsByObject": {"JOB_0.CAR": 1},
    }


@pytest.mark.parametrize(
    "response",
    [{"JOB": "text"}, {"JOB": None}, {"JOB": [1]}, {"JOB": {"annotations": [None, "x"]}}],
)
def test_malformed_job_counts_zero(response: Response) -> None:
    assert annotations.search_counts(response, "IMAGE") == {
        "numberOfAnnotations": 0,
        "numberOfAnnotationsByObject": {},
    }
