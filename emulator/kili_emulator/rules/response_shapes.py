"""The forms of the members of an answer, other than categories and sub-jobs, by task.

See contract/json-response.md#form.

A member is checked only if the task of the job uses it; null counts as absent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kili_emulator.rules.numbers import is_number

ValuePredicate = Callable[[Any], bool]

ML_TASKS: dict[str, tuple[str, ...]] = {
    "ASSET_ANNOTATION": (),
    "CLASSIFICATION": (),
    "COMPARISON": ("choice", "code", "firstId", "secondId"),
    "FILE": ("fileId", "fileName", "fileMimeType"),
    "NAMED_ENTITIES_RECOGNITION": (
        *("beginId", "beginOffset", "endId", "endOffset", "content"),
        *("boundingPoly", "polys", "pageNumberArray"),
    ),
    "NAMED_ENTITIES_RELATION": ("startEntities", "endEntities"),
    "OBJECT_DETECTION": (
        *("type", "boundingPoly", "polyline", "point", "code"),
        *("polys", "pageNumberArray"),
    ),
    "OBJECT_RELATION": ("startObjects", "endObjects"),
    "PAGE_LEVEL_CLASSIFICATION": ("pageNumberArray",),
    "PAGE_LEVEL_TRANSCRIPTION": ("pageNumberArray", "text"),
    "POSE_ESTIMATION": ("type", "boundingPoly", "polyline", "point", "code"),
    "RANKING": ("orders",),
    "SPEECH_TO_TEXT": ("text",),
    "TRANSCRIPTION": ("text",),
}
"""task → the members of its answers whose form is checked."""

TOOLS = ("marker", "polygon", "polyline", "pose", "range", "rectangle", "semantic", "vector")

SINGLE_CHOICES = ("radio", "singleDropdown")

RELATION_ENDS = ("startEntities", "endEntities", "startObjects", "endObjects")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_number(value: Any) -> bool:
    return isinstance(value, str) or is_number(value)


def _is_whole_number(value: Any) -> bool:
    return is_number(value) and (isinstance(value, int) or value.is_integer())


def _is_vertex(value: Any) -> bool:
    return isinstance(value, dict) and is_number(value.get("x")) and is_number(value.get("y"))


def _list_of(predicate: ValuePredicate) -> ValuePredicate:
    return lambda value: isinstance(value, list) and all(predicate(each) for each in value)


def _is_ring(value: Any) -> bool:
    """Return whether a value is a polygon with vertices, which in a PDF are nested one deeper."""
    vertices = value.get("normalizedVertices") if isinstance(value, dict) else None
    return _list_of(_is_vertex)(vertices) or _list_of(_list_of(_is_vertex))(vertices)


def _are_polygons(value: Any) -> bool:
    """Return whether a value is a list of polygons and holes, in geospatial projects in groups."""
    return _list_of(_is_ring)(value) or _list_of(_list_of(_is_ring))(value)


def _is_end(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("mid"), str)


def _is_order(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_whole_number(value.get("rank"))
        and _list_of(_is_text)(value.get("elements"))
    )


def _is_choice(value: Any) -> bool:
    names = ("code", "firstId", "secondId")
    return isinstance(value, dict) and all(_is_text(value.get(name, "")) for name in names)


_POLYGONS = ("a list of polygons, each with normalizedVertices of the form [{x, y}]", _are_polygons)
_ENDS = ("a list of {mid}", _list_of(_is_end))
_TEXT = ("a text", _is_text)

SHAPES: dict[str, tuple[str, ValuePredicate]] = {
    "beginId": _TEXT,
    "beginOffset": ("a whole number", _is_whole_number),
    "boundingPoly": _POLYGONS,
    "choice": ("an object with the texts code, firstId and secondId", _is_choice),
    "code": _TEXT,
    "confidence": ("a number", is_number),
    "content": _TEXT,
    "endEntities": _ENDS,
    "endId": _TEXT,
    "endObjects": _ENDS,
    "endOffset": ("a whole number", _is_whole_number),
    "fileId": _TEXT,
    "fileMimeType": _TEXT,
    "fileName": _TEXT,
    "firstId": _TEXT,
    "orders": ("a list of {rank, elements: [text]}", _list_of(_is_order)),
    "pageNumberArray": ("a list of whole numbers", _list_of(_is_whole_number)),
    "point": ("a point {x, y}", _is_vertex),
    "polyline": ("a list of points {x, y}", _list_of(_is_vertex)),
    "polys": _POLYGONS,
    "secondId": _TEXT,
    "startEntities": _ENDS,
    "startObjects": _ENDS,
    "text": ("a text or a number", _is_text_or_number),
    "type": _TEXT,
}
"""member → the form of its value in words, and the predicate that checks the form."""
