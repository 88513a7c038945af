"""Small image and PDF files for assets."""

from __future__ import annotations

import struct
import zlib

TEXT = "Déjà vu — 漢字\n\tThe end.  \n"
RICH_TEXT = [{"children": [{"id": "1", "bold": True, "text": "Title"}, {"id": "2", "text": "x"}]}]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP4 = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"mp42") + struct.pack(">I4s", 8, b"mdat")
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(20)


def png(width: int, height: int) -> bytes:
    """Return a black PNG image."""
    rows = b"".join(b"\x00" + bytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def tiff(width: int, height: int) -> bytes:
    """Return a black TIFF image."""
    pixels = width * height
    entries = (
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, pixels),
    )
    fields = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    start = 8 + pixels + pixels % 2
    body = bytes(start - 8) + struct.pack("<H", len(entries)) + fields + bytes(4)
    return b"II*\x00" + struct.pack("<I", start) + body


def pdf(*pages: tuple[int, int]) -> bytes:
    """Return a PDF with empty pages of these sizes in points."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        *(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {w} {h}]>>" for w, h in pages),
    ]
    body = "".join(f"{number} 0 obj{each}endobj\n" for number, each in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n%%EOF\n".encode()
