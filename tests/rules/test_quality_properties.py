"""Properties of the quality marks of arbitrary responses."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kili_emulator.rules.quality import ComparisonRule, measure_agreement

Response = dict[str, Any]
RULES: tuple[ComparisonRule, ...] = ("consensus", "honeypot", "inference", "reviewScore")

CATEGORIES: Response = {"A": {}, "B": {}}
JOBS = {
    "CLASS": {"mlTask": "CLASSIFICATION", "content": {"categories": CATEGORIES}},
    "SUB": {"mlTask": "CLASSIFICATION", "content": {"categories": CATEGORIES}},
    "BOX": {"mlTask": "OBJECT_DETECTION", "content": {"categories": CATEGORIES}},
    "TEXT": {"mlTask": "TRANSCRIPTION"},
    "NER": {"mlTask": "NAMED_ENTITIES_RECOGNITION",
            "content": {"categories": CATEGORIES}},
    "LINK": {"mlTask": "OBJECT_RELATION", "content": {"categories": CATEGORIES}},
    "RANK": {"mlTask": "RANKING"},
}  # fmt: skip

mids = st.sampled_from("123")
numbers = st.sampled_from([0, 0.25, 0.5, 1, 1.5]) | st.floats(-2, 2)
vertices = st.fixed_dictionaries({"x": numbers, "y": numbers})
rings = st.fixed_dictionaries({"normalizedVertices": st.lists(vertices, max_size=6)})
names = st.sampled_from("AB").map(lambda name: {"name": name})
texts = st.fixed_dictionaries({"text": st.text("ab", max_size=4)})
subs = st.fixed_dictionaries(
    {}, optional={"SUB": st.fixed_dictionaries({"categories": st.lists(names, max_size=2)}),
                  "TEXT": texts}
)  # fmt: skip
places = st.one_of(
    st.fixed_dictionaries({"boundingPoly": st.lists(rings, max_size=2)}),
    st.fixed_dictionaries({"polyline": st.lists(vertices, max_size=4)}),
    st.fixed_dictionaries({"point": vertices}),
    st.fixed_dictionaries(
        {"points": st.lists(st.fixed_dictionaries({"code": mids, "point": vertices}), max_size=3)}
    ),
    st.fixed_dictionaries({"pageNumberArray": st.lists(st.integers(0, 3), max_size=3)}),
)


def annotations(place: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    common = st.fixed_dictionaries(
        {"categories": st.lists(names, min_size=1, max_size=1), "mid": mids},
        optional={"children": subs},
    )
    each = st.tuples(common, place).map(lambda parts: {**parts[0], **parts[1]})
    return st.fixed_dictionaries({"annotations": st.lists(each, max_size=4)})


spans = st.fixed_dictionaries(
    {"beginOffset": st.integers(0, 9), "content": st.text("a", max_size=4)}
)
ends = st.lists(st.fixed_dictionaries({"mid": mids}), max_size=2)
choices = st.tuples(names, subs).map(lambda parts: {**parts[0], "children": parts[1]})
sections = st.fixed_dictionaries(
    {},
    optional={
        "CLASS": st.fixed_dictionaries({"categories": st.lists(choices, max_size=3)}),
        "BOX": annotations(places),
        "NER": annotations(spans),
        "LINK": annotations(st.fixed_dictionaries({"startObjects": ends, "endObjects": ends})),
        "TEXT": texts,
        "RANK": st.fixed_dictionaries({"orders": st.lists(st.integers(0, 3))}),
    },
)
responses = st.one_of(
    st.tuples(st.just("IMAGE"), sections, sections),
    st.tuples(
        st.just("VIDEO"),
        *[st.dictionaries(st.sampled_from(["0", "1", "assetLevel"]), sections, max_size=3)] * 2,
    ),
)
rules = st.sampled_from(RULES)


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return the same response with its jobs and annotations in another order."""
    if not isinstance(value, dict):
        return value
    items = [(name, shuffled(each, chance)) for name, each in value.items()]
    chance.shuffle(items)
    result = dict(items)
    if isinstance(result.get("annotations"), list):
        result["annotations"] = chance.sample(result["annotations"], len(result["annotations"]))
    return result


