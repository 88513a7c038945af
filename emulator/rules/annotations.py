"""What a json response holds: how many annotations, and of which categories (contract §6.4).

Every filled job counts one (a classification once, however many categories are chosen); every
object counts one, whatever its points or its positions on pages, and each filled sub-job one more.
In a video, what is only propagated to a frame does not count again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from emulator.rules.response import Node, walk

# What fills an answer that consists of neither objects nor categories.
_FILLING = ("text", "choice", "code", "orders", "fileId")


def count_annotations(response: dict[str, Any], input_type: str) -> int:
    """The number of annotations over all jobs and sub-jobs."""
    return sum(_counts(node) for node in walk(response, input_type))


def _counts(node: Node) -> bool:
    value = node.value
    if not node.is_key or not isinstance(value, dict) or node.kind not in ("answer", "object"):
        return False
    if node.kind == "object":
        return True
    if isinstance(value.get("annotations"), list):
        return False
    if isinstance(value.get("categories"), list):
        return any(isinstance(each, dict) for each in value["categories"])
    return any(value.get(member) not in (None, "", [], {}) for member in _FILLING)


def search_counts(response: dict[str, Any], input_type: str) -> dict[str, Any]:
    """The label's ``search`` member.

    Returns:
        ``{"numberOfAnnotations": n, "numberOfAnnotationsByObject": {"JOB.CATEGORY": n}}``
    """
    categories = (node for node in walk(response, input_type) if node.kind == "category")
    counts = Counter(
        f"{node.job}.{node.value.get('name')}"
        for node in categories
        if node.is_key and isinstance(node.value, dict)
    )
    return {
        "numberOfAnnotations": count_annotations(response, input_type),
        "numberOfAnnotationsByObject": dict(counts),
    }
