"""What clients from 2.148 to 26.1 make of typed annotations: a response again.

See contract/annotation.md#typed-annotations.

Only for telling whether the annotations say all. Objects that move between two frames are not made:
clients interpolate those, and would not come to the very same numbers.
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

_INTERPOLATED = ("marker", "rectangle")
_COUNTER, _NAMES = "ANNOTATION_JOB_COUNTER", "ANNOTATION_NAMES_JOB"


class NotSaidError(Exception):
    """The annotations alone do not tell what the response is."""


def says_all(annotations: list[Typed], response: Response, jobs: Jobs, input_type: str) -> bool:
    """Whether a client makes of a label's annotations the very response that they were read from.

    What clients count and name by themselves, in a video's first frame, need not be in it.
    """
    family = _Family(jobs, geospatial=input_type == "GEOSPATIAL")
    for each in annotations:
        family.add(each)
    try:
        if input_type not in VIDEO_TYPES:
            return family.section(annotations) == response
        made = _video(family, annotations, len(response))
    except NotSaidError:
        return False
    given = response.get("0", {})
    for name in (_COUNTER, _NAMES):
        if name not in given:
            made.get("0", {}).pop(name, None)
    return made == response


def _video(family: _Family, annotations: list[Typed], length: int) -> Response:
    frames: dict[int, list[Typed]] = defaultdict(list)
    for each in annotations:
        if len(each["path"]) > 1:
            raise NotSaidError  # clients up to 2.156 make what is two levels down twice
        for frame, snapshot in _snapshots(each, tool_of(family.jobs[each["job"]])):
            frames[frame].append(snapshot)
    end = max(frames, default=-1) + 1
    if end > length:
        raise NotSaidError  # clients fill in the frames between, which the response does not have
    video = {str(frame): family.section(frames.get(frame, [])) for frame in range(end)}
    objects = [each for each in annotations if "mid" in each]
    if objects:
        video["0"] |= {_COUNTER: {}, _NAMES: {each["mid"]: each["name"] for each in objects}}
    for each in objects:
        counter = video["0"][_COUNTER].setdefault(each["job"], {})
        counter[each["category"]] = counter.get(each["category"], 0) + 1
    return video


def _snapshots(annotation: Typed, tool: str | None) -> Iterator[tuple[int, Typed]]:
    """A video's annotation in each of its frames."""
    keys = {key["frame"]: key["annotationValue"] for key in annotation["keyAnnotations"]}
    moves = "mid" in annotation and tool in _INTERPOLATED
    for interval in annotation["frames"]:
        value = None
        for frame in range(interval["start"], interval["end"] + 1):
            value = keys.get(frame, value)
            if value is None or (moves and frame not in keys and frame < max(keys)):
                raise NotSaidError
            yield frame, annotation | {"annotationValue": value, "isKeyFrame": frame in keys}


@dataclass(frozen=True)
class _Family:
    """The annotations of a label by what they are below."""

    jobs: Jobs
    geospatial: bool
    below: dict[str, list[Typed]] = field(default_factory=lambda: defaultdict(list))

    def add(self, annotation: Typed) -> None:
        if annotation["path"]:
            self.below[annotation["path"][-1][0]].append(annotation)

    def section(self, shown: list[Typed]) -> Response:
        """The answers that these annotations of one place make."""
        alive = {each["id"]: each for each in shown}
        section: Response = {}
        for each in alive.values():
            if not each["path"] and "mid" in each:
                objects = section.setdefault(each["job"], {}).setdefault("annotations", [])
                objects.append(self._object(each, alive))
            elif not each["path"]:
                section[each["job"]] = self._answer(each, alive)
        return section

    def _answer(self, annotation: Typed, alive: dict[str, Typed]) -> Response:
        value = annotation["annotationValue"]
        if "categories" in value:
            below = self._children(annotation, alive)
            names = value["categories"]
            value = {"categories": [self._category(annotation, each, below) for each in names]}
        return {**value, **_key(annotation)}

    def _category(self, annotation: Typed, name: str, below: Response) -> Response:
        """Clients do not ask of which category a sub-job's answer is, if it is of any."""
        step = [annotation["id"], name]
        found = {each["job"] for each in self.below[annotation["id"]] if step in each["path"]}
        children = {job: below[job] for job in below if job in found}
        return {"name": name, "children": children} if children else {"name": name}

    def _children(self, annotation: Typed, alive: dict[str, Typed]) -> Response:
        children: Response = {}
        for each in self.below[annotation["id"]]:
            if "mid" in each:
                raise NotSaidError  # clients fail at objects below others
            if each["id"] in alive:
                children[each["job"]] = self._answer(alive[each["id"]], alive)
        return children

    def _object(self, annotation: Typed, alive: dict[str, Typed]) -> Response:
        tool = tool_of(self.jobs[annotation["job"]])
        groups = annotation["annotationValue"]["vertices"]
        drawn = {
            "categories": [{"name": annotation["category"]}],
            "children": self._children(annotation, alive),
            "mid": annotation["mid"],
            "type": tool,
            **_key(annotation),
        }
        if tool == "marker":
            drawn["point"] = groups[0][0][0]
        elif tool == "polyline" and self.geospatial:
            drawn["polyline"] = groups[0][0]
        elif tool in ("rectangle", "polygon"):
            drawn["boundingPoly"] = [{"normalizedVertices": groups[0][0]}]
        elif tool == "semantic":
            polygons = [[{"normalizedVertices": ring} for ring in group] for group in groups]
            drawn["boundingPoly"] = polygons if self.geospatial else polygons[0]
        return drawn


def _key(annotation: Typed) -> Response:
    """In a video, all that is made says whether it was drawn in its frame."""
    return {"isKeyFrame": annotation["isKeyFrame"]} if "isKeyFrame" in annotation else {}
