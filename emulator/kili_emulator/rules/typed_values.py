"""The values of typed annotations: categories, texts, comparisons, rankings and shapes.

See contract/annotation.md#typed-annotations.
"""

from __future__ import annotations

import math
from typing import Any

from kili_emulator.rules.numbers import MAX_INT, is_number
from kili_emulator.rules.response_fit import tools_of

_CHOICE = ("code", "firstId", "secondId")


def answer_value(answer: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return type name and value of an answer without objects; ``None`` if no type can hold it."""
    categories = answer.get("categories")
    if isinstance(categories, list):
        return "ClassificationAnnotation", {"categories": [each["name"] for each in categories]}
    text = answer.get("text")
    if isinstance(text, str) or is_number(text):
        return "TranscriptionAnnotation", {"text": str(text)}
    choice = answer.get("choice", answer)
    if isinstance(choice, dict) and all(isinstance(choice.get(name), str) for name in _CHOICE):
        return "ComparisonAnnotation", {"choice": {name: choice[name] for name in _CHOICE}}
    orders = answer.get("orders")
    if isinstance(orders, list) and all(map(_is_order, orders)):
        rows = [{"rank": int(each["rank"]), "elements": each["elements"]} for each in orders]
        return "RankingAnnotation", {"orders": rows}
    return None


def _is_order(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("elements"), list):
        return False
    rank: Any = value.get("rank")
    is_whole_number = is_number(rank) and abs(rank) <= MAX_INT and rank == int(rank)
    return is_whole_number and all(isinstance(each, str) for each in value["elements"])


def object_value(annotation: dict[str, Any], job: dict[str, Any]) -> dict[str, Any] | None:
    """Return the value of an object; ``None`` if no type can hold the object.

    An object needs a ``mid``, exactly one category, and a shape.
    """
    categories = annotation.get("categories")
    if not isinstance(annotation.get("mid"), str) or not isinstance(categories, list):
        return None
    vertices = _vertices(annotation, tool_of(job, annotation.get("type")))
    if len(categories) != 1 or vertices is None:
        return None
    return {"vertices": vertices, "verticesScalar": vertices}


def tool_of(job: dict[str, Any], named_tool: str | None = None) -> str | None:
    """Return the tool that drew an object: the named tool, otherwise the first tool of its job."""
    return named_tool or next(iter(tools_of(job)), None)


def _vertices(annotation: dict[str, Any], tool: str | None) -> list[list[list[Any]]] | None:
    """Return the vertices of an object: groups of rings of points; most tools draw one ring."""
    groups: list[list[Any]] = []
    polygons = annotation.get("boundingPoly")
    if tool == "marker":
        groups = [[[annotation.get("point")]]]
    elif tool in ("polyline", "vector"):
        groups = [[annotation.get("polyline")]]
    elif tool in ("rectangle", "polygon") and isinstance(polygons, list):
        groups = [[_ring(each) for each in polygons[:1]]]
    elif tool == "semantic" and isinstance(polygons, list):
        nested = polygons if all(isinstance(each, list) for each in polygons) else [polygons]
        groups = [[_ring(each) for each in group] for group in nested]
    rings = [ring for group in groups for ring in group]
    is_valid = all(isinstance(ring, list) and ring and all(map(_is_vertex, ring)) for ring in rings)
    return groups if rings and is_valid else None


def _ring(polygon: Any) -> Any:
    return polygon.get("normalizedVertices") if isinstance(polygon, dict) else None


def _is_vertex(value: Any) -> bool:
    if not isinstance(value, dict) or not all(is_number(value.get(axis)) for axis in "xy"):
        return False
    try:
        return all(math.isfinite(value[axis]) for axis in "xy")
    except OverflowError:
        return False
