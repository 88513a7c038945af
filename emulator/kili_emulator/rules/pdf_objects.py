"""The objects of a PDF file, and their syntax (ISO 32000-1, 7.2, 7.3 and 7.5.7).

The file may be hostile: the reader reads each byte a constant number of times, and every count has
a bound. Libraries for PDF files follow references and unpack streams without a bound for the whole
file (pypdf 7.1 takes four seconds for each 70 KB of hostile object streams).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BLANKS = rb"\0\t\n\f\r "
_DELIMITERS = rb"()<>\[\]{}/%"
_REGULAR = rb"[^" + _BLANKS + _DELIMITERS + rb"]"

# Before the keyword "obj": the number of the object and its generation.
_HEADER = re.compile(
    rb"(?<![0-9])([0-9]{1,10})[" + _BLANKS + rb"]{1,8}[0-9]{1,5}[" + _BLANKS + rb"]{1,8}\Z"
)
_HEADER_BYTES = 32
_STREAM = b"stream"
_TOKEN = re.compile(
    rb"(?P<blank>[" + _BLANKS + rb"]+|%[^\r\n]*)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<name>/" + _REGULAR + rb"*)"
    rb"|(?P<hex><[^<>]*>)|(?P<text>\()"
    rb"|(?P<word>" + _REGULAR + rb"+)"
)
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_IN_TEXT = re.compile(rb"\\.|[()]", re.DOTALL)

# The bounds for one file. They allow some 20,000 pages, and the object streams of any document
# that people read.
MAX_OBJECTS = 1_000_000
MAX_TOKENS = 1_000_000
MAX_UNPACKED = 64 * 1024 * 1024
_MAX_DEPTH = 50
_MAX_DIGITS = 32


class PdfError(ValueError):
    """The file cannot be read: it is damaged, or exceeds a bound."""


@dataclass(frozen=True)
class Reference:
    """A reference to the value of an object, by the number of the object."""

    number: int


class Objects:
    """The objects of a file; of an object with a stream, only the dictionary before the stream.

    Args:
        content: the bytes of the file.

    Raises:
        PdfError: an object stream is damaged, or a bound is exceeded.
    """

    def __init__(self, content: bytes) -> None:
        self._tokens_left = MAX_TOKENS
        self._unpacked_left = MAX_UNPACKED
        self._sources: dict[int, bytes] = {}
        for number, source, stream in _scan_objects(content):
            self._sources[number] = source
            if b"/ObjStm" in source:
                self._sources.update(self._read_object_stream(self._parse(source), stream))
            if len(self._sources) > MAX_OBJECTS:
                raise PdfError("too many objects")

    def find_by_type(self, name: str) -> dict[str, Any] | None:
        """Return the first dictionary with this ``/Type``."""
        marker = f"/{name}".encode()
        for source in self._sources.values():
            if marker in source:
                value = self._parse(source)
                if isinstance(value, dict) and value.get("Type") == f"/{name}":
                    return value
        return None

    def resolve(self, value: Any) -> Any:
        """Return a value; if it is a reference, the value of the object that it refers to.

        Returns:
            ``dict`` for a dictionary, whose keys have no slash; ``list`` for an array; ``float``
            for a number; ``str`` with a slash for a name; ``None`` for all other values.

        Raises:
            PdfError: the object is damaged, or the reader has exceeded a bound for the file.
        """
        for _ in range(_MAX_DEPTH):
            if not isinstance(value, Reference):
                return value
            value = self._parse(self._sources.get(value.number, b""))
        raise PdfError("references go in a circle")

    def _parse(self, source: bytes) -> Any:
        """Return the first value in the source of an object."""
        values: list[Any] = []
        open_brackets: list[tuple[bytes, list[Any]]] = []
        for kind, token in _tokens(source):
            self._tokens_left -= 1
            if self._tokens_left < 0:
                raise PdfError("too many tokens")
            if kind == "open":
                open_brackets.append((token, values))
                values = []
            elif kind == "close":
                if not open_brackets:
                    raise PdfError("a bracket is closed that was not opened")
                bracket, outer = open_brackets.pop()
                outer.append(values if bracket == b"[" else _dictionary(values))
                values = outer
            else:
                _add_value(values, kind, token)
            if len(open_brackets) > _MAX_DEPTH:
                raise PdfError("values are nested too deeply")
        if open_brackets:
            raise PdfError("a bracket is not closed")
        return values[0] if values else None

    def _read_object_stream(self, head: Any, stream: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield number and source of the objects in an object stream.

        The stream begins with a pair of number and offset for each object; the objects follow.
        """
        if not isinstance(head, dict) or head.get("Type") != "/ObjStm":
            return
        content = self._inflate(stream) if _is_deflated(head) else stream
        first = _to_integer(head.get("First"))
        index = [_to_integer(_parse_number(each)) for each in content[:first].split()]
        numbers, offsets = index[::2], index[1::2]
        if offsets != sorted(offsets):
            raise PdfError("the objects of an object stream overlap")
        ends = [*offsets[1:], len(content) - first]
        for number, offset, end in zip(numbers, offsets, ends, strict=False):
            yield number, content[first + offset : first + end]

    def _inflate(self, stream: bytes) -> bytes:
        try:
            content = zlib.decompressobj().decompress(stream, self._unpacked_left + 1)
        except zlib.error:
            raise PdfError("a stream is damaged") from None
        self._unpacked_left -= len(content)
        if self._unpacked_left < 0:
            raise PdfError("the streams are too large")
        return content


