"""The page sizes of a PDF file."""

from __future__ import annotations

import zlib

import pytest

from kili_emulator.rules.pdf import page_resolutions
from tests.kit import media_files


def _page(number: int, width: float, height: float, rotation: int = 0) -> dict[str, float]:
    return {"pageNumber": number, "width": width, "height": height, "rotation": rotation}


def _file(*objects: str) -> bytes:
    body = "".join(f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}".encode()


def test_each_page_has_its_size() -> None:
    read = page_resolutions(media_files.pdf((595, 842), (200, 100)))
    assert read == [_page(1, 595, 842), _page(2, 200, 100)]


def test_pages_inherit_attributes_and_are_in_tree_order() -> None:
    read = page_resolutions(
        _file(
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [ 5 0 R 3 0 R ] /MediaBox [ 0 0 10 20 ] /Rotate 90 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [ 5.5 10 25.5 40 ] /Rotate -90 >>",
            "<< /Type /Page /Parent 5 0 R >>",
            "<< /Type /Pages /Kids [ 4 0 R ] >>",
        )
    )
    assert read == [_page(1, 10, 20, 90), _page(2, 20, 30, 270)]


def test_a_later_object_replaces_an_earlier_one() -> None:
    added = b"3 0 obj<</Type/Page/MediaBox[0 0 7 8]>>endobj\n"
    assert page_resolutions(media_files.pdf((595, 842)) + added) == [_page(1, 7, 8)]


def test_objects_are_read_from_compressed_streams() -> None:
    pages = "<</Type/Pages/Kids[3 0 R]/MediaBox[0 0 30 40]>>"
    index = f"2 0 3 {len(pages)} "
    packed = zlib.compress(f"{index}{pages}<</Type/Page/Parent 2 0 R>>".encode())
    head = f"4 0 obj<</Type/ObjStm/N 2/First {len(index)}/Filter/FlateDecode>>stream\n".encode()
    stream = head + packed + b"\nendstream\nendobj\n"
    content = _file("<</Type/Catalog/Pages 2 0 R>>") + stream
    assert page_resolutions(content) == [_page(1, 30, 40)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="no PDF"),
        pytest.param(media_files.PDF, id="no pages"),
        pytest.param(media_files.pdf((10, 20)) + b"trailer<</Encrypt 9 0 R>>", id="encrypted"),
        pytest.param(media_files.pdf((10, 20), (0, 20)), id="a page without a size"),
        pytest.param(
            _file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]>>"),
            id="circular page tree",
        ),
        pytest.param(
            b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/ObjStm/First 4"
            b"/Filter/FlateDecode>>stream\nnot compressed\nendstream\nendobj\n",
            id="a damaged stream",
        ),
    ],
)
def test_unreadable_pdf_has_no_page_resolutions(content: bytes) -> None:
    assert page_resolutions(content) is None
