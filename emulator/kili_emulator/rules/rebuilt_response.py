"""The json response that clients from 2.148 to 26.1 rebuild from typed annotations.

See contract/annotation.md#typed-annotations.

This module only finds out whether the annotations hold the whole response. It does not rebuild
objects that move between two frames: clients interpolate them, and their numbers would differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kili_emulator.rules.response import VIDEO_TYPES, Response
from kili_emulator.rules.typed_values import tool_of

Typed = dict[str, Any]
Jobs = dict[str, Any]

_INTERPOLATED_TOOLS = ("marker", "rectangle")
_COUNTER, _NAMES = "ANNOTATION_JOB_COUNTER", "ANNOTATION_NAMES_JOB"


class UnrecoverableResponseError(Exception):
    """A client could not rebuild the response from the annotations alone."""


def can_rebuild_response(
    annotations: list[Typed], response: Response, jobs: Jobs, input_type: str
) -> bool:
    """Return whether a client rebuilds the exact response from the annotations of a label.

    The counters and names that clients add to the first frame of a video may be missing from the
    response.
    """
    tree = _AnnotationTree(jobs, geospatial=input_type == "GEOSPATIAL")
    for each in annotations:
        tree.add(each)
    try:
        if input_type not in VIDEO_TYPES:
            return tree.section(annotations) == response
        rebuilt = _video(tree, annotations, len(response))
    except UnrecoverableResponseError:
        return False
    first_frame = response.get("0", {})
    for name in (_COUNTER, _NAMES):
        if name not in first_frame:
            rebuilt.get("0", {}).pop(name, None)
    return rebuilt == response


def _video(tree: _AnnotationTree, annotations: list[Typed], length: int) -> Response:
    frames: dict[int, list[Typed]] = defaultdict(list)
    for each in annotations:
        if len(each["path"]) > 1:
            # Clients up to 2.156 rebuild annotations on the second level twice.
            raise UnrecoverableResponseError
        for frame, snapshot in _snapshots(each, tool_of(tree.jobs[each["job"]])):
            frames[frame].append(snapshot)
    end = max(frames, default=-1) + 1
    if end > length:
        # Clients fill in frames that the response does not have.
        raise UnrecoverableResponseError
    video = {str(frame): tree.section(frames.get(frame, [])) for frame in range(end)}
    objects = [each for each in annotations if "mid" in each]
    if objects:
        video["0"] |= {_COUNTER: {}, _NAMES: {each["mid"]: each["name"] for each in objects}}
    for each in objects:
        counter = video["0"][_COUNTER].setdefault(each["job"], {})
        counter[each["category"]] = counter.get(each["category"], 0) + 1
    return video


def _snapshots(annotation: Typed, tool: str | None) -> Iterator[tuple[int, Typed]]:
    """Yield the frames of a video annotation, each with the annotation in this frame."""
    keys = {key["frame"]: key["annotationValue"] for key in annotation["keyAnnotations"]}
    is_interpolated = "mid" in annotation and tool in _INTERPOLATED_TOOLS
    for interval in annotation["frames"]:
        value = None
        for frame in range(interval["start"], interval["end"] + 1):
            value = keys.get(frame, value)
            if value is None or (is_interpolated and frame not in keys and frame < max(keys)):
                raise UnrecoverableResponseError
            yield frame, annotation | {"annotationValue": value, "isKeyFrame": frame in keys}


@dataclass(frozen=True)
class _AnnotationTree:
    """The annotations of a label as a tree.

    Attributes:
        nested: annotation id → the annotations of its sub-jobs.
    """

    jobs: Jobs
    geospatial: bool
    nested: dict[str, list[Typed]] = field(default_factory=lambda: defaultdict(list))

    def add(self, annotation: Typed) -> None:
        if annotation["path"]:
            self.nested[annotation["path"][-1][0]].append(annotation)

    def section(self, visible: list[Typed]) -> Response:
        """Rebuild the answers of one section (the response, or a frame) from its annotations."""
        annotations_by_id = {each["id"]: each for each in visible}
        section: Response = {}
        for each in annotations_by_id.values():
            if not each["path"] and "mid" in each:
                objects = section.setdefault(each["job"], {}).setdefault("annotations", [])
                objects.append(self._object(each, annotations_by_id))
            elif not each["path"]:
                section[each["job"]] = self._answer(each, annotations_by_id)
        return section

    def _answer(self, annotation: Typed, annotations_by_id: dict[str, Typed]) -> Response:
        value = annotation["annotationValue"]
        if "categories" in value:
            nested = self._children(annotation, annotations_by_id)
            names = value["categories"]
            value = {"categories": [self._category(annotation, each, nested) for each in names]}
        return {**value, **_key_frame_member(annotation)}

    def _category(self, annotation: Typed, name: str, nested: Response) -> Response:
        """Rebuild a category with the answers of its sub-jobs.

        Like clients, give a sub-job the same answer in each category in which it occurs.
        """
        step = [annotation["id"], name]
        found = {each["job"] for each in self.nested[annotation["id"]] if step in each["path"]}
        children = {job: nested[job] for job in nested if job in found}
        return {"name": name, "children": children} if children else {"name": name}

    def _children(self, annotation: Typed, annotations_by_id: dict[str, Typed]) -> Response:
        children: Response = {}
        for each in self.nested[annotation["id"]]:
            if "mid" in each:
                raise UnrecoverableResponseError  # clients fail at nested objects
            if each["id"] in annotations_by_id:
                children[each["job"]] = self._answer(
                    annotations_by_id[each["id"]], annotations_by_id
                )
        return children

    def _object(self, annotation: Typed, annotations_by_id: dict[str, Typed]) -> Response:
        tool = tool_of(self.jobs[annotation["job"]])
        groups = annotation["annotationValue"]["vertices"]
        object_annotation = {
            "categories": [{"name": annotation["category"]}],
            "children": self._children(annotation, annotations_by_id),
            "mid": annotation["mid"],
            "type": tool,
            **_key_frame_member(annotation),
        }
        if tool == "marker":
            object_annotation["point"] = groups[0][0][0]
        elif tool == "polyline" and self.geospatial:
            object_annotation["polyline"] = groups[0][0]
        elif tool in ("rectangle", "polygon"):
            object_annotation["boundingPoly"] = [{"normalizedVertices": groups[0][0]}]
        elif tool == "semantic":
            polygons = [[{"normalizedVertices": ring} for ring in group] for group in groups]
            object_annotation["boundingPoly"] = polygons if self.geospatial else polygons[0]
        return object_annotation


def _key_frame_member(annotation: Typed) -> Response:
    """Return the member ``isKeyFrame``, which every annotation of a video frame has."""
    return {"isKeyFrame": annotation["isKeyFrame"]} if "isKeyFrame" in annotation else {}
