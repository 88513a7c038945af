"""The records in the pages of an SQLite file and its log, read without SQLite.

See https://www.sqlite.org/fileformat2.html. A page that is damaged or missing has no records; the
other pages are not affected. Records of all tables and indexes come without the table's name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_DEFAULT_PAGE_SIZE = 4096
_PAGE_SIZES = frozenset(2**each for each in range(9, 17))
_WAL_MAGICS = (0x377F0682, 0x377F0683)
_WAL_HEADER_SIZE, _FRAME_HEADER_SIZE = 32, 24

_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR = 0x0D, 0x0A, 0x02
_HEADER_SIZES = {_TABLE_LEAF: 8, _INDEX_LEAF: 8, _INDEX_INTERIOR: 12}
_INTEGER_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FLOAT, _ZERO, _ONE, _FIRST_BLOB = 7, 8, 9, 12

Pages = dict[int, bytes]


def read_records(path: Path) -> Iterator[list[Any]]:
    """Yield the records of all pages that are in use; texts are bytes.

    Args:
        path: the file; it and its log need not exist.

    Raises:
        OSError: the file exists, but cannot be read.
    """
    pages, page_size = _read_pages(path)
    unused = set(_unused_pages(pages))
    for number in sorted(pages.keys() - unused):
        yield from _records_of(pages, number, page_size)


def _read_pages(path: Path) -> tuple[Pages, int]:
    """Return the pages by number, those of the log included, and their size."""
    content = path.read_bytes() if path.is_file() else b""
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes() if log.is_file() else b""
    size = _page_size(content, frames)
    pages = {
        start // size + 1: content[start : start + size].ljust(size, b"\0")
        for start in range(0, len(content), size)
    }
    return pages | _read_log(frames, size), size


def _page_size(content: bytes, log: bytes) -> int:
    sizes = [_DEFAULT_PAGE_SIZE]
    if len(log) >= _WAL_HEADER_SIZE:
        sizes.append(int.from_bytes(log[8:12], "big"))
    if content.startswith(_MAGIC):
        sizes.append(int.from_bytes(content[16:18], "big") or 2**16)
    return next(each for each in reversed(sizes) if each in _PAGE_SIZES)


def _read_log(log: bytes, page_size: int) -> Pages:
    """Return the newest pages of the commits in a write-ahead log."""
    pages: Pages = {}
    commit: Pages = {}
    if len(log) < _WAL_HEADER_SIZE or int.from_bytes(log[:4], "big") not in _WAL_MAGICS:
        return pages
    salt, step = log[16:24], _FRAME_HEADER_SIZE + page_size
    for start in range(_WAL_HEADER_SIZE, len(log) - step + 1, step):
        number, committed_size, frame_salt = struct.unpack_from(">II8s", log, start)
        if frame_salt != salt:  # a frame of an earlier log
            break
        commit[number] = log[start + _FRAME_HEADER_SIZE : start + step]
        if committed_size:
            pages |= commit
            commit = {}
    return pages


def _unused_pages(pages: Pages) -> Iterator[int]:
    """Yield the pages that SQLite has freed: they can have records that were deleted."""
    header = pages.get(1, b"")
    trunk = int.from_bytes(header[32:36], "big") if header.startswith(_MAGIC) else 0
    seen: set[int] = set()
    while trunk in pages and trunk not in seen:
        seen.add(trunk)
        yield trunk
        trunk, count, *leaves = struct.unpack(f">{len(pages[trunk]) // 4}I", pages[trunk])
        yield from leaves[:count]


def _records_of(pages: Pages, number: int, page_size: int) -> Iterator[list[Any]]:
    page = pages[number]
    start = _HEADER_SIZE if number == 1 else 0
    kind = page[start]
    if kind not in _HEADER_SIZES:
        return
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    first = start + _HEADER_SIZES[kind]
    for place in range(first, min(first + 2 * count, page_size - 1), 2):
        offset = int.from_bytes(page[place : place + 2], "big")
        try:
            yield _parse_record(_read_payload(pages, page, offset, kind))
        except (IndexError, KeyError, ValueError, struct.error):  # this cell is damaged
            continue


def _read_payload(pages: Pages, page: bytes, offset: int, kind: int) -> bytes:
    """Return the content of a cell, with its parts on overflow pages.

    Raises:
        IndexError, KeyError, ValueError: the cell is damaged.
    """
    if kind == _INDEX_INTERIOR:
        offset += 4  # the number of the child page
    size, offset = _read_varint(page, offset)
    if kind == _TABLE_LEAF:
        _, offset = _read_varint(page, offset)  # the row id
    local = _local_size(size, len(page), kind)
    payload = page[offset : offset + local]
    overflow = int.from_bytes(page[offset + local : offset + local + 4], "big")
    if size > len(pages) * len(page):
        raise ValueError("the payload is larger than the file")
    while len(payload) < size:
        part = pages[overflow]
        overflow = int.from_bytes(part[:4], "big")
        payload += part[4 : 4 + size - len(payload)]
    return payload


def _local_size(size: int, page_size: int, kind: int) -> int:
    """Return the number of bytes of a payload that are in the cell itself."""
    most = page_size - 35 if kind == _TABLE_LEAF else (page_size - 12) * 64 // 255 - 23
    if size <= most:
        return size
    least = (page_size - 12) * 32 // 255 - 23
    kept = least + (size - least) % (page_size - 4)
    return kept if kept <= most else least


def _read_varint(content: bytes, offset: int) -> tuple[int, int]:
    """Return a number of 1 to 9 bytes, and the offset behind it."""
    number = 0
    for position in range(offset, offset + 8):
        byte = content[position]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, position + 1
    return number << 8 | content[offset + 8], offset + 9


def _parse_record(payload: bytes) -> list[Any]:
    """Return the values of a record.

    Raises:
        IndexError, ValueError, struct.error: the record is damaged.
    """
    header_size, place = _read_varint(payload, 0)
    values, offset = [], header_size
    while place < header_size:
        kind, place = _read_varint(payload, place)
        size = _value_size(kind)
        part = payload[offset : offset + size]
        if len(part) < size:
            raise ValueError("the record is cut")
        values.append(_parse_value(kind, part))
        offset += size
    return values


def _value_size(kind: int) -> int:
    if kind >= _FIRST_BLOB:
        return (kind - _FIRST_BLOB) // 2
    return 8 if kind == _FLOAT else _INTEGER_SIZES.get(kind, 0)


def _parse_value(kind: int, part: bytes) -> Any:
    if kind >= _FIRST_BLOB:
        return part
    if kind == _FLOAT:
        return struct.unpack(">d", part)[0]
    if kind in _INTEGER_SIZES:
        return int.from_bytes(part, "big", signed=True)
    return {_ZERO: 0, _ONE: 1}.get(kind)
