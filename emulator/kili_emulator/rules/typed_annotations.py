"""The typed annotations of a json response, which clients from 2.148 to 26.1 request.

See contract/annotation.md#typed-annotations.

For some input types these clients rebuild the response from the annotations. The list must then
hold the whole response, or be empty: with an empty list, clients keep the response unchanged. For
all other input types the list holds as much as possible. Among them are projects with
conversations, for which newer clients request only the annotations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kili_emulator.rules.rebuilt_response import can_rebuild_response
from kili_emulator.rules.response import VIDEO_TYPES, Response, is_frame
from kili_emulator.rules.typed_values import answer_value, object_value

Typed = dict[str, Any]
Jobs = dict[str, Any]

_REBUILT_INPUT_TYPES = (*VIDEO_TYPES, "GEOSPATIAL", "LLM_RLHF")

# input type → the types at which clients fail: newer clients do not request the value of a ranking,
# older clients do not know a comparison.
_UNREADABLE_TYPENAMES = {
    "LLM_INSTR_FOLLOWING": ("ObjectDetectionAnnotation", "RankingAnnotation"),
    "LLM_RLHF": ("ComparisonAnnotation", "ObjectDetectionAnnotation", "RankingAnnotation"),
    "LLM_STATIC": ("ObjectDetectionAnnotation", "RankingAnnotation"),
}
_VIDEO_TYPENAMES = (
    "ClassificationAnnotation",
    "ObjectDetectionAnnotation",
    "TranscriptionAnnotation",
)


def typed_annotations(
    label_id: str, response: Response, jobs: Jobs, input_type: str
) -> list[Typed]:
    """Return the typed annotations of a label.

    Args:
        response: a json response that fits the jobs.
        jobs: the ``jobs`` member of the json interface.

    Returns:
        objects with the members of the API's types and ``__typename``. Parents come before their
        sub-jobs, whose ``path`` is a list of [annotation id, category]. An id depends only on the
        label and on the place of the annotation in the response.
    """
    reader = _SectionReader(label_id, jobs)
    if input_type in VIDEO_TYPES:
        collected = list(_video_annotations(reader, response))
    else:
        collected = list(reader.section(response, []))
    unreadable = _UNREADABLE_TYPENAMES.get(input_type, ())
    collected = [each for each in collected if each["__typename"] not in unreadable]
    for each in collected:
        each.pop("isKeyFrame", None)
    if input_type in _REBUILT_INPUT_TYPES and not can_rebuild_response(
        collected, response, jobs, input_type
    ):
        return []
    return collected


@dataclass(frozen=True)
class _SectionReader:
    """The reader of the sections of a label's response."""

    label_id: str
    jobs: Jobs

    def section(self, section: Any, path: list[list[str]]) -> Iterator[Typed]:
        """Yield the annotations of all jobs of a section and of their sub-jobs."""
        for job, answer in section.items() if isinstance(section, dict) else ():
            if job not in self.jobs or not isinstance(answer, dict):
                continue
            objects = answer.get("annotations")
            for each in objects if isinstance(objects, list) else ():
                yield from self._object(job, each, path)
            if not isinstance(objects, list):
                yield from self._answer(job, answer, path)

    def _answer(self, job: str, answer: Response, path: list[list[str]]) -> Iterator[Typed]:
        typed = answer_value(answer)
        if not typed:
            return
        typename, value = typed
        if path and typename == "ComparisonAnnotation":
            return  # clients fail at a comparison in a sub-job
        annotation = self._annotation(typename, job, path, "")
        yield annotation | {
            "annotationValue": value,
            "chatItemId": None,
            "isKeyFrame": answer.get("isKeyFrame"),
        }
        if typename == "ClassificationAnnotation":
            for category in answer["categories"]:
                step = [annotation["id"], category["name"]]
                yield from self.section(category.get("children"), [*path, step])

    def _object(self, job: str, answer: Response, path: list[list[str]]) -> Iterator[Typed]:
        typed = object_value(answer, self.jobs[job])
        if not typed:
            return
        annotation = self._annotation("ObjectDetectionAnnotation", job, path, answer["mid"])
        name = answer.get("name")
        category = answer["categories"][0]["name"]
        yield annotation | {
            "annotationValue": typed,
            "category": category,
            "isKeyFrame": answer.get("isKeyFrame"),
            "mid": answer["mid"],
            "name": name if isinstance(name, str) else None,
        }
        yield from self.section(answer.get("children"), [*path, [annotation["id"], category]])

    def _annotation(self, typename: str, job: str, path: list[list[str]], mid: str) -> Typed:
        return {
            "__typename": typename,
            "id": self.derived_id(path, job, mid),
            "job": job,
            "labelId": self.label_id,
            "path": path,
        }

    def derived_id(self, *place: Any) -> str:
        """Return the id of the annotation at a place of the label."""
        text = json.dumps([self.label_id, *place])
        return self.label_id[:9] + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _video_annotations(reader: _SectionReader, response: Response) -> Iterator[Typed]:
    """Yield the annotations of a video, each with the list of its frames.

    Annotations of the video as a whole are left out: clients up to 2.165 fail at them.
    """
    names = response.get("0", {}).get("ANNOTATION_NAMES_JOB")
    collected: dict[str, Typed] = {}
    for frame in sorted((name for name in response if is_frame(name)), key=int):
        for each in reader.section(response[frame], []):
            if each["__typename"] in _VIDEO_TYPENAMES:
                _add_frame(reader, collected, each, int(frame))
    for each in collected.values():
        if isinstance(names, dict) and isinstance(names.get(each.get("mid")), str):
            each["name"] = names[each["mid"]]
    yield from collected.values()


def _add_frame(
    reader: _SectionReader, collected: dict[str, Typed], frame_annotation: Typed, frame: int
) -> None:
    """Add a frame to the collected annotation, and a key annotation if it was drawn there."""
    value, is_key = frame_annotation.pop("annotationValue"), frame_annotation.pop("isKeyFrame")
    frame_annotation.pop("chatItemId", None)
    typename = f"Video{frame_annotation['__typename']}"
    lists: Typed = {"__typename": typename, "frames": [], "keyAnnotations": []}
    annotation = collected.setdefault(frame_annotation["id"], frame_annotation | lists)
    intervals = annotation["frames"]
    if intervals and intervals[-1]["end"] >= frame - 1:
        intervals[-1]["end"] = frame
    else:
        intervals.append({"start": frame, "end": frame})
    if is_key is not False:
        key = {
            "__typename": typename.replace("Annotation", "KeyAnnotation"),
            "id": reader.derived_id(annotation["id"], frame),
            "frame": frame,
            "annotationValue": value,
        }
        annotation["keyAnnotations"].append(key)
