"""The grammar of a json response: the places of answers, objects and categories.

See contract/json-response.md#form.

All tasks and input types share one grammar. A *section* maps jobs to answers. A response is a
section, and so is each frame of a video and each member ``children`` with the answers of sub-jobs.
The members ``annotations``, ``categories`` and ``points`` of a node are lists of nodes::

    section := {job: node}            node := {annotations: [node], categories: [node],
                                               points: [node], children: section, …}

:func:`walk` yields all nodes; the modules that check and count responses use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

Response = dict[str, Any]
Kind = Literal["answer", "object", "position", "category", "point"]
ReportMalformed = Callable[[str, str, Any], None]

VIDEO_TYPES = ("VIDEO", "VIDEO_LEGACY")
ASSET_LEVEL = "assetLevel"

# The members that the app and the SDK store beside the jobs of an interface.
PSEUDO_JOBS = frozenset({"ROTATION_JOB", "ANNOTATION_JOB_COUNTER", "ANNOTATION_NAMES_JOB"})

MAX_DEPTH = 64

_FRAME_DIGITS = 9  # frames are numbers of 32 bits

_LISTS: dict[str, Kind] = {"categories": "category", "annotations": "object", "points": "point"}


class Node(NamedTuple):
    """A node of a response.

    Attributes:
        job: the job of the answer that the node is, or is in.
        kind: the role of the node. A position is the part of an object on pages of a PDF.
        value: the value of the node; a ``dict``, unless the response has the wrong form.
        is_key: whether the node was drawn in its video frame; false if it was propagated there.
        depth: the number of nodes above the node.
    """

    job: str
    kind: Kind
    value: Any
    is_key: bool = True
    depth: int = 0


def _ignore(job: str, member: str, value: Any) -> None:
    """Ignore a malformed place: no node is below it."""


def is_frame(name: str) -> bool:
    """Return whether a member of the response of a video is a frame."""
    return name.isascii() and name.isdigit() and len(name) <= _FRAME_DIGITS


def sections(response: Response, input_type: str) -> Iterator[tuple[str | None, Any]]:
    """Yield the frames of a video and their sections; otherwise yield the response as one section.

    Yields:
        the name of the frame and its section. The name is ``None`` for a response that is not a
        video's, and for the members of a video's response that are not frames.
    """
    if input_type not in VIDEO_TYPES:
        yield None, response
        return
    frames = {name: each for name, each in response.items() if is_frame(name)}
    frames |= {name: response[name] for name in (ASSET_LEVEL,) if name in response}
    yield from frames.items()
    rest = {name: each for name, each in response.items() if name not in frames}
    if rest:
        yield None, rest


def walk(
    response: Response, input_type: str, report_malformed: ReportMalformed = _ignore
) -> Iterator[Node]:
    """Yield all nodes of a response, each before the nodes below it.

    Args:
        report_malformed: called with a job (or frame), a member and its value if the value is not
            the list or object that the grammar requires; the member is ``depth`` if the response
            is nested too deeply. A node whose own value is not an object is yielded.
    """
    for frame, section in sections(response, input_type):
        if not isinstance(section, dict):
            report_malformed(frame or "", "frame", section)
            continue
        for job, answer in section.items():
            if job not in PSEUDO_JOBS:
                yield from _walk(Node(job, "answer", answer), input_type, report_malformed)


def _walk(root: Node, input_type: str, report_malformed: ReportMalformed) -> Iterator[Node]:
    has_frames = input_type in VIDEO_TYPES
    pending = [root]
    while pending:
        node = pending.pop()
        is_object = isinstance(node.value, dict)
        if has_frames and is_object:
            is_key = node.value.get("isKeyFrame", node.is_key) is not False
            if is_key != node.is_key:
                node = node._replace(is_key=is_key)
        yield node
        if not is_object:
            continue
        if node.depth == MAX_DEPTH:
            report_malformed(node.job, "depth", node.value)
            continue
        children = _child_nodes(node, report_malformed) + _sub_answers(node, report_malformed)
        pending += reversed(children)


def _child_nodes(node: Node, report_malformed: ReportMalformed) -> list[Node]:
    job, kind, value, is_key, depth = node
    children: list[Node] = []
    for member, member_kind in _LISTS.items():
        if member not in value:
            continue
        elements = value[member]
        if not isinstance(elements, list):
            report_malformed(job, member, elements)
            continue
        is_position = member_kind == "object" and kind in ("object", "position")
        child_kind: Kind = "position" if is_position else member_kind
        children += [Node(job, child_kind, each, is_key, depth + 1) for each in elements]
    return children


def _sub_answers(node: Node, report_malformed: ReportMalformed) -> list[Node]:
    answers = node.value.get("children") or {}
    if not isinstance(answers, dict):
        report_malformed(node.job, "children", answers)
        return []
    return [
        Node(job, "answer", answer, node.is_key, node.depth + 1) for job, answer in answers.items()
    ]


def find_unanswered_jobs(response: Response, jobs: dict[str, Any], input_type: str) -> list[str]:
    """Return the required jobs of an interface for which a response has no answer."""
    answered = {
        job
        for _, section in sections(response, input_type)
        if isinstance(section, dict)
        for job, answer in section.items()
        if isinstance(answer, dict) and any(answer.values())
    }
    return [
        name
        for name, job in jobs.items()
        if job.get("required") and not job.get("isChild") and name not in answered
    ]
