"""The quality mark of the labels of one asset, over jobs, sub-jobs and frames.

See contract/quality.md#jobs.

Documented: the mark of several jobs is their average, weighted by the number of annotations; the
mark of a job with sub-jobs is the geometric mean of both; sub-jobs do not change the weight.
Chosen: a job that only some labels answer counts as a difference; more than two labels are compared
pair by pair, except for classes, whose rule applies to any number of labels; all frames of a video
have the same weight, and answers about the whole asset weigh as much as a frame.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from kili_emulator.rules.quality import classes
from kili_emulator.rules.quality.annotated_objects import (
    AnnotatedObject,
    AnnotationsByMid,
    Response,
    class_names,
    dicts,
    index_annotations_by_mid,
    read_objects,
    sub_answers,
)
from kili_emulator.rules.quality.classes import ComparisonRule
from kili_emulator.rules.quality.object_matching import match_objects
from kili_emulator.rules.quality.text import text_similarity
from kili_emulator.rules.response import sections

Jobs = dict[str, Any]

# The members of answers that are compared as a whole: a file, a comparison, a ranking.
_VALUES = ("choice", "code", "fileId", "firstId", "orders", "secondId")


@dataclass(frozen=True)
class QualityMark:
    """The quality mark of labels: how well they agree, from 0 to 1.

    Attributes:
        per_category: ``"JOB.CATEGORY"`` → the mean of the marks of all places with the category.
    """

    value: float
    per_category: dict[str, float]


def measure_agreement(
    responses: Sequence[Response], jobs: Jobs, input_type: str, *, rule: ComparisonRule
) -> QualityMark | None:
    """Compute how well responses to one asset agree; ``None`` if none of them has an answer.

    Args:
        responses: two or more json responses that fit the interface.
        jobs: the jobs of the json interface; answers to other jobs are ignored.
        input_type: the input type of the project.
        rule: the purpose of the mark, which decides how classes are compared.
    """
    comparison = _Comparison(jobs, rule)
    frames = [
        found
        for sections_of_place in _sections_by_place(responses, input_type)
        if (found := comparison.compare_sections(sections_of_place))
    ]
    if not frames:
        return None
    by_category: dict[str, list[float]] = defaultdict(list)
    for frame in frames:
        for category, mark in frame.categories:
            by_category[category].append(mark)
    per_category = {name: _mean(marks) for name, marks in sorted(by_category.items())}
    return QualityMark(_mean([frame.mark for frame in frames]), per_category)


def _sections_by_place(responses: Sequence[Response], input_type: str) -> Iterator[list[Response]]:
    """Yield the sections of all responses for each place: a frame of a video, or the asset."""
    answered = [dict(sections(each, input_type)) for each in responses]
    places = {place: None for each in answered for place in each}
    yield from ([_dict(each.get(place)) for each in answered] for place in places)


@dataclass(frozen=True)
class _WeightedMark:
    """The mark of some answers.

    Attributes:
        weight: the number of annotations in the answers.
        categories: ``"JOB.CATEGORY"`` and mark, for each place with a category.
    """

    mark: float
    weight: int
    categories: tuple[tuple[str, float], ...] = ()


class _Comparison:
    """A comparison of the answers of several labels.

    The methods take a list with the sections or answers of each label, and for each label the
    annotations to which relations can refer (``mids``).
    """

    def __init__(self, jobs: Jobs, rule: ComparisonRule) -> None:
        self._jobs = jobs
        self._rule = rule
        self._has_relations = any(
            "RELATION" in _dict(job).get("mlTask", "") for job in jobs.values()
        )

    def compare_sections(self, sections_of_place: list[Response]) -> _WeightedMark | None:
        """Compare the sections of all labels for one place."""
        mids = [
            index_annotations_by_mid(each) if self._has_relations else {}
            for each in sections_of_place
        ]
        return self._compare_jobs(sections_of_place, mids, self._rule)

    def _compare_jobs(
        self, levels: list[Response], mids: list[AnnotationsByMid], rule: ComparisonRule
    ) -> _WeightedMark | None:
        """Compare the answers to all jobs of one level: of a section, or below one answer."""
        names = {name for level in levels for name in level} & self._jobs.keys()
        return _average(
            outcome
            for name in sorted(names)
            for outcome in self._compare_job(
                name, [_dict(each.get(name)) for each in levels], mids, rule
            )
        )

    def _compare_job(
        self, name: str, answers: list[Response], mids: list[AnnotationsByMid], rule: ComparisonRule
    ) -> list[_WeightedMark]:
        """Compare the answers to a job.

        Returns:
            the marks of classes, objects, texts and other values; usually only one, because a job
            has one task.
        """
        found = [
            self._compare_classes(name, answers, mids, rule),
            self._compare_objects(name, answers, mids),
            _compare_pairwise(list(map(_text, answers)), text_similarity),
            _compare_pairwise(list(map(_value, answers)), lambda one, other: float(one == other)),
        ]
        return [each for each in found if each]

    def _compare_classes(
        self, name: str, answers: list[Response], mids: list[AnnotationsByMid], rule: ComparisonRule
    ) -> _WeightedMark | None:
        chosen = [class_names(answer) for answer in answers]
        count = classes.choose_counting(rule, self._jobs[name], chosen)
        marks: list[float] = []
        categories: list[tuple[str, float]] = []
        for category in sorted(set().union(*chosen)):
            voters = [i for i, names in enumerate(chosen) if category in names]
            mark = classes.class_mark(count, len(voters), len(answers))
            below = [_sub_answers_of(answers[i], category) for i in voters]
            nested = (
                self._compare_jobs(below, [mids[i] for i in voters], rule) if voters[1:] else None
            )
            if nested:
                mark = math.sqrt(mark * nested.mark)
                categories += nested.categories
            marks.append(mark)
            categories.append((f"{name}.{category}", mark))
        if not marks:
            return None
        return _WeightedMark(_mean(marks), sum(map(bool, chosen)), tuple(categories))

    def _compare_objects(
        self, name: str, answers: list[Response], mids: list[AnnotationsByMid]
    ) -> _WeightedMark | None:
        objects_per_answer = [
            read_objects(answer, each) for answer, each in zip(answers, mids, strict=True)
        ]
        found = [
            self._compare_objects_of_two(
                name, (objects_per_answer[i], objects_per_answer[j]), [mids[i], mids[j]]
            )
            for i, j in combinations(range(len(objects_per_answer)), 2)
            if objects_per_answer[i] or objects_per_answer[j]
        ]
        if not found:
            return None
        categories = tuple(each for outcome in found for each in outcome.categories)
        return _WeightedMark(
            _mean([each.mark for each in found]), sum(map(len, objects_per_answer)), categories
        )

    def _compare_objects_of_two(
        self,
        name: str,
        objects_per_answer: tuple[list[AnnotatedObject], list[AnnotatedObject]],
        mids: list[AnnotationsByMid],
    ) -> _WeightedMark:
        """Match the objects of two answers; an object without a match has the mark 0."""

        def compare_children(one: AnnotatedObject, other: AnnotatedObject) -> _WeightedMark | None:
            if not one.children and not other.children:
                return None
            return self._compare_jobs([one.children, other.children], mids, "honeypot")

        pairs = match_objects(*objects_per_answer, compare_children)
        matched_indexes = [{pair.one for pair in pairs}, {pair.other for pair in pairs}]
        unmatched = [
            object_
            for objects, matched in zip(objects_per_answer, matched_indexes, strict=True)
            for index, object_ in enumerate(objects)
            if index not in matched
        ]
        marked = [(objects_per_answer[0][pair.one], pair.mark) for pair in pairs] + [
            (each, 0.0) for each in unmatched
        ]
        own_categories = (
            (f"{name}.{each}", mark) for object_, mark in marked for each in object_.classes
        )
        nested = (each for pair in pairs if pair.below for each in pair.below.categories)
        return _WeightedMark(
            _mean([mark for _, mark in marked]), len(marked), (*own_categories, *nested)
        )


def _compare_pairwise(
    values: list[Any], similarity: Callable[[Any, Any], float]
) -> _WeightedMark | None:
    """Compare the values of all pairs of labels; an empty value means that there is no answer."""
    marks = [
        similarity(one, other) if one and other else 0.0
        for one, other in combinations(values, 2)
        if one or other
    ]
    return _WeightedMark(_mean(marks), sum(map(bool, values))) if marks else None


def _text(answer: Response) -> str:
    text = answer.get("text")
    return "" if text is None or isinstance(text, dict | list) else str(text)


def _value(answer: Response) -> Response:
    return {name: answer[name] for name in _VALUES if answer.get(name) not in (None, "", [], {})}


def _sub_answers_of(answer: Response, category: str) -> Response:
    """Return the answers to the sub-jobs of a class, which may occur several times."""
    categories_of_answer = dicts(answer.get("categories"))
    below = [sub_answers(each) for each in categories_of_answer if each.get("name") == category]
    return {name: value for each in below for name, value in each.items()}


def _average(outcomes: Iterator[_WeightedMark]) -> _WeightedMark | None:
    """Average the marks of jobs, weighted by their numbers of annotations."""
    found = list(outcomes)
    if not found:
        return None
    weight = sum(each.weight for each in found)
    mark = math.fsum(each.mark * each.weight for each in found) / weight
    categories = tuple(part for each in found for part in each.categories)
    return _WeightedMark(min(1.0, mark), weight, categories)


def _mean(marks: Sequence[float]) -> float:
    return min(1.0, math.fsum(marks) / len(marks))


def _dict(value: Any) -> Response:
    return value if isinstance(value, dict) else {}
