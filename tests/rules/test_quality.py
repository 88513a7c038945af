"""Quality marks of labels, by the published rules.

See contract/quality.md#classes, contract/quality.md#objects.
"""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import pytest

from kili_emulator.rules.quality import ComparisonRule, QualityMark, measure_agreement

Response = dict[str, Any]


def job(task: str, *categories: str, way: str | None = None) -> dict[str, Any]:
    content = {"categories": {each: {} for each in categories}}
    return {"mlTask": task, "content": {**content, **({"input": way} if way else {})}}


JOBS = {
    "ONE": job("CLASSIFICATION", "A", "B", "C", "D", way="radio"),
    "MANY": job("CLASSIFICATION", "A", "B", "C", "D", way="checkbox"),
    "SUB": job("CLASSIFICATION", "X", "Y", way="radio"),
    "BOX": job("OBJECT_DETECTION", "CAR", "BUS"),
    "TEXT": job("TRANSCRIPTION"),
    "NER": job("NAMED_ENTITIES_RECOGNITION", "PERSON", "PLACE"),
    "LINK": job("NAMED_ENTITIES_RELATION", "LIVES"),
    "PAGE": job("PAGE_LEVEL_CLASSIFICATION", "COVER"),
    "RANK": job("RANKING"),
    "PICK": job("COMPARISON"),
}
RULES: tuple[ComparisonRule, ...] = ("consensus", "honeypot", "inference", "reviewScore")


def classes(*names: str, below: Response | None = None, name: str = "ONE") -> Response:
    categories = [{"name": each, "children": below or {}} for each in names]
    return {name: {"categories": categories}}


def box(left: float, right: float, name: str = "CAR", below: Response | None = None) -> Response:
    """Return a box of height 1."""
    corners = [{"x": x, "y": y} for x, y in ((left, 0), (left, 1), (right, 1), (right, 0))]
    return {
        "type": "rectangle",
        "mid": f"{left} {right}",
        "categories": [{"name": name}],
        "boundingPoly": [{"normalizedVertices": corners}],
        "children": below or {},
    }


def boxes(*each: Response) -> Response:
    return {"BOX": {"annotations": list(each)}}


def mark(
    *responses: Response, rule: ComparisonRule = "honeypot", input_type: str = "IMAGE"
) -> QualityMark:
    found = measure_agreement(responses, JOBS, input_type, rule=rule)
    assert found is not None
    return found


def value(
    *responses: Response, rule: ComparisonRule = "honeypot", input_type: str = "IMAGE"
) -> float:
    return mark(*responses, rule=rule, input_type=input_type).value


# Classes


@pytest.mark.parametrize("rule", RULES)
def test_equal_single_choices_have_mark_one(rule: ComparisonRule) -> None:
    assert value(classes("A"), classes("A"), rule=rule) == 1


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("consensus", 0.5), ("inference", 0.5), ("honeypot", 0), ("reviewScore", 0)],
)
def test_different_single_choices_have_mark_half_or_zero(
    rule: ComparisonRule, expected: float
) -> None:
    """The mark 0.5 is recorded for a user against a model."""
    assert value(classes("A"), classes("B"), rule=rule) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("consensus", 0.75), ("inference", 0.5), ("honeypot", 0.5), ("reviewScore", 0.5)],
)
def test_partly_equal_multiple_choices_have_a_partial_mark(
    rule: ComparisonRule, expected: float
) -> None:
    one, other = classes("A", name="MANY"), classes("A", "B", name="MANY")
    assert value(one, other, rule=rule) == expected


@pytest.mark.parametrize(
    ("voters", "expected"),
    [
        (["A", "A", "A"], 1),
        (["A", "A", "B"], 1 / 2),
        (["A", "B", "C"], 1 / 3),
        (["A", "A", "B", "B"], 1 / 2),
        (["A", "A", "A", "B"], 1 / 2),
    ],
)
def test_consensus_is_the_mean_share_of_labelers_per_chosen_class(
    voters: list[str], expected: float
) -> None:
    assert value(*map(classes, voters), rule="consensus") == pytest.approx(expected)


