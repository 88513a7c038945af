"""The format of an image or video, and the size of an image, read from the bytes of the file."""

from __future__ import annotations

import io
import struct
from typing import TypedDict

import imagesize

from kili_emulator.rules.numbers import MAX_INT

IMAGES = frozenset(
    {"avif", "bmp", "gif", "ico", "jp2", "jpeg", "nitf", "png", "svg", "tiff", "webp"}
)
VIDEOS = frozenset({"avi", "matroska", "mp4"})

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"BM", "bmp"),
    (b"GIF8", "gif"),
    (b"\x00\x00\x01\x00", "ico"),
    (b"\x00\x00\x00\x0cjP  ", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"NITF", "nitf"),
    (b"NSIF", "nitf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"<svg", "svg"),
    (b"<?xml", "svg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\x1aE\xdf\xa3", "matroska"),
)
_RIFF = {b"WEBP": "webp", b"AVI ": "avi"}
_EXTENTS_BOX = b"iloc"
_EXTENT_SIZES_OFFSET = len(_EXTENTS_BOX) + 4  # after the version and flags of the box
_ISO_HEAD_BYTES = 1024 * 1024
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


class Resolution(TypedDict):
    """The size of an image in pixels."""

    width: int
    height: int


class _OptionalPageMembers(TypedDict, total=False):
    rotation: int


class PageResolution(_OptionalPageMembers):
    """The size of a page in points; pages are numbered from 1."""

    width: float
    height: float
    pageNumber: int


def format_of(content: bytes) -> str | None:
    """Return the format of an image or a video; ``None`` if the format is unknown."""
    if content[4:8] in _MP4_BOXES:
        return "avif" if content[8:12] in (b"avif", b"avis") else "mp4"
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12])
    return next((name for start, name in _SIGNATURES if content.startswith(start)), None)


def resolution_of(content: bytes) -> Resolution | None:
    """Return the size of an image in pixels; ``None`` if it cannot be read.

    The size of an AVIF or HEIC image is found only in the first MB of the file.
    """
    head = _safe_head(content)
    if head is None:
        return None
    try:
        width, height = imagesize.get(io.BytesIO(head))
    except (ArithmeticError, ValueError, struct.error):
        return None
    is_in_range = 0 < width <= MAX_INT and 0 < height <= MAX_INT
    return {"width": int(width), "height": int(height)} if is_in_range else None


def _safe_head(content: bytes) -> bytes | None:
    """Return the part of a file that imagesize reads in linear time; ``None`` if there is none.

    ``imagesize`` needs quadratic time for the digits of Netpbm sizes, which it appends one by one
    to a new value. It also reads all extents of ISO files (``iloc`` boxes): a box can declare
    65,535 extents that take no bytes, if the sizes of its fields are 0.
    """
    if format_of(content) is None:
        return None
    if content[4:8] != b"ftyp":
        return content
    head = content[:_ISO_HEAD_BYTES]
    position = head.find(_EXTENTS_BOX)
    while position != -1:
        sizes_position = position + _EXTENT_SIZES_OFFSET
        if head[sizes_position : sizes_position + 1] == b"\0":
            return None
        position = head.find(_EXTENTS_BOX, position + 1)
    return head
