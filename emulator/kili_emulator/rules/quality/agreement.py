"""The mark of labels of one asset: over their jobs, sub-jobs and frames (contract/quality.md#jobs).

Documented: jobs side by side are averaged, each weighing as much as it has annotations; a job and
what is nested in it have their geometric mean; nesting does not change the weight. Chosen: what
only some answered counts as a difference; more than two labels are compared pair by pair, but for
classes, where the rule is for any number; a video's frames weigh the same, and what is said about
the whole asset weighs as much as a frame.
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
from kili_emulator.rules.quality.classes import Rule
from kili_emulator.rules.quality.object_matching import match_objects
from kili_emulator.rules.quality.text import text_similarity
from kili_emulator.rules.response import sections

Jobs = dict[str, Any]

# Members that are the whole of an answer: a file, a comparison, a ranking.
_VALUES = ("choice", "code", "fileId", "firstId", "orders", "secondId")


@dataclass(frozen=True)
class Mark:
    """How well labels agree, from 0 to 1.

    Attributes:
        per_category: ``"JOB.CATEGORY"`` → the mean over where it was chosen or drawn.
    """

    value: float
    per_category: dict[str, float]


def agreement(
    responses: Sequence[Response], jobs: Jobs, input_type: str, *, rule: Rule
) -> Mark | None:
    """How well responses to one asset agree; ``None`` if nothing is answered in any of them.

    Args:
        responses: json responses that fit the interface, two or more.
        jobs: the interface's. Only its jobs count.
        input_type: the project's.
        rule: what the mark is for.
    """
    compare = _Comparison(jobs, rule)
    frames = [
        found
        for section in _sections(responses, input_type)
        if (found := compare.sections(section))
    ]
    if not frames:
        return None
    by_category: dict[str, list[float]] = defaultdict(list)
    for frame in frames:
        for category, mark in frame.categories:
            by_category[category].append(mark)
    per_category = {name: _mean(marks) for name, marks in sorted(by_category.items())}
    return Mark(_mean([frame.mark for frame in frames]), per_category)


def _sections(responses: Sequence[Response], input_type: str) -> Iterator[list[Response]]:
    """What is answered at one place: in a frame of a video, about an asset as a whole."""
    answered = [dict(sections(each, input_type)) for each in responses]
    places = {place: None for each in answered for place in each}
    yield from ([_dict(each.get(place)) for each in answered] for place in places)


@dataclass(frozen=True)
class _WeightedMark:
    """A mark, how many annotations it is about, and what each category has part in it."""

    mark: float
    weight: int
    categories: tuple[tuple[str, float], ...] = ()


class _Comparison:
    """Compares what several voters say, place by place."""

    def __init__(self, jobs: Jobs, rule: Rule) -> None:
        self._jobs = jobs
        self._rule = rule
        self._relates = any("RELATION" in _dict(job).get("mlTask", "") for job in jobs.values())

    def sections(self, found: list[Response]) -> _WeightedMark | None:
        mids = [index_annotations_by_mid(each) if self._relates else {} for each in found]
        return self._level(found, mids, self._rule)

    def _level(
        self, levels: list[Response], mids: list[AnnotationsByMid], rule: Rule
    ) -> _WeightedMark | None:
        """Jobs side by side."""
        names = {name for level in levels for name in level} & self._jobs.keys()
        return _average(
            outcome
            for name in sorted(names)
            for outcome in self._job(name, [_dict(each.get(name)) for each in levels], mids, rule)
        )

    def _job(
        self, name: str, answers: list[Response], mids: list[AnnotationsByMid], rule: Rule
    ) -> list[_WeightedMark]:
        """The answers to a job; usually one of the outcomes, as a job has one task."""
        found = [
            self._classes(name, answers, mids, rule),
            self._objects(name, answers, mids),
            _pairwise(list(map(_text, answers)), text_similarity),
            _pairwise(list(map(_value, answers)), lambda one, other: float(one == other)),
        ]
        return [each for each in found if each]

    def _classes(
        self, name: str, answers: list[Response], mids: list[AnnotationsByMid], rule: Rule
    ) -> _WeightedMark | None:
        chosen = [class_names(answer) for answer in answers]
        count = classes.choose_counting(rule, self._jobs[name], chosen)
        marks: list[float] = []
        categories: list[tuple[str, float]] = []
        for category in sorted(set().union(*chosen)):
            voters = [i for i, names in enumerate(chosen) if category in names]
            mark = classes.class_mark(count, len(voters), len(answers))
            below = [_sub_answers_of(answers[i], category) for i in voters]
            nested = self._level(below, [mids[i] for i in voters], rule) if voters[1:] else None
            if nested:
                mark = math.sqrt(mark * nested.mark)
                categories += nested.categories
            marks.append(mark)
            categories.append((f"{name}.{category}", mark))
        if not marks:
            return None
        return _WeightedMark(_mean(marks), sum(map(bool, chosen)), tuple(categories))

    def _objects(
        self, name: str, answers: list[Response], mids: list[AnnotationsByMid]
    ) -> _WeightedMark | None:
        objects_per_answer = [
            read_objects(answer, each) for answer, each in zip(answers, mids, strict=True)
        ]
        found = [
            self._object_pair(
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

    def _object_pair(
        self,
        name: str,
        objects_per_answer: tuple[list[AnnotatedObject], list[AnnotatedObject]],
        mids: list[AnnotationsByMid],
    ) -> _WeightedMark:
        def below(one: AnnotatedObject, other: AnnotatedObject) -> _WeightedMark | None:
            if not one.children and not other.children:
                return None
            return self._level([one.children, other.children], mids, "honeypot")

        pairs = match_objects(*objects_per_answer, below)
        matched_indexes = [{pair.one for pair in pairs}, {pair.other for pair in pairs}]
        unmatched = [
            thing
            for side, used in zip(objects_per_answer, matched_indexes, strict=True)
            for index, thing in enumerate(side)
            if index not in used
        ]
        marked = [(objects_per_answer[0][pair.one], pair.mark) for pair in pairs] + [
            (each, 0.0) for each in unmatched
        ]
        own_categories = (
            (f"{name}.{each}", mark) for thing, mark in marked for each in thing.classes
        )
        nested = (each for pair in pairs if pair.below for each in pair.below.categories)
        return _WeightedMark(
            _mean([mark for _, mark in marked]), len(marked), (*own_categories, *nested)
        )


def _pairwise(values: list[Any], similarity: Callable[[Any, Any], float]) -> _WeightedMark | None:
    """Values compared two by two; an empty one is nothing that was answered."""
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
    """The sub-jobs below a class, wherever it is among those chosen."""
    categories_of_answer = dicts(answer.get("categories"))
    below = [sub_answers(each) for each in categories_of_answer if each.get("name") == category]
    return {name: value for each in below for name, value in each.items()}


def _average(outcomes: Iterator[_WeightedMark]) -> _WeightedMark | None:
    """Jobs side by side: each weighs as much as it has annotations."""
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