def test_choice_of_a_job_without_input_is_single_if_one_class_is_chosen() -> None:
    jobs = {"ONE": job("CLASSIFICATION", "A", "B", "C")}
    single = measure_agreement([classes("A"), classes("B")], jobs, "IMAGE", rule="inference")
    several = measure_agreement([classes("A"), classes("A", "B")], jobs, "IMAGE", rule="inference")
    assert single == QualityMark(0.5, {"ONE.A": 0.5, "ONE.B": 0.5})
    assert several == QualityMark(0.5, {"ONE.A": 1, "ONE.B": 0})


def test_answer_missing_in_one_label_lowers_the_mark() -> None:
    assert value(classes("A"), {}) == 0
    assert value(classes("A"), {}, rule="consensus") == 0.5
    assert value({"TEXT": {"text": "x"}}, {"TEXT": {}}) == 0
    assert value(boxes(box(0, 1)), boxes()) == 0


@pytest.mark.parametrize(
    "response",
    [{}, {"ONE": {}}, {"ONE": {"categories": []}}, boxes(), {"TEXT": {"text": ""}}, {"NONE": {}},
     {"ROTATION_JOB": {"rotation": 90}}],
)  # fmt: skip
def test_empty_responses_have_no_mark(response: Response) -> None:
    assert measure_agreement([response, {}], JOBS, "IMAGE", rule="consensus") is None


# Nesting


def test_mark_of_a_class_with_a_sub_job_is_the_geometric_mean() -> None:
    one = classes("A", below=classes("X", name="SUB"))
    other = classes("A", below=classes("Y", name="SUB"))
    assert value(one, other, rule="consensus") == pytest.approx(math.sqrt(0.5))
    assert value(one, other) == 0
    assert value(one, one) == 1


def test_sub_job_of_a_class_chosen_once_is_not_compared() -> None:
    one = classes("A", below=classes("X", name="SUB"))
    assert value(one, classes("B"), rule="consensus") == 0.5


@pytest.mark.parametrize("rule", RULES)
def test_box_with_a_wrong_nested_class_has_mark_zero(rule: ComparisonRule) -> None:
    right = boxes(box(0, 1, below=classes("X", name="SUB")))
    wrong = boxes(box(0, 1, below=classes("Y", name="SUB")))
    assert value(right, wrong, rule=rule) == 0
    assert value(right, right, rule=rule) == 1
    assert mark(right, wrong, rule=rule).per_category == {"BOX.CAR": 0, "SUB.X": 0, "SUB.Y": 0}


def test_mark_of_a_box_with_a_nested_class_is_the_geometric_mean() -> None:
    below = classes("X", name="SUB")
    one, other = boxes(box(0, 4, below=below)), boxes(box(0, 1, below=below))
    assert value(one, other) == pytest.approx(math.sqrt(1 / 4))


# Jobs side by side


def test_jobs_are_weighted_by_their_number_of_annotations() -> None:
    """A job with one different class stands beside a job with three equal boxes."""
    drawn = boxes(box(0, 1), box(2, 3), box(4, 5))
    assert value({**classes("A"), **drawn}, {**classes("B"), **drawn}) == pytest.approx(3 / 4)


def test_sub_jobs_do_not_change_the_weight_of_a_job() -> None:
    below = classes("X", name="SUB")
    one = {**classes("A"), **boxes(box(0, 1, below=below))}
    other = {**classes("B"), **boxes(box(0, 1, below=below))}
    assert value(one, other) == pytest.approx(1 / 2)


