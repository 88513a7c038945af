"""What a json response holds: how many annotations, and of which categories.

See contract/annotation.md#number-of-annotations.

Every filled job counts one (a classification once, however many categories are chosen); every
object counts one, whatever its points or its positions on pages, and each filled sub-job one more.
In a video, what is only propagated to a frame does not count again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from kili_emulator.rules.response import Node, walk

# What fills an answer that consists of neither objects nor categories.
_FILLING = ("text", "choice", "code", "orders", "fileId")


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
        ``{"numberOfAnnotations": n, "numberOfAnnotationsByObject": {"JOB.CATEGORY": n}}``; the
        first is the number over all jobs and sub-jobs.
    """
    total = 0
    by_object: Counter[str] = Counter()
    for node in walk(response, input_type):
        total += _counts(node)
        if node.kind == "category" and node.is_key and isinstance(node.value, dict):
            by_object[f"{node.job}.{node.value.get('name')}"] += 1
    return {"numberOfAnnotations": total, "numberOfAnnotationsByObject": dict(by_object)}
