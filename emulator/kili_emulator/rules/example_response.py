"""Json responses that fit a json interface, for labels that stand for those of a labeler.

See contract/json-response.md#form, contract/simulated-user.md#example-responses.

Each job that can be answered has an answer, and each chosen category has the answers of its
sub-jobs. All choices come from a source of numbers in [0, 1), so that the same numbers make the
same response.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kili_emulator.rules.example_shapes import place_object, points_of_pose
from kili_emulator.rules.json_interface import Jobs, child_names
from kili_emulator.rules.response import VIDEO_TYPES, Response
from kili_emulator.rules.response_fit import tools_of
from kili_emulator.rules.response_shapes import SINGLE_CHOICES

Draw = Callable[[], float]
Job = dict[str, Any]

_ENTITIES, _OBJECTS = "NAMED_ENTITIES_RECOGNITION", ("OBJECT_DETECTION", "POSE_ESTIMATION")
_RELATIONS = {
    "NAMED_ENTITIES_RELATION": ("startEntities", "endEntities"),
    "OBJECT_RELATION": ("startObjects", "endObjects"),
}
_CLASSIFICATIONS = ("CLASSIFICATION", "PAGE_LEVEL_CLASSIFICATION")
_TRANSCRIPTIONS = ("TRANSCRIPTION", "SPEECH_TO_TEXT", "PAGE_LEVEL_TRANSCRIPTION")
_MAX_DEPTH = 6
_MAX_NODES = 2000
_MAX_OBJECTS = 3
_MAX_CATEGORIES = 10
_WORD = re.compile(r"\w+")
_SAMPLE = "An example text"
_TEXTS = {"number": "1", "date": "2026-01-05"}


def first_choices() -> float:
    """Return the number with which all first choices are taken."""
    return 0.0


def make_example(
    jobs: Jobs, input_type: str, draw: Draw = first_choices, text: str = ""
) -> Response:
    """Return a response that answers the jobs of an interface.

    Args:
        jobs: the jobs, as :func:`kili_emulator.rules.json_interface.parse_json_interface` returns
            them.
        input_type: the input type of the project.
        draw: returns numbers in [0, 1), which decide all choices.
        text: the text of the asset, if it is known: entities are words of it.

    Returns:
        the response; a job that cannot be answered, such as a classification without categories,
        is not in it.
    """
    return _Example(jobs, input_type, draw, text or _SAMPLE).make()


class _Example:
    """A response in the making; the arguments are those of :func:`make_example`."""

    def __init__(self, jobs: Jobs, input_type: str, draw: Draw, text: str) -> None:
        self._jobs, self._input_type, self._draw = jobs, input_type, draw
        self._words = list(_WORD.finditer(text)) or list(_WORD.finditer(_SAMPLE))
        self._mids: dict[tuple[str, str], list[str]] = {}  # kind and category → objects
        self._count = 0
        self._nodes = 0
        self._has_relations = any(job["mlTask"] in _RELATIONS for job in jobs.values())

    def make(self) -> Response:
        names = [name for name, job in self._jobs.items() if not job.get("isChild")]
        names.sort(key=lambda name: self._jobs[name]["mlTask"] in _RELATIONS)
        section = self._section(names, 0)
        if self._input_type not in VIDEO_TYPES:
            return section
        return {"0": _as_frame(section, is_key=True), "1": _as_frame(section, is_key=False)}

    def _section(self, names: list[str], depth: int) -> Response:
        answers = {name: self._answer(self._jobs[name], depth) for name in names}
        return {name: answer for name, answer in answers.items() if answer is not None}

    def _answer(self, job: Job, depth: int) -> Response | None:
        """Return the answer to a job; ``None`` if there is no answer to it."""
        self._nodes += 1
        task, content = job["mlTask"], job.get("content") or {}
        if task in _OBJECTS:
            return {"annotations": self._objects(job, depth)}
        if task == _ENTITIES:
            return {"annotations": self._entities(job, depth)}
        if task in _RELATIONS:
            return self._relation(job)
        if task in _CLASSIFICATIONS:
            chosen = self._categories(job, depth)
            return self._on_page(task, {"categories": chosen}) if chosen else None
        if task in _TRANSCRIPTIONS:
            return self._on_page(task, {"text": self._text(content)})
        return self._value(task, job)

    def _on_page(self, task: str, answer: Response) -> Response:
        """Return an answer, or for the tasks about single pages one for the first page."""
        if not task.startswith("PAGE_LEVEL"):
            return answer
        return {"annotations": [{**answer, "pageNumberArray": [1], "mid": self._new_mid()}]}

    def _value(self, task: str, job: Job) -> Response | None:
        """Return the answer to a job without chosen categories, objects and texts."""
        codes = list(_categories_of(job))
        if task == "COMPARISON":
            code = self._pick(codes) if codes else "IS_BETTER"
            return {"choice": {"code": code, "firstId": "1", "secondId": "2"}}
        if task == "RANKING":
            elements = codes[:_MAX_CATEGORIES] or ["1", "2"]
            ranks = enumerate(elements, 1)
            return {"orders": [{"rank": rank, "elements": [each]} for rank, each in ranks]}
        return None  # a file or an annotation of the whole asset has content of its own

    def _categories(self, job: Job, depth: int) -> list[Response]:
        """Return the chosen categories of a classification: at least one, if the job has any."""
        codes = list(_categories_of(job))[:_MAX_CATEGORIES]
        if not codes:
            return []
        first = self._pick(codes)
        content = job.get("content") or {}
        is_single = content.get("input") in SINGLE_CHOICES
        chosen = [code for code in codes if code == first or (not is_single and self._draw() > 0.5)]
        return [self._category(job, code, depth) for code in chosen]

    def _category(self, job: Job, code: str, depth: int) -> Response:
        category: Response = {"name": code, "confidence": 100}
        children = self._children(_categories_of(job)[code], depth)
        return {**category, "children": children} if children else category

    def _children(self, parent: Any, depth: int) -> Response:
        if depth >= _MAX_DEPTH or self._nodes >= _MAX_NODES:
            return {}
        names = child_names(parent, self._jobs)
        return self._section(list(dict.fromkeys(names)), depth + 1)

    def _objects(self, job: Job, depth: int) -> list[Response]:
        objects = []
        for code in self._object_categories(job):
            tool = self._pick(tools_of(job)) if tools_of(job) else "rectangle"
            if job["mlTask"] == "POSE_ESTIMATION":
                tool = "pose"
            drawn = place_object(tool, self._input_type, self._draw)
            if tool == "pose":
                points = (_categories_of(job).get(code) or {}).get("points") or []
                drawn = {"points": points_of_pose(points, self._draw)}
            objects.append({**self._object(job, code, "objects", depth), "type": tool, **drawn})
        return objects

    def _entities(self, job: Job, depth: int) -> list[Response]:
        entities = []
        for number, code in enumerate(self._object_categories(job)):
            place = int(self._draw() * len(self._words)) + number
            word = self._words[place % len(self._words)]
            offsets = {"beginId": "main", "beginOffset": word.start()}
            end = {"endId": "main", "endOffset": word.end(), "content": word[0]}
            entity = {**self._object(job, code, "entities", depth), **offsets, **end}
            if self._input_type == "PDF":
                entity["annotations"] = [place_object("rectangle", "PDF", self._draw)]
            entities.append(entity)
        return entities

    def _object(self, job: Job, code: str, kind: str, depth: int) -> Response:
        mid = self._new_mid()
        self._mids.setdefault((kind, code), []).append(mid)
        children = self._children(_categories_of(job)[code], depth) if code else {}
        categories = [{"name": code, "confidence": 100}] if code else []
        return {"categories": categories, "children": children, "mid": mid}

    def _object_categories(self, job: Job) -> list[str]:
        """Return the categories of the objects to draw; each one if relations may need it."""
        codes = list(_categories_of(job))[:_MAX_CATEGORIES] or [""]
        if self._has_relations:
            return codes
        count = 1 + int(self._draw() * _MAX_OBJECTS)
        return [self._pick(codes) for _ in range(count)]

    def _relation(self, job: Job) -> Response | None:
        members = _RELATIONS[job["mlTask"]]
        kind = "entities" if "Entities" in members[0] else "objects"
        for code, category in list(_categories_of(job).items())[:_MAX_CATEGORIES]:
            start, end = (self._mids_of(kind, category.get(each) or []) for each in members)
            if start and end:
                ends = {members[0]: [{"mid": start[0]}], members[1]: [{"mid": end[-1]}]}
                named = {"categories": [{"name": code}], "children": {}, "mid": self._new_mid()}
                return {"annotations": [{**named, **ends}]}
        return None

    def _mids_of(self, kind: str, codes: list[str]) -> list[str]:
        """Return the objects of some categories; of all, if the interface names none."""
        return [
            mid
            for (each_kind, code), mids in self._mids.items()
            if each_kind == kind and (not codes or code in codes)
            for mid in mids
        ]

    def _text(self, content: Any) -> str:
        fixed = _TEXTS.get(content.get("input", "")) if isinstance(content, dict) else None
        count = 1 + int(self._draw() * 5)
        return fixed or " ".join(each[0] for each in self._words[:count])

    def _pick(self, values: list[str]) -> str:
        return values[int(self._draw() * len(values))]

    def _new_mid(self) -> str:
        self._count += 1
        self._nodes += 1
        return f"example-{self._count}"


def _categories_of(job: Job) -> dict[str, Any]:
    return (job.get("content") or {}).get("categories") or {}


def _as_frame(section: Response, *, is_key: bool) -> Response:
    """Return the answers in one frame of a video, where they were given or are propagated to."""
    frame: Response = {}
    for job, answer in section.items():
        if "annotations" in answer:
            objects = [{**each, "isKeyFrame": is_key} for each in answer["annotations"]]
            frame[job] = {**answer, "annotations": objects}
        else:
            frame[job] = {**answer, "isKeyFrame": is_key}
    return frame
