"""Infer a json interface from labels: an export of the SDK has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kili_emulator.rules.response import PSEUDO_JOBS, VIDEO_TYPES, is_frame, sections

Interface = dict[str, Any]

# member of an annotation → the task of its job; the first one that occurs decides
_TASKS_OF_OBJECTS = (
    ("startEntities", "NAMED_ENTITIES_RELATION"),
    ("startObjects", "OBJECT_RELATION"),
    ("beginOffset", "NAMED_ENTITIES_RECOGNITION"),
    ("content", "NAMED_ENTITIES_RECOGNITION"),
)
# member of an answer without objects and categories → task
_TASKS_OF_ANSWERS = (
    ("text", "TRANSCRIPTION"),
    ("orders", "RANKING"),
    ("fileId", "FILE"),
    ("choice", "COMPARISON"),
    ("code", "COMPARISON"),
)
_DEFAULT_TOOL = "rectangle"


class _Job:
    """What the labels tell about one job."""

    def __init__(self) -> None:
        self.task = ""
        self.is_child = False
        self.tools: dict[str, None] = {}
        self.categories: dict[str, dict[str, None]] = {}  # category → its sub-jobs
        self.most_categories = 0

    def add(self, answer: dict[str, Any]) -> None:
        objects = answer.get("annotations")
        for each in objects if isinstance(objects, list) else ():
            if isinstance(each, dict):
                self._add_object(each)
        self._add_categories(answer)
        if not self.task and isinstance(answer.get("categories"), list):
            self.task = "CLASSIFICATION"
        for member, task in _TASKS_OF_ANSWERS:
            if not self.task and member in answer:
                self.task = task

    def _add_object(self, found: dict[str, Any]) -> None:
        inferred = next(
            (task for member, task in _TASKS_OF_OBJECTS if member in found), "OBJECT_DETECTION"
        )
        self.task = self.task or inferred
        if self.task == "OBJECT_DETECTION":
            self.tools[str(found.get("type") or _DEFAULT_TOOL)] = None
        self._add_categories(found)

    def _add_categories(self, holder: dict[str, Any]) -> None:
        found = holder.get("categories")
        names = [each for each in found or () if isinstance(each, dict) and each.get("name")]
        self.most_categories = max(self.most_categories, len(names))
        for each in names:
            sub_jobs = self.categories.setdefault(str(each["name"]), {})
            for source in (each, holder):
                children = source.get("children")
                sub_jobs |= dict.fromkeys(children if isinstance(children, dict) else ())

    def content(self, name: str) -> dict[str, Any]:
        """Return the job as an interface has it."""
        content: dict[str, Any] = {
            "categories": {
                each: {"name": each, "children": list(sub_jobs)}
                for each, sub_jobs in self.categories.items()
            }
        }
        if self.task == "CLASSIFICATION":
            content["input"] = "radio" if self.most_categories <= 1 else "checkbox"
        elif self.task == "TRANSCRIPTION":
            content = {"input": "textField"}
        else:
            content["input"] = "radio"
        job: dict[str, Any] = {
            "content": content,
            "instruction": name,
            "isChild": self.is_child,
            "mlTask": self.task,
            "required": 0,
        }
        if self.task == "OBJECT_DETECTION":
            job["tools"] = list(self.tools)
        return job


def infer_interface(responses: Iterable[dict[str, Any]], input_type: str) -> Interface:
    """Return an interface that all responses fit: jobs in the order in which they first occur."""
    jobs: dict[str, _Job] = {}
    for response in responses:
        for _, section in sections(response, input_type):
            for name, answer, is_child in _answers(section, is_child=False):
                job = jobs.setdefault(name, _Job())
                job.is_child |= is_child
                job.add(answer)
    return {"jobs": {name: job.content(name) for name, job in jobs.items() if job.task}}


def _answers(section: Any, *, is_child: bool) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield the answers of a section, and those of sub-jobs below them."""
    if not isinstance(section, dict):
        return
    for name, answer in section.items():
        if name in PSEUDO_JOBS or not isinstance(answer, dict):
            continue
        yield name, answer, is_child
        for holder in _holders(answer):
            yield from _answers(holder.get("children"), is_child=True)


def _holders(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an answer and all nodes below it that can have sub-jobs."""
    yield answer
    for member in ("annotations", "categories", "points"):
        found = answer.get(member)
        for each in found if isinstance(found, list) else ():
            if isinstance(each, dict):
                yield from _holders(each)


def infer_input_type(contents: Iterable[str], responses: Iterable[dict[str, Any]]) -> str:
    """Return the input type of a project by its contents and labels; ``IMAGE`` if nothing tells.

    Args:
        contents: the names or URLs of the contents.
    """
    for name in contents:
        suffix = name.partition("?")[0].rpartition(".")[2].lower()
        if suffix in _TYPES_OF_SUFFIXES:
            return _TYPES_OF_SUFFIXES[suffix]
    for response in responses:
        if response and all(map(is_frame, map(str, response))):
            return VIDEO_TYPES[0]
        for _, answer, _ in _answers(response, is_child=False):
            objects = answer.get("annotations") or [{}]
            first = objects[0] if isinstance(objects, list) and objects else {}
            if isinstance(first, dict) and "beginOffset" in first:
                return "TEXT"
            if isinstance(first, dict) and ("polys" in first or "pageNumberArray" in first):
                return "PDF"
    return "IMAGE"


_TYPES_OF_SUFFIXES = {
    **dict.fromkeys(("bmp", "gif", "jpeg", "jpg", "png", "webp"), "IMAGE"),
    **dict.fromkeys(("avi", "mkv", "mov", "mp4", "webm"), "VIDEO"),
    **dict.fromkeys(("flac", "mp3", "wav"), "AUDIO"),
    **dict.fromkeys(("jp2", "ntf"), "GEOSPATIAL"),
    "pdf": "PDF",
    "txt": "TEXT",
}
