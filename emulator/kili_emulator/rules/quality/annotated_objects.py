"""The objects of a json response, in a form that can be compared.

See contract/json-response.md#form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kili_emulator.rules.quality import shapes
from kili_emulator.rules.quality.areas import Rings, Vertex, bounds_of
from kili_emulator.rules.quality.shapes import (
    Area,
    Pages,
    Polygons,
    RelationEnd,
    Shape,
    Span,
    Unplaced,
)

Response = dict[str, Any]
AnnotationsByMid = dict[str, tuple[str, Response]]

# The part of a text asset in which a span is, unless the annotation names another part.
_MAIN_TEXT = "main/[0]"
_MAX_NUMBER = 1e12
_NUMBERS = (float, int)  # the exact types: a bool is not a number


@dataclass(frozen=True)
class AnnotatedObject:
    """An object: its classes, its place, and the answers to its sub-jobs.

    Attributes:
        annotation: the annotation from which the object was read.
    """

    classes: tuple[str, ...]
    shape: Shape
    children: Response
    annotation: Response

    @cached_property
    def key(self) -> str:
        """The sort key for an order that does not depend on the order in the response."""
        return _key(self.annotation)


def dicts(values: Any) -> list[Response]:
    """Return the elements of a list that are JSON objects."""
    if not isinstance(values, list):
        return []
    return [value for value in values if isinstance(value, dict)]


def class_names(holder: Response) -> list[str]:
    """Return the names of the classes of an answer or an annotation."""
    names = (each.get("name") for each in dicts(holder.get("categories")))
    return [name for name in names if isinstance(name, str)]


def sub_answers(holder: Response) -> Response:
    children = holder.get("children")
    return children if isinstance(children, dict) else {}


def index_annotations_by_mid(section: Response) -> AnnotationsByMid:
    """Index the annotations of a section to which relations can refer.

    Returns:
        ``mid`` → job and annotation.
    """
    found: AnnotationsByMid = {}
    for job, answer in sorted(section.items()):
        if isinstance(answer, dict):
            for annotation in sorted(dicts(answer.get("annotations")), key=_key):
                if isinstance(annotation.get("mid"), str):
                    found.setdefault(annotation["mid"], (job, annotation))
    return found


def read_objects(answer: Response, mids: AnnotationsByMid) -> list[AnnotatedObject]:
    """Read the objects of an answer."""
    return [_read_object(annotation, mids) for annotation in dicts(answer.get("annotations"))]


def _read_object(annotation: Response, mids: AnnotationsByMid) -> AnnotatedObject:
    children = dict(sub_answers(annotation))
    for category in dicts(annotation.get("categories")):
        children |= sub_answers(category)
    names = tuple(sorted(class_names(annotation)))
    return AnnotatedObject(names, _shape(annotation, mids), children, annotation)


def _key(annotation: Response) -> str:
    return json.dumps(annotation, sort_keys=True)


def _shape(annotation: Response, mids: AnnotationsByMid) -> Shape:
    relation = _relation(annotation, mids)
    return relation or _location_shape(annotation) or Unplaced()


def _location_shape(annotation: Response) -> Shape | None:
    vertices = _vertices(annotation.get("polyline"))
    return (
        _points(annotation)
        or _area(annotation)
        or (shapes.line(vertices) if vertices else None)
        or _span(annotation)
        or _page_set(annotation)
    )


def _area(annotation: Response) -> Area | None:
    """Read the area of polygons; for an entity of a PDF, on all its pages."""
    pages: dict[Pages, Rings] = {}
    for position in (annotation, *dicts(annotation.get("annotations"))):
        rings = tuple(_rings(position.get("polys"))) or tuple(_rings(position.get("boundingPoly")))
        if rings:
            page = tuple(sorted(_whole_numbers(position.get("pageNumberArray"))))
            pages[page] = (*pages.get(page, ()), *rings)
    every = [vertex for rings in pages.values() for ring in rings for vertex in ring]
    if not every:
        return None
    return Area({page: Polygons(tuple(sorted(pages[page]))) for page in pages}, bounds_of(every))


def _rings(polygons: Any) -> Iterator[tuple[Vertex, ...]]:
    """Yield the polygons of a list at any depth."""
    if isinstance(polygons, dict):
        polygons = polygons.get("normalizedVertices")
    if not isinstance(polygons, list):
        return
    vertices = _vertices(polygons)
    if vertices:
        yield tuple(vertices)
    else:
        for each in polygons:
            yield from _rings(each)


def _points(annotation: Response) -> shapes.Points | None:
    named = {
        str(each.get("code")): vertex
        for each in dicts(annotation.get("points"))
        for vertex in _vertices([each.get("point")])
    }
    marker = _vertices([annotation.get("point")])
    points = named or ({"": marker[0]} if marker else {})
    return (
        shapes.Points(points, bounds_of(list(points.values()), shapes.POINT_RADIUS))
        if points
        else None
    )


def _span(annotation: Response) -> Span | None:
    begin, end = number(annotation.get("beginOffset")), number(annotation.get("endOffset"))
    if begin is None:
        return None
    begin_id, end_id = (annotation.get(each) or _MAIN_TEXT for each in ("beginId", "endId"))
    if end is None:
        content = annotation.get("content")
        end = begin + (len(content) if isinstance(content, str) else 0)
    return Span(begin, max(begin, end), (str(begin_id), str(end_id)))


def _page_set(annotation: Response) -> shapes.PageSet | None:
    pages = frozenset(_whole_numbers(annotation.get("pageNumberArray")))
    text = annotation.get("text")
    return shapes.PageSet(pages, text if isinstance(text, str) else "") if pages else None


def _relation(annotation: Response, mids: AnnotationsByMid) -> shapes.Relation | None:
    starts = annotation.get("startEntities") or annotation.get("startObjects")
    ends = annotation.get("endEntities") or annotation.get("endObjects")
    if not starts and not ends:
        return None
    return shapes.Relation(_read_relation_ends(starts, mids), _read_relation_ends(ends, mids))


def _read_relation_ends(named: Any, mids: AnnotationsByMid) -> tuple[RelationEnd, ...]:
    return tuple(_read_relation_end(str(each.get("mid")), mids) for each in dicts(named))


def _read_relation_end(mid: str, mids: AnnotationsByMid) -> RelationEnd:
    """Read an end of a relation.

    An end without a place, such as another relation, is compared only by its job and classes; an
    annotation that does not exist, by its ``mid``.
    """
    job, annotation = mids.get(mid, ("", {}))
    shape = _location_shape(annotation) or Unplaced(mid if not annotation else "")
    return RelationEnd((job, *sorted(class_names(annotation))), shape, _key(annotation))


def _vertices(values: Any) -> list[Vertex]:
    found = []
    for value in dicts(values):
        x, y = number(value.get("x")), number(value.get("y"))
        if x is not None and y is not None:
            found.append((x, y))
    return found


def _whole_numbers(values: Any) -> list[int]:
    numbers = map(number, values) if isinstance(values, list) else ()
    return [int(each) for each in numbers if each is not None]


def number(value: Any) -> float | None:
    """Return a value as a float; ``None`` if it is not a number, or too large to compute with."""
    if type(value) not in _NUMBERS:
        return None
    return float(value) if -_MAX_NUMBER <= value <= _MAX_NUMBER else None
