"""The sizes of the pages of a PDF file, read from its page tree (ISO 32000-1, 7.7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kili_emulator.rules.media import PageResolution
from kili_emulator.rules.pdf_objects import Objects, PdfError, Reference

_Inherited = tuple["tuple[float, float] | None", int]  # size and rotation


def page_resolutions(content: bytes) -> list[PageResolution] | None:
    """Read the sizes of the pages in points, before the rotation is applied.

    Returns:
        ``pageNumber`` (from 1 on), ``width``, ``height``, ``rotation`` (in degrees) of each page;
        ``None`` if the file is encrypted, damaged, or exceeds the bounds of
        :mod:`kili_emulator.rules.pdf_objects`.
    """
    if not content.startswith(b"%PDF-") or b"/Encrypt" in content:
        return None
    try:
        objects = Objects(content)
        catalog = objects.find_by_type("Catalog") or {}
        pages = list(_page_leaves(objects, catalog.get("Pages")))
    except PdfError:
        return None
    if not pages or any(size is None for size, _ in pages):
        return None
    return [
        {"pageNumber": number, "width": size[0], "height": size[1], "rotation": rotation % 360}
        for number, (size, rotation) in enumerate(pages, start=1)
        if size is not None
    ]


def _page_leaves(objects: Objects, root: Any) -> Iterator[_Inherited]:
    """Yield size and rotation of the pages below a node of the page tree, in page order."""
    visited: set[int] = set()
    pending: list[tuple[Any, _Inherited]] = [(root, (None, 0))]
    while pending:
        reference, (size, rotation) = pending.pop()
        if not isinstance(reference, Reference) or reference.number in visited:
            continue
        visited.add(reference.number)
        node = objects.resolve(reference)
        if not isinstance(node, dict):
            raise PdfError("a node of the page tree is missing")
        if "MediaBox" in node:
            size = _size(objects, node["MediaBox"])
        own_rotation = objects.resolve(node.get("Rotate"))
        inherited = (size, int(own_rotation) if isinstance(own_rotation, float) else rotation)
        if "Kids" not in node:
            yield inherited
            continue
        kids = objects.resolve(node["Kids"])
        if not isinstance(kids, list):
            raise PdfError("a node of the page tree has no list of kids")
        pending.extend((each, inherited) for each in reversed(kids))


def _size(objects: Objects, box: Any) -> tuple[float, float] | None:
    """Return width and height of a rectangle, which is given by two opposite corners."""
    corners = objects.resolve(box)
    if not isinstance(corners, list) or len(corners) != 4:
        return None
    numbers = [objects.resolve(each) for each in corners]
    if not all(isinstance(each, float) for each in numbers):
        return None
    left, bottom, right, top = numbers
    width, height = abs(right - left), abs(top - bottom)
    return (width, height) if width and height else None
