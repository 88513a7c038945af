"""Served files: their types, lengths, ranges, and access."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from freezegun import freeze_time

from kili_emulator.app import Emulator
from kili_emulator.clock import Clock
from tests.kit.asset_client import AssetClient
from tests.kit.media_files import MP4, PDF, TEXT, png

OLD_CLIENT = {"apollographql-client-version": "2.128.2"}


@pytest.fixture
def asset_client(kili_emulator: Emulator) -> Iterator[AssetClient]:
    opened = AssetClient(kili_emulator)
    yield opened
    opened.close()


def test_plain_text_has_charset_utf_8_only_if_it_is_valid_utf_8(asset_client: AssetClient) -> None:
    project = asset_client.create_project("TEXT")
    for content, kind in ((TEXT.encode(), "text/plain; charset=utf-8"), (b"\xff", "text/plain")):
        answer = asset_client.get(
            asset_client.append_asset(
                project, content=asset_client.upload_file(project, content, "text/plain")
            )["content"]
        )
        assert (answer.content, answer.headers["Content-Type"]) == (content, kind)


def test_head_returns_the_length_and_type_of_a_file(asset_client: AssetClient) -> None:
    project = asset_client.create_project("PDF")
    url = asset_client.append_asset(
        project, content=asset_client.upload_file(project, PDF, "application/pdf")
    )["content"]
    answer = asset_client.request("HEAD", url, headers=asset_client.authorization("admin"))
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
def test_a_part_of_a_file_can_be_read(
    asset_client: AssetClient, asked: str, status: int, part: slice
) -> None:
    project = asset_client.create_project("VIDEO")
    url = asset_client.append_asset(
        project, content=asset_client.upload_file(project, MP4, "video/mp4")
    )["content"]
    answer = asset_client.get(url, Range=asked)
    assert (answer.status_code, answer.content) == (status, MP4[part])


def test_a_part_beyond_the_end_of_a_file_is_refused(asset_client: AssetClient) -> None:
    project = asset_client.create_project("VIDEO")
    url = asset_client.append_asset(
        project, content=asset_client.upload_file(project, MP4, "video/mp4")
    )["content"]
    assert asset_client.get(url, Range="bytes=500-").status_code == 416


def test_urls_for_old_clients_need_no_key(asset_client: AssetClient) -> None:
    project = asset_client.create_project("VIDEO")
    frame = asset_client.upload_file(project, png(2, 3), "image/png", "a/frame/0")
    asset = asset_client.append_asset(project, jsonContent=json.dumps([frame]))
    query = f'{{ data: asset(id: "{asset["id"]}") {{ jsonContent }} }}'
    url = asset_client.post({"query": query}, headers=OLD_CLIENT).json()["data"]["data"][
        "jsonContent"
    ]
    frames = asset_client.get(url, key=None).json()
    assert asset_client.get(frames["0"], key=None).content == png(2, 3)
    assert asset_client.get(asset["jsonContent"], key=None).status_code == 401
    assert asset_client.get(asset["jsonContent"] + "&token=guessed", key=None).status_code == 401
    token = url.partition("&token=")[2]
    other = asset_client.get(asset["jsonContent"]).json()["0"]
    assert asset_client.get(f"{other}&token={token}", key=None).status_code == 401
    asset_client.call("deleteProject", where={"id": project}, selection="id")
    assert asset_client.get(url, key=None).status_code == 404


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
def test_file_type_is_not_sniffed_and_active_documents_are_sandboxed(
    asset_client: AssetClient, method: str, kind: str
) -> None:
    project = asset_client.create_project("TEXT")
    asset_client.upload_file(project, b"<script>alert(1)</script>", kind)
    url = f"/api/label/v2/files?id=projects/{project}/assets/a/content"
    for part in ({}, {"Range": "bytes=0-3"}, {"Range": "bytes=900-"}):
        answer = asset_client.request(
            method, url, headers={**asset_client.authorization("admin"), **part}
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers.get("Content-Security-Policy", "")
        if answer.status_code == 416:
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert answer.headers["Content-Range"] == "bytes */25"
            continue
        assert policy.startswith("sandbox; default-src 'none';") == (kind in RUN)
        assert "allow-" not in policy


@pytest.mark.parametrize("path", ["/health", "/api/label/v2/version", "/_emulator/worlds", "/x"])
def test_type_of_other_responses_is_not_sniffed(asset_client: AssetClient, path: str) -> None:
    answer = asset_client.request("GET", path, headers=asset_client.authorization("admin"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith(("application/json", "text/plain"))


def test_upload_url_is_valid_after_the_clock_was_set_back(asset_client: AssetClient) -> None:
    path = f"projects/{asset_client.create_project('TEXT')}/assets/new/content"
    with freeze_time(Clock().now()) as system:
        (url,) = asset_client.call("createUploadBucketSignedUrls", filePaths=[path])
        system.tick(timedelta(seconds=-2))
        answer = asset_client.request("PUT", url, data=b"x")
    assert answer.status_code == 201, answer.text