@given(responses, rules)
def test_marks_and_marks_per_category_are_between_zero_and_one(
    case: tuple[str, Response, Response], rule: ComparisonRule
) -> None:
    input_type, one, other = case
    mark = measure_agreement([one, other], JOBS, input_type, rule=rule)
    for value in [mark.value, *mark.per_category.values()] if mark else []:
        assert 0 <= value <= 1


@given(responses, rules)
def test_mark_does_not_depend_on_the_order_of_two_labels(
    case: tuple[str, Response, Response], rule: ComparisonRule
) -> None:
    input_type, one, other = case
    there = measure_agreement([one, other], JOBS, input_type, rule=rule)
    assert there == measure_agreement([other, one], JOBS, input_type, rule=rule)


@given(responses, st.integers(2, 4), rules)
def test_equal_responses_have_mark_one(
    case: tuple[str, Response, Response], times: int, rule: ComparisonRule
) -> None:
    input_type, response, _ = case
    mark = measure_agreement([response] * times, JOBS, input_type, rule=rule)
    if mark:
        assert mark.value == 1
        assert set(mark.per_category.values()) <= {1}


@given(responses, rules, st.randoms(use_true_random=False))
def test_the_order_of_jobs_and_annotations_does_not_matter(
    case: tuple[str, Response, Response], rule: ComparisonRule, chance: random.Random
) -> None:
    input_type, one, other = case
    expected = measure_agreement([one, other], JOBS, input_type, rule=rule)
    mixed = [shuffled(each, chance) for each in (one, other)]
    assert measure_agreement(mixed, JOBS, input_type, rule=rule) == expected


@given(st.lists(sections, min_size=3, max_size=4), st.randoms(use_true_random=False))
def test_consensus_does_not_depend_on_the_order_of_labelers(
    voters: list[Response], chance: random.Random
) -> None:
    expected = measure_agreement(voters, JOBS, "IMAGE", rule="consensus")
    mixed = chance.sample(voters, len(voters))
    assert measure_agreement(mixed, JOBS, "IMAGE", rule="consensus") == expected


members = st.sampled_from(
    ["annotations", "categories", "children", "name", "mid", "text", "boundingPoly", "polys",
     "normalizedVertices", "polyline", "point", "points", "x", "y", "code", "beginOffset",
     "endOffset", "beginId", "content", "pageNumberArray", "startObjects", "endObjects", "orders",
     *JOBS]
)  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.sampled_from("AB1"), st.floats(allow_nan=False),
    st.integers(), st.just(10**400), st.just(-(10**400)), st.sampled_from([1e-320, 1e300, -1e300]),
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(members, below, max_size=4),
    max_leaves=25,
)
odd_jobs = st.dictionaries(
    st.sampled_from(["0", "1", "assetLevel", *JOBS]),
    st.dictionaries(members, anything, max_size=4),
    max_size=4,
)


@settings(max_examples=300)
@given(odd_jobs, odd_jobs, st.sampled_from(["IMAGE", "VIDEO", "TEXT"]), rules)
def test_malformed_values_are_compared_without_errors(
    one: Response, other: Response, input_type: str, rule: ComparisonRule
) -> None:
    before = json.dumps([one, other])
    mark = measure_agreement([one, other], JOBS, input_type, rule=rule)
    assert mark is None or 0 <= mark.value <= 1
    assert mark == measure_agreement([other, one], JOBS, input_type, rule=rule)
    assert json.dumps([one, other]) == before


@pytest.mark.parametrize("holder", ["categories", "annotations"])
def test_deeply_nested_responses_are_compared(holder: str) -> None:
    response: Response = {"TEXT": {"text": "x"}}
    for _ in range(64):
        job = "CLASS" if holder == "categories" else "BOX"
        below = {"name": "A", "categories": [{"name": "A"}], "children": response}
        response = {job: {holder: [below]}}
    mark = measure_agreement([response, response], JOBS, "IMAGE", rule="consensus")
    assert mark is not None
    assert mark.value == 1
