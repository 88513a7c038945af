"""Files as they are served: types, lengths, parts, and who may read them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kili_emulator.app import Emulator
from tests.kit.asset_client import Desk
from tests.kit.media_files import MP4, PDF, TEXT, png

OLD_CLIENT = {"apollographql-client-version": "2.128.2"}


@pytest.fixture
def desk(kili_emulator: Emulator) -> Iterator[Desk]:
    opened = Desk(kili_emulator)
    yield opened
    opened.close()


def test_plain_text_is_said_to_be_utf_8_only_where_it_is(desk: Desk) -> None:
    project = desk.make("TEXT")
    for content, kind in ((TEXT.encode(), "text/plain; charset=utf-8"), (b"\xff", "text/plain")):
        answer = desk.get(
            desk.add(project, content=desk.put(project, content, "text/plain"))["content"]
        )
        assert (answer.content, answer.headers["Content-Type"]) == (content, kind)


def test_a_head_says_how_long_a_file_is_and_of_which_type(desk: Desk) -> None:
    project = desk.make("PDF")
    url = desk.add(project, content=desk.put(project, PDF, "application/pdf"))["content"]
    answer = desk.request("HEAD", url, headers=desk.authorization("admin"))
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-999", 206, slice(None)),
        ("nonsense", 200, slice(None)),
    ],
)
def test_a_part_of_a_file_can_be_read(desk: Desk, asked: str, status: int, part: slice) -> None:
    project = desk.make("VIDEO")
    url = desk.add(project, content=desk.put(project, MP4, "video/mp4"))["content"]
    answer = desk.get(url, Range=asked)
    assert (answer.status_code, answer.content) == (status, MP4[part])


def test_a_part_beyond_the_end_of_a_file_is_refused(desk: Desk) -> None:
    project = desk.make("VIDEO")
    url = desk.add(project, content=desk.put(project, MP4, "video/mp4"))["content"]
    assert desk.get(url, Range="bytes=500-").status_code == 416


def test_old_clients_get_urls_that_they_can_read_without_a_key(desk: Desk) -> None:
    project = desk.make("VIDEO")
    frame = desk.put(project, png(2, 3), "image/png", "a/frame/0")
    asset = desk.add(project, jsonContent=json.dumps([frame]))
    query = f'{{ data: asset(id: "{asset["id"]}") {{ jsonContent }} }}'
    url = desk.post({"query": query}, headers=OLD_CLIENT).json()["data"]["data"]["jsonContent"]
    frames = desk.get(url, key=None).json()
    assert desk.get(frames["0"], key=None).content == png(2, 3)
    assert desk.get(asset["jsonContent"], key=None).status_code == 401
    assert desk.get(asset["jsonContent"] + "&token=guessed", key=None).status_code == 401
    token = url.partition("&token=")[2]
    other = desk.get(asset["jsonContent"]).json()["0"]
    assert desk.get(f"{other}&token={token}", key=None).status_code == 401
    desk.call("deleteProject", where={"id": project}, selection="id")
    assert desk.get(url, key=None).status_code == 404


# What browsers make of them

SHOWN = ("image/png", "image/tiff", "video/mp4", "audio/x-wav", "application/pdf", "text/plain")
RUN = (
    "text/html",
    "TEXT/HTML; charset=utf-8",
    "image/svg+xml",
    "image/svg+xml; charset=utf-8",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/mathml+xml",
    "text/javascript",
    "application/octet-stream",
    "image/png, text/html",
    "image/png;,text/html",
    "image",
    "*/*",
)


@pytest.mark.parametrize("kind", [*SHOWN, *RUN])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_is_what_its_type_says_and_a_document_can_do_nothing(
    desk: Desk, method: str, kind: str
) -> None:
    project = desk.make("TEXT")
    desk.put(project, b"<script>alert(1)</script>", kind)
    url = f"/api/label/v2/files?id=projects/{project}/assets/a/content"
    for part in ({}, {"Range": "bytes=0-3"}, {"Range": "bytes=900-"}):
        answer = desk.request(method, url, headers={**desk.authorization("admin"), **part})
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers.get("Content-Security-Policy", "")
        if answer.status_code == 416:
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert answer.headers["Content-Range"] == "bytes */25"
            continue
        assert policy.startswith("sandbox; default-src 'none';") == (kind in RUN)
        assert "allow-" not in policy


@pytest.mark.parametrize("path", ["/health", "/api/label/v2/version", "/_emulator/worlds", "/x"])
def test_no_other_answer_is_taken_for_what_it_is_not(desk: Desk, path: str) -> None:
    answer = desk.request("GET", path, headers=desk.authorization("admin"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith(("application/json", "text/plain"))
