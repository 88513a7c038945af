"""Texts that are slow to read unless a reader is linear, each with the expected result."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

import pytest

from kili_emulator.api.executable_schema import executable_schema
from kili_emulator.api.graphql_documents import GraphQLDocumentCache
from kili_emulator.errors import KiliError
from kili_emulator.lint.suppressions import read_suppressions
from kili_emulator.rules.emails import normalized_email
from kili_emulator.rules.label_search import LONGEST_SEARCH, parse_label_search
from kili_emulator.rules.media import resolution_of
from kili_emulator.rules.patterns import LONGEST_PATTERN, ilike
from kili_emulator.rules.pdf import page_resolutions
from kili_emulator.rules.quality.text import edit_distance
from kili_emulator.rules.requirements import read_requirements
from kili_emulator.scenario.yaml_document import YamlDocument
from tests.hostile.graphql_documents import ACCEPTED, REFUSED

_SCHEMA = executable_schema()
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def pdf(*objects: bytes) -> bytes:
    """Build a file of these objects, numbered from 1; the first object should be the catalog."""
    body = b"".join(b"%d 0 obj%sendobj\n" % each for each in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body


def one_page(box: bytes) -> bytes:
    """Build a file with one page and this text as its size."""
    return pdf(_CATALOG, b"<</Type/Pages/Kids[3 0 R]>>", b"<</Type/Page/MediaBox" + box + b">>")


def _packed(index: bytes, objects: bytes) -> bytes:
    head = b"<</Type/ObjStm/Filter/FlateDecode/First %d>>stream\n" % len(index)
    return head + zlib.compress(index + objects, 9) + b"\nendstream "


def _below(*objects: bytes) -> bytes:
    return pdf(_CATALOG, b"<</Type/Pages/Kids[3 0 R]>>", *objects)


_OVERLAPPING = b"".join(b"%d %d " % (each + 10, each % 2 * 900_000) for each in range(50_000))

# None of these can be read: they are no PDF files, or exceed a bound.
PDFS = {
    "60 digits": one_page(b"[0 0 595 " + b"1" * 60 + b"]"),
    "200,000 digits": one_page(b"[" + b"1" * 200_000 + b"]"),
    "digits and blanks": one_page(b"[" + b"1 " * 100_000 + b"]"),
    "blanks": one_page(b"[" + b" " * 200_000 + b"x]"),
    "brackets": one_page(b"[" * 100_000),
    "dictionaries": one_page(b"<</a" * 100_000),
    "an open text": one_page(b"(" * 200_000),
    "an open hexadecimal text": one_page(b"<" * 200_000),
    "objects without end": b"%PDF-1.7\n" + b"1 0 obj " * 200_000,
    "streams without end": b"%PDF-1.7\n" + b"1 0 obj stream\n" * 200_000,
    "streams in one object": b"%PDF-1.7\n1 0 obj" + b"stream\n" * 200_000 + b"endobj",
    "kids without end": b"%PDF-1.7\n1 0 obj" + b"/Kids[" * 200_000 + b"endobj",
    "references": b"%PDF-1.7\n1 0 obj/Type/Catalog" + b"1" * 200_000 + b"endobj",
    "an object that refers to itself": _below(b"3 0 R"),
    "streams that unpack to 16 MB each": _below(*[_packed(b"3 0 ", b" " * 2**24)] * 100),
    "overlapping objects": _below(_packed(_OVERLAPPING, b"x" * 1_000_000)),
    "numbers of 5,000 digits": _below(_packed(b"1" * 5_000 + b" 0 ", b"")),
    "an array that 5,000 nodes share": pdf(
        _CATALOG,
        b"<</Type/Pages/Kids[" + b"".join(b"%d 0 R " % at for at in range(4, 5_004)) + b"]>>",
        b"[" + b"1 0 R " * 100_000 + b"]",
        *[b"<</Type/Pages/Kids 3 0 R>>"] * 5_000,
    ),
}

# Each of these lines has a fault.
REQUIREMENTS = {
    "blanks": "numpy" + " " * 60_000 + "x",
    "blanks before a comment": "numpy x" + " " * 60_000 + "\\\n#",
    "a long version": "numpy==" + "1" * 5_000,
    "nested markers": "numpy; " + "(" * 900 + "os_name == 'x'" + ")" * 900,
    "a long file": "#\n" * 600_000,
    "options": "--pre " * 100_000 + "-x",
}


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


_LOCATIONS = b"\2\0\0\0\0\0" + struct.pack(">I", 50_000) + b"\0\0\0\1\0\0\xff\xff" * 50_000

# None of these has a size.
IMAGES = {
    "a Netpbm size of many digits": b"P6 " + b"1" * 2_000_000,
    "AVIF extents without bytes": _box(b"ftyp", b"avif\0\0\0\0avif")
    + _box(b"meta", b"\0" * 4 + _box(b"iloc", _LOCATIONS)),
    "an SVG of infinite width": b"<svg width='" + b"1" * 400 + b"' height='2'/>",
    "SVG entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a;" * 10) for at in range(10))
    + b']><svg width="&a9;" height="1"/>',
    "JPEG fill bytes": b"\xff\xd8" + b"\xff" * 2_000_000,
    "TIFF entries": b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**60) + b"\5\0\3\0" * 500_000,
}

_ALIASES = "a0: &a0 [x]\n" + "".join(
    f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 10)
)
SCENARIOS = {
    "aliases of aliases": (_ALIASES, "the file has more than 300000 values"),
    "brackets": ("a: " + "[" * 5_000, "this is nested too deeply"),
    "digits": ("a: " + "1" * 5_000, "number"),
    "an infinite number": ("a: 1e999", "Infinity"),
}


def _search(pattern: str, text: str, *, matches: bool) -> None:
    assert ilike(pattern, text) is matches


def _malformed(search: str) -> None:
    with pytest.raises(KiliError):
        parse_label_search(search)


def _faulty(text: str) -> None:
    (fault, *_) = read_requirements(text).faults
    assert len(fault.text) < 100


def _sizeless(content: bytes) -> None:
    assert resolution_of(content) is None


def _unreadable(content: bytes) -> None:
    assert page_resolutions(content) is None


def _refused(text: str, reason: str) -> None:
    assert any(reason in each.text for each in YamlDocument(text).problems)


def _silences(text: str) -> None:
    assert read_suppressions("main.py", text).codes


def _valid(text: str) -> None:
    assert GraphQLDocumentCache(_SCHEMA).faults(text) == []


def _faults(text: str) -> None:
    documents = GraphQLDocumentCache(_SCHEMA)
    try:
        found = documents.faults(text)
    except Exception as error:
        found = [error]
    assert found


def _differ(one: str, other: str) -> None:
    assert edit_distance(one, other) > 0


def _cases() -> Iterator[tuple[str, Callable[[], object]]]:
    half = LONGEST_PATTERN // 2
    yield "wildcards", lambda: _search("%" * 8 + "zz", "a" * 100_000, matches=False)
    yield "letters", lambda: _search("%a" * half, "a" * 100_000 + "b", matches=False)
    yield "blanks", lambda: _search("%" + "_" * (2 * half - 1), "a" * 100_000, matches=True)
    yield "a search of brackets", lambda: _malformed("(" * LONGEST_SEARCH)
    yield (
        "a search of digits",
        lambda: _malformed("A.B.count > " + "1" * (LONGEST_SEARCH - 13) + "x"),
    )
    yield "an address", lambda: _address("a" * 1_000_000)
    yield "silenced lines", lambda: _silences("x = 1  # noqa\n" * 40_000)
    yield "one silenced statement", lambda: _silences("x = [\n" + "1,  # noqa\n" * 40_000 + "]")
    yield "two long texts", lambda: _differ("ab" * 500_000, "ba" * 500_001)
    groups: list[tuple[str, Callable[..., object], dict[str, tuple[object, ...]]]] = [
        ("pdf", _unreadable, {name: (each,) for name, each in PDFS.items()}),
        ("requirements", _faulty, {name: (each,) for name, each in REQUIREMENTS.items()}),
        ("image", _sizeless, {name: (each,) for name, each in IMAGES.items()}),
        ("scenario", _refused, dict(SCENARIOS)),
        ("document", _valid, {name: (each,) for name, each in ACCEPTED.items()}),
        ("document", _faults, {name: (each,) for name, (each, _) in REFUSED.items()}),
    ]
    for kind, check, texts in groups:
        for name, arguments in texts.items():
            yield f"{kind}: {name}", lambda check=check, arguments=arguments: check(*arguments)


def _address(text: str) -> None:
    assert normalized_email(text) is None


CASES = dict(_cases())
