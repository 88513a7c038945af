"""The reader of json interfaces: the jobs that the labelers of a project do.

See contract/json-interface.md#jobs.

The reader refuses only an interface that the platform could not show: an unknown task or tool, a
sub-job that does not exist or is nested in itself, and members of the wrong form. All other members
of a job are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from kili_emulator import errors
from kili_emulator.rules.json_text import parse_json
from kili_emulator.rules.response_shapes import ML_TASKS, RELATION_ENDS, TOOLS

Jobs = dict[str, Any]
MakeError = Callable[[str], errors.KiliError]

_KNOWN_INTERFACES = 64


@lru_cache(_KNOWN_INTERFACES)
def parse_json_interface(text: str, operation: str) -> Jobs:
    """Return the jobs of an interface; ``null`` and an interface without jobs have no jobs.

    The result is cached for all labels of a project: callers must not change it.

    Returns:
        job name → job.

    Raises:
        KiliError: the text is not JSON, or its jobs do not have the form that the platform uses.
    """

    def make_error(detail: str) -> errors.KiliError:
        return errors.json_interface_malformed(operation, detail)

    try:
        value = parse_json(text)
    except ValueError as error:
        raise make_error(errors.INTERFACE_NOT_JSON.format(reason=error)) from None
    jobs = value.get("jobs", {}) if isinstance(value, dict) else value
    if jobs is None:
        return {}
    if not isinstance(jobs, dict):
        raise make_error(errors.INTERFACE_NO_JOBS)
    for name, job in jobs.items():
        _check_job(name, job, make_error)
    sub_jobs_by_job = {name: set(_sub_jobs(name, jobs, make_error)) for name in jobs}
    _check_sub_jobs(sub_jobs_by_job, make_error)
    return jobs


def _check_job(name: str, job: Any, make_error: MakeError) -> None:
    if not isinstance(job, dict) or not isinstance(job.get("mlTask"), str):
        raise make_error(errors.INTERFACE_BAD_JOB.format(job=name))
    task = job["mlTask"]
    if task not in ML_TASKS:
        known = ", ".join(ML_TASKS)
        raise make_error(errors.INTERFACE_UNKNOWN_TASK.format(job=name, task=task, known=known))
    tools = job.get("tools") or []
    if not isinstance(tools, list) or any(tool not in TOOLS for tool in tools):
        raise make_error(errors.INTERFACE_BAD_TOOLS.format(job=name, known=", ".join(TOOLS)))
    content = job.get("content") or {}
    categories = (content.get("categories") or {}) if isinstance(content, dict) else None
    if not isinstance(categories, dict):
        raise make_error(errors.INTERFACE_BAD_CATEGORIES.format(job=name))
    for code, category in categories.items():
        if not isinstance(category, dict):
            raise make_error(errors.INTERFACE_BAD_CATEGORIES.format(job=name))
        _check_category(f"{name}.{code}", category, make_error)


def _check_category(where: str, category: dict[str, Any], make_error: MakeError) -> None:
    for end in RELATION_ENDS:
        if not _is_string_list(category.get(end) or []):
            raise make_error(errors.INTERFACE_BAD_TEXTS.format(where=where, member=end))
    points = category.get("points") or []
    is_valid = isinstance(points, list) and all(
        isinstance(point, dict) and isinstance(point.get("code"), str) for point in points
    )
    if not is_valid:
        raise make_error(errors.INTERFACE_BAD_POINTS.format(where=where))


def child_names(parent: dict[str, Any], jobs: Jobs) -> list[str]:
    """Return the names of the jobs that open below a category or below a point of a category.

    Args:
        parent: the category or the point.
        jobs: the jobs of a parsed interface.
    """
    return [name for each in parent.get("children") or [] for name in _names(each, jobs)]


def _sub_jobs(name: str, jobs: Jobs, make_error: MakeError) -> Iterator[str]:
    """Yield the names of the jobs that open below a category, or below a point of a category."""
    categories = (jobs[name].get("content") or {}).get("categories") or {}
    for code, category in categories.items():
        for parent in (category, *(category.get("points") or [])):
            children = parent.get("children") or []
            if not _is_string_list(children):
                where = f"{name}.{code}"
                raise make_error(errors.INTERFACE_BAD_TEXTS.format(where=where, member="children"))
            for each in children:
                yield from _names(each, jobs)


def _names(child: str, jobs: Jobs) -> list[str]:
    """Split an element of ``children``: the name of one job, or of several separated by commas."""
    if child in jobs:
        return [child]
    return [name for part in child.split(",") if (name := part.strip())] or [child]


def _check_sub_jobs(sub_jobs_by_job: dict[str, set[str]], make_error: MakeError) -> None:
    """Check that all sub-jobs exist and that no job is nested in itself.

    The loop removes the jobs whose sub-jobs are all removed; the jobs that remain form a cycle.
    """
    for name, children in sub_jobs_by_job.items():
        for child in sorted(children - sub_jobs_by_job.keys()):
            raise make_error(errors.INTERFACE_UNKNOWN_CHILD.format(job=name, child=child))
    unresolved = dict(sub_jobs_by_job)
    while resolved := [
        name for name, children in unresolved.items() if not children & unresolved.keys()
    ]:
        for name in resolved:
            del unresolved[name]
    if unresolved:
        raise make_error(errors.INTERFACE_CYCLE.format(jobs=", ".join(sorted(unresolved))))


def _is_string_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
