"""Shapes of the objects of example responses, in normalized coordinates.

See contract/json-response.md#form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Draw = Callable[[], float]
Shape = dict[str, Any]

_DIGITS = 4


def place_object(tool: str, input_type: str, draw: Draw) -> Shape:
    """Return the members of an object that a tool draws.

    Args:
        input_type: the input type of the project; in a PDF, vertices are nested one deeper.
        draw: returns numbers in [0, 1), which decide where the object is.
    """
    left, top = _between(0.05, 0.45, draw()), _between(0.05, 0.45, draw())
    right, bottom = left + _between(0.1, 0.5, draw()), top + _between(0.1, 0.5, draw())
    corners = [_point(left, top), _point(left, bottom), _point(right, bottom), _point(right, top)]
    if tool == "marker":
        return {"point": corners[0]}
    if tool in ("polyline", "vector"):
        return {"polyline": [corners[0], corners[2]]}
    if tool not in ("rectangle", "polygon", "semantic"):
        return {}
    if tool == "polygon":
        corners.append(_point((left + right) / 2, top / 2))
    if input_type == "PDF":
        rings = [{"normalizedVertices": [corners]}]
        return {"boundingPoly": rings, "polys": rings, "pageNumberArray": [1]}
    flat = [{"normalizedVertices": corners}]
    is_grouped = tool == "semantic" and input_type == "GEOSPATIAL"
    return {"boundingPoly": [flat] if is_grouped else flat}


def points_of_pose(points: list[dict[str, Any]], draw: Draw) -> list[Shape]:
    """Return the points of a pose, in a place each.

    Args:
        points: the points of the category, each with a ``code``.
    """
    return [
        {
            "code": each["code"],
            "name": each.get("name") or each["code"],
            "point": _point(_between(0.1, 0.9, draw()), _between(0.1, 0.9, draw())),
            "type": "marker",
        }
        for each in points
    ]


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def _point(x: float, y: float) -> Shape:
    return {"x": round(x, _DIGITS), "y": round(y, _DIGITS)}