def _scan_objects(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, source and stream of each object (``obj`` … ``endobj``) in file order."""
    position = 0
    for _ in range(MAX_OBJECTS):
        position = content.find(b"obj", position)
        if position == -1:
            return
        header = _HEADER.search(content[max(position - _HEADER_BYTES, 0) : position])
        begin, position = position + 3, position + 3
        if header is None:
            continue
        end = content.find(b"endobj", begin)
        if end == -1:
            return
        head_end = _stream_keyword(content, begin, end)
        if head_end == -1:
            yield int(header[1]), content[begin:end], b""
            position = end + len(b"endobj")
            continue
        stream = head_end + len(_STREAM)
        position = content.find(b"endstream", stream)
        if position == -1:
            return
        yield int(header[1]), content[begin:head_end], content[stream:position].lstrip(b"\r\n")
    raise PdfError("too many objects")


def _stream_keyword(content: bytes, begin: int, end: int) -> int:
    """Return the position of the keyword ``stream``, which ends a line; -1 if there is none."""
    position = content.find(_STREAM, begin, end)
    while position != -1:
        after = position + len(_STREAM)
        if (
            content[after : after + 1] in (b"\r", b"\n")
            and not content[position - 1 : position].isalpha()
        ):
            return position
        position = content.find(_STREAM, after, end)
    return -1


def _tokens(source: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    while position < len(source):
        token_match = _TOKEN.match(source, position)
        if token_match is None:
            raise PdfError("a character has no meaning here")
        position = (
            _end_of_text(source, token_match.end())
            if token_match.lastgroup == "text"
            else token_match.end()
        )
        if token_match.lastgroup != "blank":
            yield token_match.lastgroup or "", token_match.group()


def _end_of_text(source: bytes, begin: int) -> int:
    """Return the position after a literal string, whose first parenthesis is before ``begin``."""
    depth = 1
    for token_match in _IN_TEXT.finditer(source, begin):
        depth += {b"(": 1, b")": -1}.get(token_match.group(), 0)
        if depth == 0:
            return token_match.end()
    raise PdfError("a text has no end")


def _add_value(values: list[Any], kind: str, token: bytes) -> None:
    """Add the value of a token; ``R`` makes a reference of the two numbers before it."""
    if kind == "word" and token == b"R":
        if len(values) < 2:
            raise PdfError("a reference has no number")
        values.pop()
        values.append(Reference(_to_integer(values.pop())))
    elif kind == "word" and _NUMBER.fullmatch(token):
        values.append(_parse_number(token))
    else:
        values.append(token.decode("latin-1") if kind == "name" else None)


def _dictionary(values: list[Any]) -> dict[str, Any]:
    keys = values[::2]
    if len(values) % 2 or not all(isinstance(each, str) for each in keys):
        raise PdfError("a dictionary has values without names")
    return {key[1:]: value for key, value in zip(keys, values[1::2], strict=True)}


def _parse_number(token: bytes) -> float:
    if len(token) > _MAX_DIGITS or not _NUMBER.fullmatch(token):
        raise PdfError("a number is not one, or too long")
    return float(token)


def _to_integer(value: Any) -> int:
    """Return a number as an integer; it is an object number, or an offset in bytes.

    Raises:
        PdfError: the value is not a whole number, or is out of range.
    """
    if not isinstance(value, float) or not 0 <= value <= 10**10 or value != int(value):
        raise PdfError("a number is no whole one, or out of range")
    return int(value)


def _is_deflated(head: dict[str, Any]) -> bool:
    filters = head.get("Filter")
    return filters in ("/FlateDecode", ["/FlateDecode"])