def test_mark_per_category_is_the_mean_over_its_occurrences() -> None:
    one = {**classes("A"), **boxes(box(0, 2), box(5, 6, "BUS"), box(8, 9))}
    other = {**classes("A"), **boxes(box(0, 1))}
    assert mark(one, other).per_category == {
        "BOX.BUS": 0,
        "BOX.CAR": pytest.approx((1 / 2 + 0) / 2),
        "ONE.A": 1,
    }


# Objects


def test_boxes_are_compared_by_intersection_over_union() -> None:
    assert value(boxes(box(0, 2)), boxes(box(1, 3))) == pytest.approx(1 / 3)


def test_a_box_of_another_class_is_not_matched() -> None:
    assert value(boxes(box(0, 2)), boxes(box(0, 2, "BUS"))) == 0


def test_mark_of_boxes_is_the_mean_over_pairs_and_unpaired_boxes() -> None:
    one = boxes(box(0, 2), box(10, 11), box(20, 21))
    other = boxes(box(0, 1), box(10, 11))
    assert value(one, other) == pytest.approx((1 / 2 + 1) / 3)


def test_pairs_are_made_greedily() -> None:
    """The two most similar boxes form a pair, though the other pairs have a greater sum."""
    one, other = boxes(box(0, 10), box(5, 15)), boxes(box(2, 12), box(-3, 7))
    assert value(one, other) == pytest.approx((8 / 12 + 2 / 18) / 2)
    assert 7 / 13 + 7 / 13 > 8 / 12 + 2 / 18


def test_equally_similar_boxes_are_paired_by_equal_sub_jobs() -> None:
    """Other members do not matter, even if they come first in alphabetical order."""

    def drawn(name: str, above: str) -> Response:
        return {"above": above, **box(0, 1, below=classes(name, name="SUB"))}

    one, other = [drawn("X", "1"), drawn("Y", "4")], [drawn("Y", "2"), drawn("X", "3")]
    assert value(boxes(*one), boxes(*other)) == 1


def test_pairs_of_equally_similar_boxes_do_not_depend_on_their_order() -> None:
    """In a chain of equally similar neighbours, the choice of pairs decides which boxes remain."""
    ones, others = [box(3, 13), box(9, 19)], [box(0, 10), box(6, 16)]
    orders = [boxes(*each) for each in permutations(ones)]
    other_orders = [boxes(*each) for each in permutations(others)]
    pairs = [
        pair for left in orders for right in other_orders for pair in ((left, right), (right, left))
    ]
    assert len({value(*pair) for pair in pairs}) == 1


def test_touching_boxes_are_not_paired() -> None:
    one, other = boxes(box(0, 1), box(5, 6)), boxes(box(1, 2), box(5, 6))
    assert value(one, other) == pytest.approx(1 / 3)


def test_more_than_two_labels_are_compared_pair_by_pair() -> None:
    labels = [boxes(box(0, 2)), boxes(box(0, 2)), boxes(box(0, 1))]
    assert value(*labels, rule="consensus") == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)


# Other tasks


def test_transcriptions_are_compared_by_edit_distance() -> None:
    assert value({"TEXT": {"text": "kitten"}}, {"TEXT": {"text": "sitting"}}) == 1 - 3 / 7
    assert value({"TEXT": {"text": 12}}, {"TEXT": {"text": "12"}}) == 1


def entity(begin: int, content: str, name: str = "PERSON", mid: str = "") -> Response:
    return {
        "beginOffset": begin,
        "content": content,
        "categories": [{"name": name}],
        **({"mid": mid} if mid else {}),
    }


def test_entities_are_compared_by_common_characters() -> None:
    one = {"NER": {"annotations": [entity(10, "John Smith")]}}
    assert value(one, {"NER": {"annotations": [entity(15, "Smith")]}}) == 1 / 2
    assert value(one, {"NER": {"annotations": [entity(10, "John Smith", "PLACE")]}}) == 0
    elsewhere = {**entity(10, "John Smith"), "beginId": "other/[0]", "endId": "other/[0]"}
    assert value(one, {"NER": {"annotations": [elsewhere]}}) == 0
    spelled = {**entity(10, "John Smith"), "beginId": "main/[0]", "endOffset": 20}
    assert value(one, {"NER": {"annotations": [spelled]}}) == 1


