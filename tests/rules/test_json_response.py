"""Validation of a response against the json interface (contract/json-response.md#checks)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kili_emulator.errors import KiliError
from kili_emulator.rules.json_response import check_json_response, parse_json_response

JOBS: dict[str, Any] = {
    "CLASSES": {
        "mlTask": "CLASSIFICATION",
        "required": 1,
        "content": {"categories": {"A": {"children": ["SUB"]}, "B": {}}, "input": "radio"},
    },
    "SUB": {"content": {"categories": {"X": {}, "Y": {}}}, "isChild": True},
    "BOXES": {"mlTask": "OBJECT_DETECTION", "content": {"categories": {"CAR": {}, "BUS": {}}}},
    "TEXT": {"mlTask": "TRANSCRIPTION", "content": {"input": "textField"}},
    "BARE": {},
}

ACCEPTED: dict[str, dict[str, Any]] = {
    "nothing, required jobs included": {},
    "empty job": {"CLASSES": {}},
    "class": {"CLASSES": {"categories": [{"name": "A", "confidence": 100}]}},
    "confidence": {"CLASSES": {"categories": [{"name": "A", "confidence": 99.5}]}},
    "child": {"CLASSES": {"categories": [{"name": "A", "children": {"SUB": {}}}]}},
    "child class": {
        "CLASSES": {"categories": [{"name": "A", "children": {"SUB": {"categories": []}}}]}
    },
    "null children": {"CLASSES": {"categories": [{"name": "A", "children": None}]}},
    "box": {
        "BOXES": {
            "annotations": [
                {
                    "categories": [{"name": "CAR"}],
                    "children": {},
                    "mid": "2022-1",
                    "type": "rectangle",
                    "boundingPoly": [{"normalizedVertices": [{"x": 0.1, "y": 0.2}]}],
                }
            ]
        }
    },
    "minimal entity": {
        "BOXES": {"annotations": [{"beginOffset": 1, "categories": [{"name": "CAR"}]}]}
    },
    "extra members": {
        "BOXES": {
            "annotations": [
                {"jobName": "BOXES", "mlTask": "x", "score": 1, "categories": [{"name": "BUS"}]}
            ]
        }
    },
    "no category": {"BOXES": {"annotations": [{"mid": "1"}]}},
    "text": {"TEXT": {"text": "any text"}},
    "job without content": {"BARE": {"text": "x"}},
}


@pytest.mark.parametrize("response", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_valid_response_is_accepted_unchanged(response: dict[str, Any]) -> None:
    before = copy.deepcopy(response)
    check_json_response(response, JOBS, "IMAGE")

    assert response == before


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "job": (
        {"NONE": {}},
        'job "NONE" is not in the json interface (its jobs: BARE, BOXES, CLASSES, SUB, TEXT)',
    ),
    "category": (
        {"CLASSES": {"categories": [{"name": "A"}, {"name": "C"}]}},
        'category "C" is not in job "CLASSES" (it has: A, B)',
    ),
    "category of a box": (
        {"BOXES": {"annotations": [{"categories": [{"name": "PLANE"}]}]}},
        'category "PLANE" is not in job "BOXES" (it has: BUS, CAR)',
    ),
    "category of a child": (
        {
            "CLASSES": {
                "categories": [{"name": "A", "children": {"SUB": {"categories": [{"name": "Z"}]}}}]
            }
        },
        'category "Z" is not in job "SUB" (it has: X, Y)',
    ),
    "job of a child": (
        {"BOXES": {"annotations": [{"children": {"NONE": {}}}]}},
        'job "NONE" is not in the json interface',
    ),
    "name in other letter case": (
        {"CLASSES": {"categories": [{"name": "a"}]}},
        'category "a" is not in job "CLASSES"',
    ),
    "category without name": (
        {"CLASSES": {"categories": [{}]}},
        'category "None" is not in job "CLASSES"',
    ),
    "name that is a list": (
        {"CLASSES": {"categories": [{"name": ["A"]}]}},
        'is not in job "CLASSES"',
    ),
    "category of a text job": (
        {"TEXT": {"categories": [{"name": "A"}]}},
        'category "A" is not in job "TEXT" (it has: none)',
    ),
    "answer that is a text": (
        {"CLASSES": "A"},
        'the answer to job "CLASSES" must be a JSON object, not str',
    ),
    "answer that is null": ({"CLASSES": None}, "must be a JSON object, not NoneType"),
    "categories that are an object": (
        {"CLASSES": {"categories": {"name": "A"}}},
        '"categories" of job "CLASSES" must be a list',
    ),
    "category that is a text": (
        {"CLASSES": {"categories": ["A"]}},
        'each category of job "CLASSES" must be a JSON object, not str',
    ),
    "annotations that are an object": (
        {"BOXES": {"annotations": {}}},
        '"annotations" of job "BOXES" must be a list',
    ),
    "annotation that is a number": (
        {"BOXES": {"annotations": [1]}},
        'each annotation of job "BOXES" must be a JSON object, not int',
    ),
    "children that are a list": (
        {"BOXES": {"annotations": [{"children": ["SUB"]}]}},
        '"children" in job "BOXES" must be a JSON object, not list',
    ),
}


@pytest.mark.parametrize(("response", "detail"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_response_is_refused(response: dict[str, Any], detail: str) -> None:
    with pytest.raises(KiliError) as caught:
        check_json_response(response, JOBS, "IMAGE")

    assert caught.value.message.startswith(
        "[jsonResponseMalformed] The jsonResponse of the label is malformed. -- "
        "This can be due to: "
    )
    assert detail in caught.value.message
    assert caught.value.message.endswith(" | trace : false")
    assert caught.value.code == "OPERATION_RESOLUTION_FAILURE"


def test_error_for_an_interface_without_jobs_says_none() -> None:
    with pytest.raises(KiliError, match=r"\(its jobs: none\)"):
        check_json_response({"JOB": {}}, {}, "IMAGE")


@pytest.mark.parametrize(
    ("text", "response"),
    [("{}", {}), (' {"JOB": {"text": "é \\u00e9"}}\n', {"JOB": {"text": "é é"}})],
)
def test_json_object_is_parsed(text: str, response: dict[str, Any]) -> None:
    assert parse_json_response(text) == response


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "not valid JSON"),
        ("{'JOB': {}}", "not valid JSON"),
        ('{"JOB": {}', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "must be a JSON object of jobs, not list"),
        ("null", "must be a JSON object of jobs, not NoneType"),
        ('"{}"', "must be a JSON object of jobs, not str"),
    ],
    ids=["empty", "Python literal", "truncated", "too deep", "list", "null", "encoded twice"],
)
def test_text_that_is_no_json_object_is_refused(text: str, detail: str) -> None:
    with pytest.raises(KiliError, match="jsonResponseMalformed") as caught:
        parse_json_response(text)

    assert detail in caught.value.message
