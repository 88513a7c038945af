"""A label's typed annotations (contract/annotation.md#typed-annotations)."""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.errors import KiliError
from kili_emulator.rules.json_response import check_json_response
from kili_emulator.rules.typed_annotations import typed_annotations
from tests.contract.schema import SCHEMA
from tests.rules.response_cases import JSON_VALUES
from tests.rules.typed_cases import IN_PART, JOBS, NOT_WHOLE, WHOLE, Json

ANNOTATION = SCHEMA.type_map["Annotation"]
LABEL = "cl0123456789abcdefghijklm"


def read(input_type: str, response: Json) -> list[dict[str, Any]]:
    check_json_response(response, JOBS, input_type)
    before = copy.deepcopy(response)
    found = typed_annotations(LABEL, response, JOBS, input_type)
    assert response == before
    return found


@pytest.mark.parametrize(
    ("input_type", "response", "types"),
    [*WHOLE.values(), *IN_PART.values()],
    ids=[*WHOLE, *(f"{each}, in part" for each in IN_PART)],
)
def test_response_has_typed_annotations_of_the_expected_types(
    input_type: str, response: Json, types: list[str]
) -> None:
    found = read(input_type, response)
    assert [each["__typename"] for each in found] == [f"{each}Annotation" for each in types]


@pytest.mark.parametrize(("input_type", "response"), NOT_WHOLE.values(), ids=NOT_WHOLE.keys())
def test_response_that_clients_cannot_rebuild_has_no_typed_annotations(
    input_type: str, response: Json
) -> None:
    assert read(input_type, response) == []


@pytest.mark.parametrize(("input_type", "response", "_"), WHOLE.values(), ids=WHOLE.keys())
def test_ids_are_distinct_and_depend_only_on_label_and_position(
    input_type: str, response: Json, _: object
) -> None:
    found = read(input_type, response)
    keys = [key["id"] for each in found for key in each.get("keyAnnotations", ())]
    ids = [each["id"] for each in found] + keys
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("c[a-z0-9]{24}", each) for each in ids)
    assert found == read(input_type, response)
    others = typed_annotations("cl9876543210abcdefghijklm", response, JOBS, input_type)
    assert not set(ids) & {each["id"] for each in others}


def test_an_annotation_has_the_members_of_its_type() -> None:
    response = WHOLE["sub-jobs"][1]
    parent, child, note = read("LLM_STATIC", response)
    assert parent == {
        "__typename": "ClassificationAnnotation",
        "id": parent["id"],
        "job": "CLASS",
        "labelId": LABEL,
        "path": [],
        "annotationValue": {"categories": ["A"]},
        "chatItemId": None,
    }
    assert child["path"] == note["path"] == [[parent["id"], "A"]]
    assert note["annotationValue"] == {"text": "n"}


def test_annotation_of_a_video_has_frames_and_key_annotations() -> None:
    classes, text = read("VIDEO", WHOLE["video class"][1])
    assert classes["frames"] == [{"start": 0, "end": 1}, {"start": 3, "end": 4}]
    keys = [(key["frame"], key["annotationValue"]) for key in classes["keyAnnotations"]]
    assert keys == [
        (0, {"categories": ["A"]}),
        (3, {"categories": ["A", "B"]}),
        (4, {"categories": ["B"]}),
    ]
    assert text["frames"] == [{"start": 3, "end": 3}]


def test_an_object_has_its_mid_category_name_and_vertices() -> None:
    car, other = read("VIDEO", WHOLE["video as clients make it"][1])
    assert (car["mid"], car["category"], car["name"]) == ("1", "CAR", "Car 1")
    assert (other["mid"], other["name"]) == ("2", None)
    (key,) = car["keyAnnotations"]
    vertices = key["annotationValue"]["vertices"]
    assert vertices == key["annotationValue"]["verticesScalar"]
    assert vertices[0][0][0] == {"x": 0.1, "y": 0.2}


@pytest.mark.parametrize("number", [10**400, 1e999, True, "1", None])
def test_invalid_point_has_no_typed_annotation(number: object) -> None:
    point = {"x": number, "y": 0}
    response = {
        "MARKER": {"annotations": [{"categories": [{"name": "CAR"}], "mid": "1", "point": point}]}
    }
    assert typed_annotations(LABEL, response, JOBS, "IMAGE") == []


def test_job_missing_in_the_interface_has_no_typed_annotation() -> None:
    assert typed_annotations(LABEL, {"GONE": {"text": "x"}}, JOBS, "IMAGE") == []


def check_type(type_: Any, value: Any) -> None:
    """Check that a value can be returned as the type of the API."""
    if value is None:
        assert not is_non_null_type(type_), type_
        return
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        for each in value:
            check_type(type_.of_type, each)
    elif is_leaf_type(type_):
        type_.serialize(value)
    else:
        named = SCHEMA.type_map[value.get("__typename", type_.name)]
        assert isinstance(named, GraphQLObjectType)
        for name, field in named.fields.items():
            check_type(field.type, value[name])


@pytest.mark.parametrize("input_type", ["IMAGE", "VIDEO", "GEOSPATIAL", "LLM_STATIC"])
@given(answer=JSON_VALUES, job=st.sampled_from(list(JOBS)))
def test_annotations_of_any_accepted_response_have_the_types_of_the_api(
    input_type: str, answer: Any, job: str
) -> None:
    response = {"0": {job: answer}} if input_type == "VIDEO" else {job: answer}
    with suppress(KiliError):
        check_json_response(response, JOBS, input_type)
        for each in typed_annotations(LABEL, response, JOBS, input_type):
            check_type(ANNOTATION, each)


@pytest.mark.parametrize(
    ("input_type", "response"),
    [case[:2] for case in (*WHOLE.values(), *IN_PART.values())],
    ids=[*WHOLE, *(f"{each}, in part" for each in IN_PART)],
)
def test_annotations_have_the_types_of_the_api(input_type: str, response: Json) -> None:
    for each in read(input_type, response):
        check_type(ANNOTATION, each)
