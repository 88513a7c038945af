"""Valid and invalid responses of every task and input, and their number of annotations.

See contract/json-response.md#checks, contract/annotation.md#number-of-annotations.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.errors import KiliError
from kili_emulator.rules.annotations import search_counts
from kili_emulator.rules.json_response import check_json_response
from kili_emulator.rules.response import MAX_DEPTH
from kili_emulator.rules.response_shapes import ML_TASKS
from tests.rules.response_cases import ACCEPTED, JOBS, JSON_VALUES, REFUSED, Json


def count_annotations(response: Json, input_type: str) -> int:
    return int(search_counts(response, input_type)["numberOfAnnotations"])


@pytest.mark.parametrize(("input_type", "response", "_"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_valid_response_is_accepted_unchanged(input_type: str, response: Json, _: int) -> None:
    before = copy.deepcopy(response)
    check_json_response(response, JOBS, input_type)
    assert response == before


def test_each_task_has_an_accepted_response() -> None:
    jobs = {
        job
        for _, response, _ in ACCEPTED.values()
        for section in (response, *response.values())
        for job in section
    }
    assert {JOBS[job]["mlTask"] for job in jobs & JOBS.keys()} == set(ML_TASKS)


COUNTED = {
    **ACCEPTED,
    "member of another task": ("IMAGE", {"CLASS": {"point": "x"}}, 0),
}


@pytest.mark.parametrize(("input_type", "response", "count"), COUNTED.values(), ids=COUNTED.keys())
def test_annotations_of_a_response_are_counted(input_type: str, response: Json, count: int) -> None:
    assert count_annotations(response, input_type) == count


@pytest.mark.parametrize(
    ("name", "by_object"),
    [
        ("relation of objects", {"BOX.CAR": 1, "BOX.BUS": 1, "BOX_REL.TOWS": 1}),
        ("entity of a PDF", {"NER.ORG": 1}),
        ("pose", {"POSE.HEAD": 1}),
        ("video class", {"CLASS.A": 1, "CLASS.B": 1}),
        ("video objects", {"BOX.CAR": 2, "SUB.X": 2}),
        ("video with a sub-job drawn later", {"SUB.X": 1}),
        ("level of a video's asset", {"CLASS.A": 1}),
        ("video as the app stores it", {"BOX.CAR": 1}),
    ],
)
def test_annotations_are_counted_per_job_and_category(name: str, by_object: Json) -> None:
    input_type, response, _ = ACCEPTED[name]
    assert search_counts(response, input_type)["numberOfAnnotationsByObject"] == by_object


@pytest.mark.parametrize(("input_type", "response", "detail"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_response_is_refused(input_type: str, response: Json, detail: str) -> None:
    with pytest.raises(KiliError) as caught:
        check_json_response(response, JOBS, input_type)
    assert caught.value.message.startswith("[jsonResponseMalformed] ")
    assert detail in caught.value.message


@pytest.mark.parametrize("input_type", ["VIDEO", "VIDEO_LEGACY"])
def test_error_for_a_video_response_gives_the_expected_form(input_type: str) -> None:
    check_json_response({"1": {}}, JOBS, input_type)
    with pytest.raises(KiliError, match="a member for each frame"):
        check_json_response({"frame 1": {}}, JOBS, input_type)


def nested(levels: int) -> Json:
    answer: Json = {}
    for _ in range(levels):
        answer = {"categories": [{"name": "A", "children": {"CLASS": answer}}]}
    return {"CLASS": answer}


def test_sub_jobs_are_accepted_up_to_the_maximum_depth() -> None:
    check_json_response(nested(MAX_DEPTH // 2 - 1), JOBS, "IMAGE")
    assert count_annotations(nested(MAX_DEPTH // 2 - 1), "IMAGE") == MAX_DEPTH // 2 - 1
    for levels in (MAX_DEPTH // 2 + 1, 200):
        with pytest.raises(KiliError, match="nested too deeply"):
            check_json_response(nested(levels), JOBS, "IMAGE")


@pytest.mark.parametrize("input_type", ["IMAGE", "VIDEO"])
@pytest.mark.parametrize("job", JOBS)
@given(answer=JSON_VALUES)
def test_any_json_is_accepted_or_refused(job: str, input_type: str, answer: Any) -> None:
    response = {"0": {job: answer}} if input_type == "VIDEO" else {job: answer}
    counts = search_counts(response, input_type)
    assert counts["numberOfAnnotations"] >= 0
    with suppress(KiliError):
        check_json_response(response, JOBS, input_type)
        assert isinstance(answer, dict)


@given(
    response=st.dictionaries(st.sampled_from([*JOBS, "0", "01", "assetLevel", "¹"]), JSON_VALUES)
)
def test_any_response_is_accepted_or_refused(response: Json) -> None:
    for input_type in ("IMAGE", "VIDEO"):
        count_annotations(response, input_type)
        with suppress(KiliError):
            check_json_response(response, JOBS, input_type)
