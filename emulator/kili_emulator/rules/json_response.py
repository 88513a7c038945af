"""The check that a json response fits the json interface (contract/json-response.md#checks).

Refused, at any depth: a job that the interface does not have, a category that its job does not
have, a relation with an end that is not in the response, values of the wrong form, and content that
the job could never show (`response_fit`).
Everything else is accepted unchanged, as on the platform: extra members, a missing ``mid`` or
``children``, a required job without an answer.
"""

from __future__ import annotations

from typing import Any, NoReturn

from kili_emulator import errors
from kili_emulator.rules.json_text import parse_json
from kili_emulator.rules.response import ASSET_LEVEL, VIDEO_TYPES, Node, walk
from kili_emulator.rules.response_fit import find_misfits
from kili_emulator.rules.response_shapes import ML_TASKS, RELATION_ENDS, SHAPES

Jobs = dict[str, Any]

# task → the members of its relations
_ENDS_BY_TASK = {
    task: ends
    for task, members in ML_TASKS.items()
    if (ends := [each for each in members if each in RELATION_ENDS])
}

_NODE_DESCRIPTIONS = {
    "answer": 'the answer to job "{job}"',
    "category": 'each category of job "{job}"',
    "object": 'each annotation of job "{job}"',
    "position": 'each position of an annotation of job "{job}"',
    "point": 'each point of job "{job}"',
}


def parse_json_response(text: str) -> dict[str, Any]:
    """Read the text of a json response.

    Raises:
        KiliError: the text is not a JSON object.
    """
    try:
        response = parse_json(text)
    except ValueError as error:
        detail = errors.RESPONSE_NOT_JSON.format(reason=error)
        raise errors.json_response_malformed(detail) from None
    if not isinstance(response, dict):
        raise errors.json_response_malformed(
            errors.RESPONSE_NOT_JOBS.format(kind=type(response).__name__)
        )
    return response


def check_json_response(response: dict[str, Any], jobs: Jobs, input_type: str) -> list[Node]:
    """Check a response against the jobs of a json interface; return its nodes.

    Args:
        response: job name → answer; in a VIDEO project, frame → job name → answer.
        jobs: the ``jobs`` member of the json interface.
        input_type: the input type of the project.

    Raises:
        KiliError: a job or category is unknown, or a value has the wrong form or cannot be shown.
    """
    nodes: list[Node] = []
    mids: set[str] = set()
    ends: list[tuple[str, str]] = []
    for node in walk(response, input_type, _raise_malformed):
        _check_node(node, jobs, input_type)
        if isinstance(node.value.get("mid"), str):
            mids.add(node.value["mid"])
        ends += _relation_ends(node, jobs)
        nodes.append(node)
    for node in nodes:
        for detail in find_misfits(node, jobs[node.job]):
            raise errors.json_response_malformed(detail)
    for job, mid in ends:
        if mid not in mids:
            raise errors.json_response_malformed(
                errors.RESPONSE_UNKNOWN_END.format(job=job, mid=mid)
            )
    return nodes


def _check_node(node: Node, jobs: Jobs, input_type: str) -> None:
    if node.job not in jobs:
        known = ", ".join(sorted(jobs)) or "none"
        message = errors.RESPONSE_UNKNOWN_JOB.format(job=node.job, known=known)
        frames = errors.RESPONSE_FRAMES.format(asset_level=ASSET_LEVEL)
        raise errors.json_response_malformed(message + frames * (input_type in VIDEO_TYPES))
    if not isinstance(node.value, dict):
        name = _NODE_DESCRIPTIONS[node.kind].format(job=node.job)
        kind = type(node.value).__name__
        raise errors.json_response_malformed(
            errors.RESPONSE_NOT_AN_OBJECT.format(name=name, kind=kind)
        )
    members = ML_TASKS.get(jobs[node.job].get("mlTask"), ())
    if node.kind == "category":
        _check_category(node, jobs)
        members = ("confidence",)
    for member in members:
        if member in node.value:
            _check_form(node, member)


def _check_category(node: Node, jobs: Jobs) -> None:
    allowed = (jobs[node.job].get("content") or {}).get("categories") or {}
    name = node.value.get("name")
    if not isinstance(name, str) or name not in allowed:
        known = ", ".join(sorted(allowed)) or "none"
        raise errors.json_response_malformed(
            errors.RESPONSE_UNKNOWN_CATEGORY.format(category=name, job=node.job, known=known)
        )


def _check_form(node: Node, member: str) -> None:
    value = node.value[member]
    form, is_valid = SHAPES[member]
    if value is not None and not is_valid(value):
        raise errors.json_response_malformed(
            errors.RESPONSE_WRONG_FORM.format(member=member, job=node.job, form=form)
        )


def _relation_ends(node: Node, jobs: Jobs) -> list[tuple[str, str]]:
    """Return the ends of a relation as pairs of job and ``mid``; none if it is not a relation."""
    members = _ENDS_BY_TASK.get(jobs[node.job].get("mlTask"), ())
    return [(node.job, end["mid"]) for member in members for end in node.value.get(member) or ()]


def _raise_malformed(job: str, member: str, value: Any) -> NoReturn:
    """Raise the error for a place where a list or an object is missing (`response.walk`)."""
    kind = type(value).__name__
    if member == "depth":
        detail = errors.RESPONSE_TOO_DEEP.format(job=job)
    elif member == "frame":
        detail = errors.RESPONSE_NOT_AN_OBJECT.format(name=f'the value of "{job}"', kind=kind)
    elif member == "children":
        detail = errors.RESPONSE_NOT_AN_OBJECT.format(name=f'"children" in job "{job}"', kind=kind)
    else:
        detail = errors.RESPONSE_NOT_A_LIST.format(member=member, job=job)
    raise errors.json_response_malformed(detail)
