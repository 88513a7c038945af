"""Reads json interfaces: the jobs that a project asks of its labelers (contract §4.4)."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.rules.json_text import parse_json


def parse_json_interface(text: str, operation: str) -> dict[str, Any]:
    """The jobs of an interface; ``null`` and one without jobs are empty ones.

    Returns:
        job name → job.

    Raises:
        KiliError: it is not JSON, or its jobs are not of the form that the platform uses.
    """
    try:
        value = parse_json(text)
    except ValueError as error:
        detail = errors.INTERFACE_NOT_JSON.format(reason=error)
        raise errors.json_interface_malformed(operation, detail) from None
    jobs = value.get("jobs", {}) if isinstance(value, dict) else value
    if jobs is None:
        return {}
    if not isinstance(jobs, dict):
        raise errors.json_interface_malformed(operation, errors.INTERFACE_NO_JOBS)
    for name, job in jobs.items():
        _check_job(operation, name, job)
    return jobs


def _check_job(operation: str, name: str, job: Any) -> None:
    if not isinstance(job, dict) or not isinstance(job.get("mlTask"), str):
        detail = errors.INTERFACE_BAD_JOB.format(job=name)
        raise errors.json_interface_malformed(operation, detail)
    content = job.get("content") or {}
    if not isinstance(content, dict) or not isinstance(content.get("categories") or {}, dict):
        detail = errors.INTERFACE_BAD_CATEGORIES.format(job=name)
        raise errors.json_interface_malformed(operation, detail)
