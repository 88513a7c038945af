"""What a PDF file tells about its pages, as far as its page tree can be read."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(?<!\d)(\d+)\s+\d+\s+obj\b(.*?)\bendobj\b", re.DOTALL)
_STREAM = re.compile(rb"\bstream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_ROOT = re.compile(rb"/Type\s*/Catalog\b")
_PAGES = re.compile(rb"/Pages\s+(\d+)\s+\d+\s+R")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+)\s+\d+\s+R")
_NUMBER = rb"\s*(-?\d*\.?\d+)"
_BOX = re.compile(rb"/MediaBox\s*\[" + _NUMBER * 4 + rb"\s*\]")
_ROTATE = re.compile(rb"/Rotate\s+(-?\d+)")
_FIRST = re.compile(rb"/First\s+(\d+)")
_LIMIT = 16 * 1024 * 1024

Inherited = tuple["tuple[float, float] | None", int]  # size and rotation


def page_resolutions(content: bytes) -> list[dict[str, int | float]] | None:
    """The pages' sizes in points, before their rotation.

    Encrypted and damaged files tell nothing.

    Returns:
        ``pageNumber`` (from 1 on), ``width``, ``height``, ``rotation`` of each page; ``None``
        where the pages cannot be read.
    """
    if not content.startswith(b"%PDF-") or b"/Encrypt" in content:
        return None
    objects = dict(_objects(content))
    root = next((body for body in objects.values() if _ROOT.search(body)), b"")
    tree = _PAGES.search(root)
    if tree is None:
        return None
    pages = list(_leaves(objects, int(tree[1])))
    if not pages or any(size is None for size, _ in pages):
        return None
    return [
        {"pageNumber": number, "width": size[0], "height": size[1], "rotation": rotation % 360}
        for number, (size, rotation) in enumerate(pages, start=1)
        if size is not None
    ]


def _objects(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and dictionary of each object; a later one replaces an earlier one."""
    for found in _OBJECT.finditer(content):
        stream = _STREAM.search(found[2])
        head = found[2][: stream.start()] if stream else found[2]
        yield int(found[1]), head
        if stream and b"/ObjStm" in head:
            yield from _packed(head, stream[1])


def _packed(head: bytes, stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects in an object stream: pairs of number and offset, then the objects."""
    first = _FIRST.search(head)
    unpacked = _unpacked(stream) if b"/FlateDecode" in head else stream
    if first is None or unpacked is None:
        return
    start = int(first[1])
    index = [int(each) for each in unpacked[:start].split() if each.isdigit()]
    numbers, offsets = index[::2], index[1::2]
    ends = [*offsets[1:], len(unpacked) - start]
    for number, offset, end in zip(numbers, offsets, ends, strict=False):
        yield number, unpacked[start + offset : start + end]


def _unpacked(stream: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(stream, _LIMIT)
    except zlib.error:
        return None


def _leaves(objects: Mapping[int, bytes], root: int) -> Iterator[Inherited]:
    """Size and rotation of the pages below a node, in their order."""
    seen: set[int] = set()
    ahead: list[tuple[int, Inherited]] = [(root, (None, 0))]
    while ahead:
        number, (size, rotation) = ahead.pop()
        if number in seen:
            continue
        seen.add(number)
        body = objects.get(number, b"")
        box, rotate, kids = _BOX.search(body), _ROTATE.search(body), _KIDS.search(body)
        here = (_size(box) if box else size, int(rotate[1]) if rotate else rotation)
        if kids is None:
            yield here
        else:
            below = [(int(each), here) for each in _REFERENCE.findall(kids[1])]
            ahead.extend(reversed(below))


def _size(box: re.Match[bytes]) -> tuple[float, float] | None:
    left, bottom, right, top = (float(each) for each in box.groups())
    width, height = abs(right - left), abs(top - bottom)
    return (width, height) if width and height else None
