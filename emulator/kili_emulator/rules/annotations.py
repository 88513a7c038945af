"""The number of annotations in a json response, in total and by category.

See contract/annotation.md#number-of-annotations.

Each answered job counts one (a classification once, however many categories are chosen). Each
object counts one, regardless of its points or its positions on pages, and each answered sub-job
counts one more. In a video, an annotation that is only propagated to a frame does not count again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from kili_emulator.rules.response import Node, walk

# The members that hold the content of an answer without objects and categories.
_CONTENT_MEMBERS = ("text", "choice", "code", "orders", "fileId")


def _is_counted(node: Node) -> bool:
    value = node.value
    if not node.is_key or not isinstance(value, dict) or node.kind not in ("answer", "object"):
        return False
    if node.kind == "object":
        return True
    if isinstance(value.get("annotations"), list):
        return False
    if isinstance(value.get("categories"), list):
        return any(isinstance(each, dict) for each in value["categories"])
    return any(value.get(member) not in (None, "", [], {}) for member in _CONTENT_MEMBERS)


def search_counts(response: dict[str, Any], input_type: str) -> dict[str, Any]:
    """Count the annotations of a response for the ``search`` member of a label."""
    return count_nodes(walk(response, input_type))


def count_nodes(nodes: Iterable[Node]) -> dict[str, Any]:
    """Count the annotations of a response, given all its nodes.

    Returns:
        ``{"numberOfAnnotations": n, "numberOfAnnotationsByObject": {"JOB.CATEGORY": n}}``; the
        first number is the total over all jobs and sub-jobs.
    """
    total = 0
    by_object: Counter[str] = Counter()
    for node in nodes:
        total += _is_counted(node)
        if node.kind == "category" and node.is_key and isinstance(node.value, dict):
            by_object[f"{node.job}.{node.value.get('name')}"] += 1
    return {"numberOfAnnotations": total, "numberOfAnnotationsByObject": dict(by_object)}