def linked(start: str, end: str, prefix: str) -> Response:
    """Return two people, a place, and a relation between them; mids are local to the label."""
    entities = [entity(0, "Ada", mid=f"{prefix}ada"), entity(9, "Leo", mid=f"{prefix}leo"),
                entity(20, "Oslo", "PLACE", mid=f"{prefix}oslo")]  # fmt: skip
    relation = {
        "startEntities": [{"mid": prefix + start}],
        "endEntities": [{"mid": prefix + end}],
        "categories": [{"name": "LIVES"}],
    }
    return {"NER": {"annotations": entities}, "LINK": {"annotations": [relation]}}


def test_relations_are_compared_by_their_ends() -> None:
    one = linked("ada", "oslo", "1 ")
    assert value(one, linked("ada", "oslo", "2 ")) == 1
    assert mark(one, linked("leo", "oslo", "2 ")).per_category["LINK.LIVES"] == 0
    assert mark(one, linked("ada", "leo", "2 ")).per_category["LINK.LIVES"] == 0


def test_mark_of_a_relation_follows_the_marks_of_its_ends() -> None:
    one, other = linked("ada", "oslo", "1 "), linked("ada", "oslo", "2 ")
    other["NER"]["annotations"][2]["content"] = "Os"
    assert mark(one, other).per_category["LINK.LIVES"] == pytest.approx(math.sqrt(1 / 2))
    other["NER"]["annotations"][2]["categories"] = [{"name": "PERSON"}]
    assert mark(one, other).per_category["LINK.LIVES"] == 0


def test_page_annotations_are_compared_by_common_pages() -> None:
    def page(*numbers: int) -> Response:
        annotation = {"categories": [{"name": "COVER"}], "pageNumberArray": list(numbers)}
        return {"PAGE": {"annotations": [annotation]}}

    assert value(page(1, 2), page(1, 2)) == 1
    assert value(page(1, 2), page(2, 3)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("RANK", {"orders": [{"rank": 1, "elements": ["a"]}]},
         {"orders": [{"rank": 1, "elements": ["b"]}]}),
        ("PICK", {"code": "BETTER", "firstId": "1", "secondId": "2"},
         {"code": "BETTER", "firstId": "2", "secondId": "1"}),
    ],
)  # fmt: skip
def test_rankings_and_comparisons_have_mark_one_or_zero(
    name: str, one: Response, other: Response
) -> None:
    assert value({name: one}, {name: one}) == 1
    assert value({name: one}, {name: other}) == 0


# Videos


def test_mark_of_a_video_is_the_mean_over_its_annotated_frames() -> None:
    one = {"0": classes("A"), "1": classes("A"), "2": {}}
    other = {"0": classes("A"), "1": classes("B"), "2": {}}
    assert value(one, other, input_type="VIDEO") == 1 / 2
    assert value(one, {**other, "2": classes("A")}, input_type="VIDEO") == pytest.approx(1 / 3)


def test_asset_level_answer_of_a_video_weighs_as_much_as_a_frame() -> None:
    one = {"0": classes("A"), "1": classes("A"), "assetLevel": {"TEXT": {"text": "x"}}}
    other = {"0": classes("A"), "1": classes("A"), "assetLevel": {"TEXT": {"text": "y"}}}
    assert value(one, other, input_type="VIDEO") == pytest.approx(2 / 3)


def test_key_frame_flag_does_not_change_the_mark() -> None:
    drawn = {"ONE": {**classes("A")["ONE"], "isKeyFrame": True}}
    propagated = {"ONE": {**classes("A")["ONE"], "isKeyFrame": False}}
    assert value({"0": drawn}, {"0": propagated}, input_type="VIDEO") == 1
