"""The grammar of a json response: where answers, objects and categories are.

See contract/json-response.md#form.

It is one for all tasks and inputs. A *section* maps jobs to answers: a response is one, each
frame of a video's is, and so are the ``children`` of whatever can have sub-jobs. Below an answer,
lists of the members ``annotations``, ``categories`` and ``points`` hold more of the same::

    section := {job: node}            node := {annotations: [node], categories: [node],
                                               points: [node], children: section, …}

Checking and counting walk it here, so that neither has to know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

Response = dict[str, Any]
Kind = Literal["answer", "object", "position", "category", "point"]
ReportMalformed = Callable[[str, str, Any], None]

VIDEO_TYPES = ("VIDEO", "VIDEO_LEGACY")
ASSET_LEVEL = "assetLevel"

# What the app and the SDK store beside the jobs of an interface.
PSEUDO_JOBS = frozenset({"ROTATION_JOB", "ANNOTATION_JOB_COUNTER", "ANNOTATION_NAMES_JOB"})

MAX_DEPTH = 64

_FRAME_DIGITS = 9  # frames are numbers of 32 bits

_LISTS: dict[str, Kind] = {"categories": "category", "annotations": "object", "points": "point"}


class Node(NamedTuple):
    """A place of a response.

    Attributes:
        job: whose answer it is or is in.
        kind: what it is there. A position is an object's part on the pages of a PDF.
        value: what stands there; an object, unless the response has the wrong shape.
        is_key: in a video, whether it was drawn in its frame, not propagated to it.
    """

    job: str
    kind: Kind
    value: Any
    is_key: bool = True
    depth: int = 0


def _ignore(job: str, member: str, value: Any) -> None:
    """Walk on: nothing is to be found there."""


def is_frame(name: str) -> bool:
    """Whether a member of a video's response is a frame."""
    return name.isascii() and name.isdigit() and len(name) <= _FRAME_DIGITS


def sections(response: Response, input_type: str) -> Iterator[tuple[str | None, Any]]:
    """The frames of a video with what is answered there; of anything else, all as one section."""
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
    """All places of a response, each before those below it.

    Args:
        report_malformed: told of a job (or frame), a member and its value, when that is no list or object
            as it should be. A value that is none of an object where one is needed comes as a node.
    """
    for frame, section in sections(response, input_type):
        if isinstance(section, dict):
            for job, answer in section.items():
                if job not in PSEUDO_JOBS:
                    yield from _walk(Node(job, "answer", answer), input_type, report_malformed)
        else:
            report_malformed(frame or "", "frame", section)


def _walk(node: Node, input_type: str, report_malformed: ReportMalformed) -> Iterator[Node]:
    if input_type in VIDEO_TYPES and isinstance(node.value, dict):
        is_key = node.value.get("isKeyFrame", node.is_key) is not False
        if is_key != node.is_key:
            node = node._replace(is_key=is_key)
    yield node
    if not isinstance(node.value, dict):
        return
    if node.depth == MAX_DEPTH:
        report_malformed(node.job, "depth", node.value)
        return
    for child in (*_child_nodes(node, report_malformed), *_sub_answers(node, report_malformed)):
        yield from _walk(child, input_type, report_malformed)


def _child_nodes(node: Node, report_malformed: ReportMalformed) -> Iterator[Node]:
    for member, kind in _LISTS.items():
        values = node.value.get(member, [])
        if not isinstance(values, list):
            report_malformed(node.job, member, values)
            continue
        is_position = kind == "object" and node.kind in ("object", "position")
        for value in values:
            yield Node(
                node.job, "position" if is_position else kind, value, node.is_key, node.depth + 1
            )


def _sub_answers(node: Node, report_malformed: ReportMalformed) -> Iterator[Node]:
    children = node.value.get("children") or {}
    if not isinstance(children, dict):
        report_malformed(node.job, "children", children)
        return
    for job, answer in children.items():
        yield Node(job, "answer", answer, node.is_key, node.depth + 1)


def find_unanswered_jobs(response: Response, jobs: dict[str, Any], input_type: str) -> list[str]:
    """The jobs that an interface requires, and that a response says nothing about."""
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
