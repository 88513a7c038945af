"""What a json response holds: how many annotations, and of which categories (contract §6.4).

Every filled job counts one (a classification once, however many categories are chosen); every
object counts one, and each filled sub-job one more. For text and image projects.
"""

from __future__ import annotations

from collections import Counter
from typing import Any


def count_annotations(response: dict[str, Any]) -> int:
    """The number of annotations over all jobs and sub-jobs."""
    return sum(_count_job(job) for job in response.values() if isinstance(job, dict))


def _count_job(job: dict[str, Any]) -> int:
    if isinstance(job.get("annotations"), list):
        return sum(1 + _count_children(each) for each in _dicts(job["annotations"]))
    if isinstance(job.get("categories"), list):
        categories = _dicts(job["categories"])
        return bool(categories) + sum(_count_children(each) for each in categories)
    return 1 if job.get("text") not in (None, "") else 0


def _count_children(holder: dict[str, Any]) -> int:
    """The sub-jobs below an object or a category."""
    below = count_annotations(holder.get("children") or {})
    return below + sum(_count_children(each) for each in _dicts(holder.get("categories")))


def search_counts(response: dict[str, Any]) -> dict[str, Any]:
    """The label's ``search`` member.

    Returns:
        ``{"numberOfAnnotations": n, "numberOfAnnotationsByObject": {"JOB.CATEGORY": n}}``
    """
    counts: Counter[str] = Counter()
    _count_categories(response, counts)
    return {
        "numberOfAnnotations": count_annotations(response),
        "numberOfAnnotationsByObject": dict(counts),
    }


def _count_categories(response: dict[str, Any], counts: Counter[str]) -> None:
    for name, job in response.items():
        if not isinstance(job, dict):
            continue
        holders = _dicts(job.get("annotations"))
        for holder in [*holders, job]:
            for category in _dicts(holder.get("categories")):
                counts[f"{name}.{category.get('name')}"] += 1
                _count_categories(category.get("children") or {}, counts)
        for holder in holders:
            _count_categories(holder.get("children") or {}, counts)


def _dicts(values: Any) -> list[dict[str, Any]]:
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
