"""Content of assets, checked over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kili_emulator.app import Emulator
from tests.kit.asset_client import AssetClient
from tests.kit.media_files import MP4, PDF, RICH_TEXT, WAV, png, tiff


@pytest.fixture
def asset_client(kili_emulator: Emulator) -> Iterator[AssetClient]:
    opened = AssetClient(kili_emulator)
    yield opened
    opened.close()


# Frames


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("is_uploaded", [True, False])
def test_frame_urls_with_a_wrong_scheme_are_corrected(
    asset_client: AssetClient, scheme: str, is_uploaded: bool
) -> None:
    project = asset_client.create_project("VIDEO")
    frames = [png(4, 5), png(6, 7)]
    urls = {}
    for number, frame in enumerate(frames):
        name = f"a/frame/{number}"
        asset_client.upload_file(project, frame, "image/png", name)
        host = asset_client.emulator.url.replace("http", scheme)
        urls[number] = f"{host}/api/label/v2/files?id=projects/{project}/assets/{name}"
    content = json.dumps(urls)
    if is_uploaded:
        content = asset_client.upload_file(project, content.encode(), "text/plain", "a/jsonContent")
    asset = asset_client.append_asset(project, jsonContent=content, id="a")
    assert asset["resolution"] == {"width": 4, "height": 5}
    read = asset_client.get(asset["jsonContent"]).json()
    assert [asset_client.get(read[number]).content for number in ("0", "1")] == frames
    asset_client.call("deleteAssets", where={"idIn": ["a"]})
    assert {
        asset_client.get(url).status_code for url in (*read.values(), asset["jsonContent"])
    } == {404}


@pytest.mark.parametrize(
    "frames", ["{}", "[]", '{"1": "http://x"}', '{"0": 1}', '[""]', '"http://x"', "3", "null"]
)
def test_json_content_of_a_video_that_is_not_frames_is_refused(
    asset_client: AssetClient, frames: str
) -> None:
    assert "must list its frames" in asset_client.append_refusal(
        asset_client.create_project("VIDEO"), jsonContent=frames
    )


def test_frame_that_is_not_an_image_is_refused(asset_client: AssetClient) -> None:
    project = asset_client.create_project("VIDEO")
    frame = asset_client.upload_file(project, MP4, "video/mp4", "a/frame/0")
    says = asset_client.append_refusal(project, jsonContent=json.dumps([frame]))
    assert 'does not accept the type "video/mp4" of the uploaded file' in says


def test_a_reference_in_json_does_not_open_files_of_another_project(
    asset_client: AssetClient,
) -> None:
    foreign = asset_client.create_project("TEXT")
    asset_client.upload_file(foreign, b"secret", "text/plain")
    own = asset_client.create_project("IMAGE")
    for text in (f"/files?id=projects/{foreign}/assets/a/content", "/files?id=x"):
        says = asset_client.append_refusal(own, jsonContent=json.dumps([{"imageUrl": text}]))
        assert "neither a web address nor an uploaded file" in says


# Other contents


def test_uploaded_rich_text_is_stored_byte_for_byte(asset_client: AssetClient) -> None:
    project = asset_client.create_project("TEXT")
    text = json.dumps(RICH_TEXT, indent=3).encode()
    url = asset_client.upload_file(project, text, "text/plain", "a/jsonContent")
    assert (
        asset_client.get(asset_client.append_asset(project, jsonContent=url)["jsonContent"]).content
        == text
    )


def test_inline_json_content_is_stored_as_a_file(asset_client: AssetClient) -> None:
    asset = asset_client.append_asset(
        asset_client.create_project("TEXT"), jsonContent=json.dumps(RICH_TEXT)
    )
    assert (asset["content"], asset_client.get(asset["jsonContent"]).json()) == ("", RICH_TEXT)


@pytest.mark.parametrize(
    ("input_type", "content", "kind"),
    [
        ("AUDIO", WAV, "audio/x-wav"),
        ("AUDIO", MP4, "video/mp4"),
        ("GEOSPATIAL", tiff(3, 4), "image/tiff"),
        ("IMAGE", tiff(3, 4), "image/tiff"),
        ("LLM_RLHF", b'{"prompts": []}', "application/json"),
        ("PDF", PDF, "application/pdf"),
        ("TEXT", b"words", "text/plain; charset=utf-8"),
        ("VIDEO", MP4, "video/mp4"),
        ("VIDEO_LEGACY", MP4, "video/mp4"),
        ("PDF", PDF, "application/octet-stream"),
    ],
)
def test_uploaded_file_of_each_input_type_is_accepted(
    asset_client: AssetClient, input_type: str, content: bytes, kind: str
) -> None:
    project = asset_client.create_project(input_type)
    asset = asset_client.append_asset(
        project, content=asset_client.upload_file(project, content, kind)
    )
    assert asset_client.get(asset["content"]).content == content
    assert asset["resolution"] == ({"width": 3, "height": 4} if input_type == "IMAGE" else None)


@pytest.mark.parametrize(
    ("input_type", "kind"),
    [
        ("IMAGE", "application/pdf"),
        ("PDF", "image/png"),
        ("TEXT", "video/mp4"),
        ("AUDIO", "text/x"),
    ],
)
def test_uploaded_file_of_the_wrong_type_is_refused(
    asset_client: AssetClient, input_type: str, kind: str
) -> None:
    project = asset_client.create_project(input_type)
    says = asset_client.append_refusal(
        project, content=asset_client.upload_file(project, b"x", kind)
    )
    assert f'a project of type {input_type} does not accept the type "{kind}"' in says


@pytest.mark.parametrize("input_type", ["AUDIO", "GEOSPATIAL", "IMAGE", "PDF", "VIDEO"])
def test_plain_text_as_content_of_a_media_asset_is_refused(
    asset_client: AssetClient, input_type: str
) -> None:
    assert "send local files through" in asset_client.append_refusal(
        asset_client.create_project(input_type), content="words"
    )


def test_content_of_llm_comparison_assets_is_json(asset_client: AssetClient) -> None:
    project = asset_client.create_project("LLM_RLHF")
    text = '{"prompts": ["é"], "completions": []}'
    answer = asset_client.get(asset_client.append_asset(project, content=text)["content"])
    assert (answer.text, answer.headers["Content-Type"]) == (text, "application/json")
    assert "neither the address of JSON nor JSON itself" in asset_client.append_refusal(
        project, content="{"
    )


@pytest.mark.parametrize("input_type", ["LLM_STATIC", "LLM_INSTR_FOLLOWING"])
def test_chat_asset_is_refused(asset_client: AssetClient, input_type: str) -> None:
    says = asset_client.append_refusal(
        asset_client.create_project(input_type), content="http://example.com/a.json"
    )
    assert says.startswith("[notEmulated]")


# Changes of assets


def test_new_content_of_the_same_file_emits_an_event(asset_client: AssetClient) -> None:
    asset = asset_client.append_asset(asset_client.create_project("TEXT"), content="first")
    after = asset_client.update_asset(asset, content="second")
    assert after["content"] == asset["content"]
    assert asset_client.get(after["content"]).text == "second"
    event = asset_client.emulator.world.view.events.all()[-1]
    assert (event["event"], event["payload"]["fields"]) == ("asset.updated", ["content"])


def test_unchanged_content_emits_no_event(asset_client: AssetClient) -> None:
    asset = asset_client.append_asset(asset_client.create_project("TEXT"), content="first")
    count = len(asset_client.emulator.world.view.events.all())
    asset_client.update_asset(asset, content="first")
    assert len(asset_client.emulator.world.view.events.all()) == count


def test_ocr_metadata_is_removed_with_the_json_metadata(asset_client: AssetClient) -> None:
    ocr = '{"textAnnotations": [{"description": "é"}], "source": 1}'
    asset = asset_client.append_asset(
        asset_client.create_project("IMAGE"), content="http://x.org/a.png", jsonMetadata=ocr
    )
    url = asset["ocrMetadata"]
    assert asset_client.get(url).json() == json.loads(ocr)
    assert asset_client.update_asset(asset, jsonMetadata='{"a": 1}')["ocrMetadata"] is None
    assert asset_client.get(url).status_code == 404


@pytest.mark.parametrize("metadata", ["{}", "no json", '["fullTextAnnotation"]', "3"])
def test_json_metadata_without_ocr_gives_no_ocr_metadata(
    asset_client: AssetClient, metadata: str
) -> None:
    asset = asset_client.append_asset(
        asset_client.create_project("IMAGE"), content="http://x.org/a.png", jsonMetadata=metadata
    )
    assert (asset["jsonMetadata"], asset["ocrMetadata"]) == (metadata, None)


def test_only_images_have_ocr_metadata(asset_client: AssetClient) -> None:
    ocr = '{"textAnnotations": []}'
    asset = asset_client.append_asset(
        asset_client.create_project("PDF"), content="http://x.org/a.pdf", jsonMetadata=ocr
    )
    assert asset["ocrMetadata"] is None


def test_resolution_set_by_a_client_is_kept_until_the_content_changes(
    asset_client: AssetClient,
) -> None:
    size = {"width": 5, "height": 6}
    asset = asset_client.append_asset(
        asset_client.create_project("IMAGE"), content="http://x.org/a.png"
    )
    assert asset_client.update_asset(asset, resolution=size)["resolution"] == size
    assert asset_client.update_asset(asset, priority=1)["resolution"] == size
    assert asset_client.update_asset(asset, content="http://x.org/b.png")["resolution"] is None


# In the background


@pytest.mark.parametrize(
    ("input_type", "upload_type", "content", "kind"),
    [
        ("IMAGE", "TILED_IMAGE", b"no picture", "image/png"),
        ("IMAGE", "GEO_SATELLITE", b"", "image/tiff"),
        ("GEOSPATIAL", "GEO_SATELLITE", png(1, 1), "image/png"),
        ("VIDEO", "NATIVE_VIDEO", b"no video", "video/mp4"),
    ],
)
def test_import_with_a_file_of_a_wrong_format_imports_nothing(
    asset_client: AssetClient, input_type: str, upload_type: str, content: bytes, kind: str
) -> None:
    project = asset_client.create_project(input_type)
    bad = asset_client.upload_file(project, content, kind, "b/content")
    names = {"externalIDArray": ["good", "bad"]}
    notification = asset_client.import_in_background(
        project, upload_type, "http://example.com/good", bad, **names
    )
    assert notification["status"] == "FAILURE"
    assert notification["message"].startswith(
        'Nothing was added to the project "Own": the file of bad has none'
    )
    assert asset_client.call("countAssets", where={"project": {"id": project}}) == 0


@pytest.mark.parametrize(
    ("input_type", "upload_type", "content"),
    [
        ("IMAGE", "TILED_IMAGE", png(7, 8)),
        ("IMAGE", "GEO_SATELLITE", tiff(7, 8)),
        ("GEOSPATIAL", "GEO_SATELLITE", tiff(7, 8)),
        ("VIDEO", "NATIVE_VIDEO", MP4),
        ("VIDEO_LEGACY", "NATIVE_VIDEO", b"\x1aE\xdf\xa3webm"),
    ],
)
def test_import_keeps_ids_and_ends_immediately(
    asset_client: AssetClient, input_type: str, upload_type: str, content: bytes
) -> None:
    project = asset_client.create_project(input_type)
    url = asset_client.upload_file(project, content, "application/octet-stream")
    notification = asset_client.import_in_background(project, upload_type, url, idArray=["own-id"])
    assert notification == {"status": "SUCCESS", "message": 'Added to the project "Own": 1'}
    where = {"project": {"id": project}, "idIn": ["own-id"]}
    assert asset_client.call("countAssets", where=where) == 1
    asset = asset_client.read({"id": "own-id"})
    assert asset_client.get(asset["content"]).content == content
    assert bool(asset["jsonContent"]) == (input_type in ("IMAGE", "GEOSPATIAL"))
    assert asset["resolution"] == ({"width": 7, "height": 8} if input_type == "IMAGE" else None)


@pytest.mark.parametrize("upload_type", ["FRAME_VIDEO", "VIDEO"])
def test_splitting_a_video_into_frames_is_refused(
    asset_client: AssetClient, upload_type: str
) -> None:
    data = {"contentArray": ["http://x.org/a.mp4"], "uploadType": upload_type}
    where = {"id": asset_client.create_project("VIDEO")}
    says = asset_client.refusal("appendManyAssetsAsynchronously", data=data, where=where)
    assert says.startswith("[notEmulated]")
    assert "send the frames as json_content" in says


def test_files_of_layers_can_be_read(asset_client: AssetClient) -> None:
    project = asset_client.create_project("GEOSPATIAL")
    layers = [
        {
            "name": str(number),
            "url": asset_client.upload_file(project, tiff(1, 2), "image/tiff", f"a/{number}.tif"),
        }
        for number in range(2)
    ]
    more = {"multiLayerContentArray": [layers], "idArray": ["a"], "contentArray": None}
    assert (
        asset_client.import_in_background(project, "GEO_SATELLITE", **more)["status"] == "SUCCESS"
    )
    asset = asset_client.read({"id": "a"})
    described = asset_client.get(asset["jsonContent"]).json()
    assert [each["name"] for each in described] == ["0", "1"]
    assert [asset_client.get(each["imageUrl"]).content for each in described] == [tiff(1, 2)] * 2
    asset_client.call("deleteAssets", where={"id": "a"})
    assert {asset_client.get(each["imageUrl"]).status_code for each in described} == {404}


def test_large_image_can_have_additional_layers(asset_client: AssetClient) -> None:
    project = asset_client.create_project("IMAGE")
    web = {"tileLayerUrl": "https://example.com/{z}/{x}/{y}"}
    more = {"jsonContentArray": [json.dumps([web])], "idArray": ["a"]}
    asset_client.import_in_background(project, "TILED_IMAGE", "https://example.com/a.tif", **more)
    first, second = asset_client.get(asset_client.read({"id": "a"})["jsonContent"]).json()
    assert (first["imageUrl"], second) == ("https://example.com/a.tif", web)


def test_import_of_additional_layers_only_is_accepted(asset_client: AssetClient) -> None:
    web = [{"tileLayerUrl": "https://example.com/{z}/{x}/{y}"}]
    more = {
        "contentArray": None,
        "idArray": ["a"],
        "jsonContentArray": [json.dumps(web)],
        "multiLayerContentArray": [[]],
    }
    asset_client.import_in_background(
        asset_client.create_project("GEOSPATIAL"), "GEO_SATELLITE", **more
    )
    asset = asset_client.read({"id": "a"})
    assert asset["content"] == ""
    assert asset_client.get(asset["jsonContent"]).json() == web


def test_shared_frames_are_kept_until_the_last_asset_is_deleted(asset_client: AssetClient) -> None:
    project = asset_client.create_project("VIDEO")
    frame = asset_client.upload_file(project, png(2, 3), "image/png", "first/frame/0")
    first = asset_client.append_asset(project, id="first", jsonContent=json.dumps([frame]))
    second = asset_client.append_asset(project, id="second", jsonContent=first["jsonContent"])
    asset_client.call("deleteAssets", where={"id": "first"})
    (url,) = asset_client.get(second["jsonContent"]).json().values()
    assert asset_client.get(url).content == png(2, 3)
    asset_client.call("deleteAssets", where={"id": "second"})
    assert asset_client.get(url).status_code == 404
    files = asset_client.emulator.world.view.files.all()
    assert [each["id"] for each in files if each["projectId"] == project] == []
