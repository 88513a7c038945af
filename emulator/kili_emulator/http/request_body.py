"""Request bodies: read, decompress and parse within limits (contract/http.md#request-headers)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import IO, Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request

from kili_emulator import errors
from kili_emulator.rules.json_text import parse_json

MAX_BODY_MB = 256
_MAX_BODY = MAX_BODY_MB * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_CHUNK_BYTES = 64 * 1024
_GZIP_NAMES = ("gzip", "x-gzip")
_ENCODINGS = frozenset({*_GZIP_NAMES, "", "identity"})


class BodyError(Exception):
    """The error of a body that cannot be read, with the HTTP status of the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def read_body(request: Request) -> bytes:
    """Return the decompressed body; memory use stays within the size limit.

    Raises:
        BodyError: the body is too large, is incomplete, is not the declared gzip, or has another
            encoding.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise BodyError(errors.BODY_ENCODING_UNKNOWN.format(encoding=encoding), 415)
    length = request.content_length
    if length is not None and length > _MAX_BODY:
        raise _too_large()
    size = _CHUNK_BYTES if length is None else min(length, _CHUNK_BYTES)
    chunks = _read_chunks(request.stream, size)
    if encoding in _GZIP_NAMES:
        chunks = _decompress(chunks)
    body = io.BytesIO()
    for chunk in chunks:
        if body.tell() + len(chunk) > _MAX_BODY:
            raise _too_large()
        body.write(chunk)
    return body.getvalue()


def _read_chunks(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield a body as it arrives.

    Args:
        size: the maximum size of a chunk, in bytes.
    """
    received_bytes = 0
    try:
        while chunk := stream.read(size):
            received_bytes += len(chunk)
            if received_bytes > _MAX_BODY:
                raise _too_large()
            yield chunk
    except (OSError, ClientDisconnected):
        raise BodyError(errors.BODY_INCOMPLETE) from None


def _decompress(chunks: Iterator[bytes]) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            yield decompressor.decompress(chunk, _CHUNK_BYTES)
            while decompressor.unconsumed_tail:
                yield decompressor.decompress(decompressor.unconsumed_tail, _CHUNK_BYTES)
            if decompressor.eof:  # further bytes are not part of the body
                return
    except zlib.error:
        raise BodyError(errors.BODY_NOT_GZIP) from None
    raise BodyError(errors.BODY_NOT_GZIP)


def _too_large() -> BodyError:
    return BodyError(errors.BODY_TOO_LARGE.format(limit=MAX_BODY_MB), 413)


def read_json(request: Request) -> dict[str, Any]:
    """Return the JSON object of a body; an empty body is an empty object.

    Raises:
        BodyError: the body cannot be read, or is not a JSON object.
    """
    body = read_body(request)
    try:
        value = parse_json(body or b"{}")
    except ValueError as error:
        raise BodyError(errors.BODY_NOT_JSON.format(reason=error)) from None
    if not isinstance(value, dict):
        raise BodyError(errors.body_not_an_object(value))
    return value
