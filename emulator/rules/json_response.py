"""Does a label's response fit the project's json interface? (contract §6.3, §11.11)

Refused: a job that the interface does not have, a category that its job does not have, at any
depth, and values of the wrong shape. Everything else is accepted as it is, as the platform does:
extra members, missing ``mid`` or ``children``, an unfilled required job.
"""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.rules.json_text import parse_json

# What the app stores beside the jobs of an interface (contract §6.7).
_PSEUDO_JOBS = ("ROTATION_JOB",)


def parse_json_response(text: str) -> dict[str, Any]:
    """Read the text of a json response.

    Raises:
        KiliError: it is not a JSON object.
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


def check_json_response(response: dict[str, Any], jobs: dict[str, Any]) -> None:
    """Check a response against the jobs of a json interface.

    Args:
        response: job name → what was annotated.
        jobs: the interface's ``jobs`` member.

    Raises:
        KiliError: a job or category is unknown, or a value has the wrong shape.
    """
    for name, answer in response.items():
        if name not in jobs and name in _PSEUDO_JOBS:
            continue
        if name not in jobs:
            known = ", ".join(sorted(jobs)) or "none"
            raise errors.json_response_malformed(
                errors.RESPONSE_UNKNOWN_JOB.format(job=name, known=known)
            )
        _check_object(answer, f'the answer to job "{name}"')
        _check_job(name, answer, jobs)


def _check_job(name: str, answer: dict[str, Any], jobs: dict[str, Any]) -> None:
    _check_categories(name, answer, jobs)
    annotations = answer.get("annotations", [])
    if not isinstance(annotations, list):
        raise errors.json_response_malformed(
            errors.RESPONSE_NOT_A_LIST.format(member="annotations", job=name)
        )
    for annotation in annotations:
        _check_object(annotation, f'each annotation of job "{name}"')
        _check_categories(name, annotation, jobs)
        _check_children(name, annotation, jobs)


def _check_categories(name: str, holder: dict[str, Any], jobs: dict[str, Any]) -> None:
    categories = holder.get("categories", [])
    if not isinstance(categories, list):
        raise errors.json_response_malformed(
            errors.RESPONSE_NOT_A_LIST.format(member="categories", job=name)
        )
    allowed = (jobs[name].get("content") or {}).get("categories") or {}
    for category in categories:
        _check_object(category, f'each category of job "{name}"')
        if category.get("name") not in list(allowed):  # it need not be hashable
            known = ", ".join(sorted(allowed)) or "none"
            raise errors.json_response_malformed(
                errors.RESPONSE_UNKNOWN_CATEGORY.format(
                    category=category.get("name"), job=name, known=known
                )
            )
        _check_children(name, category, jobs)


def _check_children(name: str, holder: dict[str, Any], jobs: dict[str, Any]) -> None:
    children = holder.get("children") or {}
    _check_object(children, f'"children" in job "{name}"')
    check_json_response(children, jobs)


def _check_object(value: Any, what: str) -> None:
    if not isinstance(value, dict):
        raise errors.json_response_malformed(
            errors.RESPONSE_NOT_AN_OBJECT.format(what=what, kind=type(value).__name__)
        )
