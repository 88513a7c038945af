"""Example responses fit the interface from which they are made.

See contract/simulated-user.md#example-responses.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.rules.example_response import make_example
from kili_emulator.rules.json_interface import Jobs, parse_json_interface
from kili_emulator.rules.json_response import check_json_response
from kili_emulator.rules.response import VIDEO_TYPES, find_unanswered_jobs, sections
from kili_emulator.rules.response_shapes import ML_TASKS, SINGLE_CHOICES, TOOLS

CODES = ("A", "B", "C", "D")
INPUTS = (*SINGLE_CHOICES, "checkbox", "multipleDropdown", "textField", "number", "date", None)
INPUT_TYPES = ("IMAGE", "TEXT", "PDF", "GEOSPATIAL", "LLM_RLHF", *VIDEO_TYPES)
NO_ANSWER = ("ASSET_ANNOTATION", "FILE")


@st.composite
def interfaces(draw: st.DrawFn) -> Jobs:
    """Return the jobs of an interface, in which each job opens only jobs that come later."""
    names = [f"JOB_{number}" for number in range(draw(st.integers(1, 6)))]
    jobs = {name: draw(job(names[place + 1 :])) for place, name in enumerate(names)}
    return parse_json_interface(json.dumps({"jobs": jobs}), "test")


@st.composite
def job(draw: st.DrawFn, later: list[str]) -> dict[str, Any]:
    children = st.lists(st.sampled_from(later), max_size=2) if later else st.just([])
    ends = st.lists(st.sampled_from(CODES), max_size=2)
    codes = draw(st.lists(st.sampled_from(CODES), unique=True))
    categories = {
        code: {
            "name": code.lower(),
            "children": draw(children),
            "points": [{"code": "EYE", "name": "Eye"}] if draw(st.booleans()) else [],
            **{end: draw(ends) for end in ("startEntities", "endEntities", "startObjects")},
        }
        for code in codes
    }
    return {
        "mlTask": draw(st.sampled_from(sorted(ML_TASKS))),
        "tools": draw(st.lists(st.sampled_from(TOOLS), unique=True)),
        "isChild": draw(st.booleans()),
        "required": 1,
        "content": {"categories": categories, "input": draw(st.sampled_from(INPUTS))},
    }


@given(
    jobs=interfaces(),
    input_type=st.sampled_from(INPUT_TYPES),
    draws=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=30),
    text=st.text(max_size=40),
)
def test_examples_pass_the_checks_of_the_api(
    jobs: Jobs, input_type: str, draws: list[float], text: str
) -> None:
    numbers = iter(draws * 500)
    response = make_example(jobs, input_type, lambda: next(numbers, 0.0), text)
    assert check_json_response(response, jobs, input_type) or not answerable(jobs)


@given(jobs=interfaces(), input_type=st.sampled_from(INPUT_TYPES))
def test_examples_answer_each_job_that_can_be_answered(jobs: Jobs, input_type: str) -> None:
    response = make_example(jobs, input_type)
    assert not set(find_unanswered_jobs(response, jobs, input_type)) & answerable(jobs)


def answerable(jobs: Jobs) -> set[str]:
    """Return the jobs, other than sub-jobs, that have an answer in every interface."""
    return {
        name
        for name, each in jobs.items()
        if not each["isChild"]
        and each["mlTask"] not in NO_ANSWER
        and not each["mlTask"].endswith("RELATION")
        and (not each["mlTask"].endswith("CLASSIFICATION") or each["content"]["categories"])
    }


def classification(way: str, **categories: list[str]) -> dict[str, Any]:
    content = {code: {"name": code, "children": names} for code, names in categories.items()}
    return {"mlTask": "CLASSIFICATION", "content": {"input": way, "categories": content}}


def parse(**jobs: dict[str, Any]) -> Jobs:
    return parse_json_interface(json.dumps({"jobs": jobs}), "test")


def test_chosen_category_has_the_answers_of_its_sub_jobs() -> None:
    text = {"mlTask": "TRANSCRIPTION", "isChild": True}
    jobs = parse(KIND=classification("radio", A=["NOTE"], B=[]), NOTE=text)
    (chosen,) = make_example(jobs, "IMAGE")["KIND"]["categories"]
    assert chosen["name"] == "A"
    assert chosen["children"]["NOTE"]["text"]


def test_relation_joins_objects_of_the_categories_that_it_allows() -> None:
    def entity(**categories: Any) -> dict[str, Any]:
        return {"mlTask": "NAMED_ENTITIES_RECOGNITION", "content": {"categories": categories}}

    ends = {"startEntities": ["PERSON"], "endEntities": ["PLACE"]}
    relation = {
        "mlTask": "NAMED_ENTITIES_RELATION",
        "content": {"categories": {"LIVES_IN": {"name": "lives in", **ends}}},
    }
    jobs = parse(LINK=relation, ENTITY=entity(PERSON={}, PLACE={}))
    response = make_example(jobs, "TEXT", text="Ada lives in London")
    (link,) = response["LINK"]["annotations"]
    categories = {
        each["mid"]: each["categories"][0]["name"] for each in response["ENTITY"]["annotations"]
    }
    assert categories[link["startEntities"][0]["mid"]] == "PERSON"
    assert categories[link["endEntities"][0]["mid"]] == "PLACE"


def test_entities_are_words_of_the_text() -> None:
    job_of_names = {"mlTask": "NAMED_ENTITIES_RECOGNITION", "content": {"categories": {"A": {}}}}
    text = "Grace wrote a compiler"
    (entity,) = make_example(parse(NAMES=job_of_names), "TEXT", text=text)["NAMES"]["annotations"]
    assert text[entity["beginOffset"] : entity["endOffset"]] == entity["content"] == "Grace"


def test_answers_of_a_video_are_given_in_its_first_frame_and_propagated() -> None:
    jobs = parse(KIND=classification("radio", A=[]))
    frames = dict(sections(make_example(jobs, "VIDEO"), "VIDEO"))
    assert {frame: each["KIND"]["isKeyFrame"] for frame, each in frames.items()} == {
        "0": True,
        "1": False,
    }


def test_sub_jobs_that_multiply_at_each_level_are_bounded() -> None:
    names = [[f"L{level}_{place}" for place in range(4)] for level in range(12)]
    jobs = parse(
        **{
            name: {**classification("radio", A=below), "isChild": level > 0}
            for level, (row, below) in enumerate(zip(names, [*names[1:], []], strict=True))
            for name in row
        }
    )
    assert len(json.dumps(make_example(jobs, "IMAGE"))) < 1_000_000
