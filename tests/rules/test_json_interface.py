"""Validation of json interfaces (contract/json-interface.md#jobs)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.errors import KiliError
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.response_shapes import ML_TASKS, TOOLS


def job(**members: Any) -> dict[str, Any]:
    return {"mlTask": "CLASSIFICATION", "required": 1, **members}


def categories(**each: Any) -> dict[str, Any]:
    return {"content": {"input": "radio", "categories": each}}


def parsed(jobs: Any) -> Any:
    return parse_json_interface(json.dumps({"jobs": jobs}), "createProject")


@pytest.mark.parametrize("text", ["null", "{}", '{"jobs": {}}', '{"jobs": null}', '{"other": 1}'])
def test_interface_without_jobs_is_empty(text: str) -> None:
    assert parse_json_interface(text, "createProject") == {}


@pytest.mark.parametrize("task", ML_TASKS)
def test_each_ml_task_is_accepted(task: str) -> None:
    assert parsed({"J": {"mlTask": task}}) == {"J": {"mlTask": task}}


TAKEN: dict[str, Any] = {
    "unknown members": {"J": job(models={"x": {}}, level="round", isNew=True, other=[1])},
    "no content": {"J": job(content=None)},
    "no categories": {"J": job(content={"input": "textField", "categories": None})},
    "all tools": {"J": job(mlTask="OBJECT_DETECTION", tools=list(TOOLS))},
    "null tools": {"J": job(tools=None)},
    "sub-job": {"J": job(**categories(A={"children": ["S"]}, B={"children": None})), "S": job()},
    "sub-jobs in one text": {
        "J": job(**categories(A={"children": ["S, T"]}, B={"children": ["S,T,"]})),
        "S": job(),
        "T": job(),
    },
    "comma in a name": {"J": job(**categories(A={"children": ["S, T"]})), "S, T": job()},
    "sub-job shared": {
        "J": job(**categories(A={"children": ["S"]}, B={"children": ["S"]})),
        "K": job(**categories(A={"children": ["S"]})),
        "S": job(),
    },
    "pose": {
        "J": job(
            mlTask="OBJECT_DETECTION",
            tools=["pose"],
            **categories(HEAD={"points": [{"code": "EYE", "name": "Eye", "children": ["S"]}]}),
        ),
        "S": job(),
    },
    "relation": {
        "J": job(
            mlTask="NAMED_ENTITIES_RELATION",
            **categories(R={"startEntities": ["A"], "endEntities": ["B", "C"]}),
        )
    },
}


@pytest.mark.parametrize("jobs", TAKEN.values(), ids=TAKEN.keys())
def test_valid_jobs_are_accepted_unchanged(jobs: Any) -> None:
    assert parsed(jobs) == jobs


REFUSED: dict[str, tuple[Any, str]] = {
    "jobs that are a list": ([], 'a member "jobs": {name: job}'),
    "job that is a text": ({"J": "x"}, 'job "J" must be an object with an "mlTask"'),
    "no task": ({"J": {}}, 'job "J" must be an object with an "mlTask"'),
    "task that is a list": ({"J": job(mlTask=["FILE"])}, 'with an "mlTask"'),
    "unknown task": (
        {"J": job(mlTask="GUESSING")},
        'job "J" has the mlTask "GUESSING", which is none of ASSET_ANNOTATION, CLASSIFICATION,',
    ),
    "unknown tool": (
        {"J": job(tools=["rectangle", "brush"])},
        'job "J" must have a list of tools, each one of marker, polygon,',
    ),
    "tools that are a text": ({"J": job(tools="rectangle")}, "must have a list of tools"),
    "tool that is an object": ({"J": job(tools=[{}])}, "must have a list of tools"),
    "content that is a list": ({"J": job(content=[1])}, 'job "J" must have categories'),
    "categories that are a list": (
        {"J": job(content={"categories": ["A"]})},
        'job "J" must have categories of the form {code: {…}}',
    ),
    "category that is a text": ({"J": job(**categories(A="Apple"))}, 'job "J" must have cat'),
    "category that is null": ({"J": job(**categories(A=None))}, 'job "J" must have categories'),
    "unknown sub-job beside a known one in one text": (
        {"J": job(**categories(A={"children": ["S, T"]})), "S": job()},
        'job "J" has the sub-job "T", which does not exist',
    ),
    "circular reference in one text": (
        {"J": job(**categories(A={"children": ["S, J"]})), "S": job()},
        "sub-jobs of themselves, directly or indirectly: J",
    ),
    "children that are a text": (
        {"J": job(**categories(A={"children": "S"})), "S": job()},
        '"children" of category "J.A" must be a list of texts',
    ),
    "child that is an object": (
        {"J": job(**categories(A={"children": [{}]}))},
        '"children" of category "J.A" must be a list of texts',
    ),
    "unknown child": (
        {"J": job(**categories(A={"children": ["S"]}))},
        'job "J" has the sub-job "S", which does not exist',
    ),
    "unknown child of a point": (
        {"J": job(**categories(A={"points": [{"code": "P", "children": ["S"]}]}))},
        'job "J" has the sub-job "S", which does not exist',
    ),
    "own sub-job": (
        {"J": job(**categories(A={"children": ["J"]})), "K": job()},
        "these jobs are sub-jobs of themselves, directly or indirectly: J",
    ),
    "circle": (
        {
            "J": job(**categories(A={"children": ["K"]})),
            "K": job(**categories(B={"children": ["L"]})),
            "L": job(**categories(C={"children": ["K"]})),
        },
        "these jobs are sub-jobs of themselves, directly or indirectly: J, K, L",
    ),
    "points without code": (
        {"J": job(**categories(A={"points": [{"name": "Eye"}]}))},
        '"points" of category "J.A" must be a list of {code, name}',
    ),
    "points that are an object": (
        {"J": job(**categories(A={"points": {"code": "E"}}))},
        '"points" of category "J.A"',
    ),
    "ends that are a text": (
        {"J": job(**categories(A={"startObjects": "B"}))},
        '"startObjects" of category "J.A" must be a list of texts',
    ),
}


@pytest.mark.parametrize(("jobs", "detail"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_jobs_are_refused(jobs: Any, detail: str) -> None:
    with pytest.raises(KiliError) as caught:
        parsed(jobs)
    assert caught.value.message.startswith("[invalidInput] createProject was not carried out.")
    assert "jsonInterface: " in caught.value.message
    assert detail in caught.value.message


_NAMES = st.sampled_from(["A", "B", "J", "CLASSIFICATION", "OBJECT_DETECTION", "pose", "x"])
_MEMBERS = st.sampled_from(
    ["mlTask", "content", "categories", "children", "points", "code", "tools", "startObjects"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _NAMES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_MEMBERS | _NAMES, below),
    max_leaves=20,
)


@given(_VALUES)
def test_any_json_is_accepted_or_refused(jobs: Any) -> None:
    with suppress(KiliError):
        assert parsed(jobs) == (jobs or {})
