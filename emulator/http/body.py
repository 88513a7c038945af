"""Reads request bodies: unpacks gzip, within bounds (contract §1.2)."""

from __future__ import annotations

import zlib
from typing import Any

from flask import Request

from emulator import errors
from emulator.rules.json_text import parse_json

MAX_BODY_MB = 256
_MAX_BODY = MAX_BODY_MB * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that cannot be read; carries the status to answer with."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def read_body(request: Request) -> bytes:
    """The bytes that were sent, unpacked.

    Raises:
        BodyError: they are too many, or not the gzip they claim to be.
    """
    if (request.content_length or 0) > _MAX_BODY:
        raise _too_large()
    body = request.get_data(cache=False)
    if request.headers.get("Content-Encoding", "").lower() == "gzip":
        body = _unpack(body)
    if len(body) > _MAX_BODY:
        raise _too_large()
    return body


def _unpack(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacker.decompress(body, _MAX_BODY + 1)
    except zlib.error:
        raise BodyError(errors.BODY_NOT_GZIP) from None
    if len(unpacked) > _MAX_BODY:
        raise _too_large()
    if not unpacker.eof:
        raise BodyError(errors.BODY_NOT_GZIP)
    return unpacked


def _too_large() -> BodyError:
    return BodyError(errors.BODY_TOO_LARGE.format(limit=MAX_BODY_MB), 413)


def read_json(request: Request) -> dict[str, Any]:
    """The JSON object that was sent; an empty body is an empty object.

    Raises:
        BodyError: it is something else.
    """
    body = read_body(request)
    try:
        value = parse_json(body or b"{}")
    except ValueError as error:
        raise BodyError(errors.BODY_NOT_JSON.format(reason=error)) from None
    if not isinstance(value, dict):
        raise BodyError(errors.BODY_NOT_JSON.format(reason=f"it is a {type(value).__name__}"))
    return value
