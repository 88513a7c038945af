"""Upload, reading and download of each input type with every SDK generation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from kili.services.asset_import.exceptions import BatchImportError

from tests.kit.media_files import MP4, PDF, RICH_TEXT, TEXT, WAV, png, tiff
from tests.kit.sdk_process import SdkSession

# The release that cannot download JSON contents, and those that send no key when they download.
WITHOUT_JSON = "2.125.2"
WITHOUT_KEY = ("2.125.2", "2.128.2", "2.140.3")

Write = Callable[[str, bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a local file and returns its path."""

    def make(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return make


class Importer:
    """A project in which assets are imported, read and downloaded.

    Args:
        notebook: session in which ``kili`` is connected.
        folder: destination of downloads.
    """

    def __init__(self, notebook: SdkSession, input_type: str, folder: Path) -> None:
        self._notebook = notebook
        self._folder = folder / "downloaded"
        self.project = self.run(
            f"kili.create_project(input_type={input_type!r}, json_interface={{'jobs': {{}}}}, "
            "title='Media')['id']"
        )

        self.version = self.run("__import__('kili').__version__")

    def run(self, code: str) -> Any:
        return self._notebook.run(code).checked().value

    def get(self, url: str) -> bytes:
        """Return the bytes that the client reads at an address; old clients send no key."""
        key = self.run("__import__('os').environ['KILI_API_KEY']")
        headers = {} if self.version in WITHOUT_KEY else {"Authorization": f"X-API-Key: {key}"}
        answer = requests.get(url, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.content

    def append(self, **arguments: Any) -> None:
        given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        self.run(f"kili.append_many_to_dataset({self.project!r}, disable_tqdm=True, {given})")

    def read(self, *fields: str) -> dict[str, Any]:
        """Return the only asset of the project."""
        (found,) = self.run(
            f"list(kili.assets({self.project!r}, fields={list(fields)!r}, disable_tqdm=True))"
        )
        return dict(found)

    def download(self) -> dict[str, Any]:
        """Return the only asset, with its media as local files."""
        (found,) = self.run(
            f"list(kili.assets({self.project!r}, fields=['content', 'jsonContent', 'externalId'], "
            f"disable_tqdm=True, download_media=True, local_media_dir={str(self._folder)!r}))"
        )
        return dict(found)


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes()


@pytest.mark.parametrize("content", [TEXT, "[1] http://in the text", "<p>é</p>"])
def test_raw_text_is_imported(notebook: SdkSession, tmp_path: Path, content: str) -> None:
    here = Importer(notebook, "TEXT", tmp_path)
    here.append(content_array=[content], external_id_array=["raw"])
    asset = here.read("content", "jsonContent", "jsonMetadata")
    assert asset["content"].startswith("http")
    assert (asset["jsonContent"], asset["jsonMetadata"]) == ("", {})
    downloaded = here.download()["content"]
    assert _bytes(downloaded) == content.encode()


def test_text_file_is_imported(notebook: SdkSession, tmp_path: Path, write: Write) -> None:
    here = Importer(notebook, "TEXT", tmp_path)
    here.append(content_array=[write("a.txt", TEXT.encode())], external_id_array=["file"])
    downloaded = here.download()["content"]
    assert _bytes(downloaded) == TEXT.encode()


def test_rich_text_is_imported(notebook: SdkSession, tmp_path: Path) -> None:
    here = Importer(notebook, "TEXT", tmp_path)
    here.append(json_content_array=[RICH_TEXT], external_id_array=["rich"])
    asset = here.read("content", "jsonContent")
    assert asset["content"] == ""
    assert json.loads(here.get(asset["jsonContent"])) == RICH_TEXT
    if here.version != WITHOUT_JSON:
        assert json.loads(_bytes(here.download()["jsonContent"])) == RICH_TEXT


def test_pdf_file_is_imported(notebook: SdkSession, tmp_path: Path, write: Write) -> None:
    here = Importer(notebook, "PDF", tmp_path)
    here.append(content_array=[write("a.pdf", PDF)], external_id_array=["document"])
    downloaded = here.download()["content"]
    assert Path(downloaded).name == "document.pdf"
    assert _bytes(downloaded) == PDF


def test_a_large_image_has_a_description(
    notebook: SdkSession, tmp_path: Path, write: Write
) -> None:
    here = Importer(notebook, "IMAGE", tmp_path)
    here.append(content_array=[write("a.tif", tiff(12, 34))], external_id_array=["large"])
    asset = here.read("content", "jsonContent")
    assert here.get(asset["content"]) == tiff(12, 34)
    (layer,) = json.loads(here.get(asset["jsonContent"]))
    assert layer["bounds"] == [[0, 0], [12, 34]]
    assert layer["imageUrl"] == asset["content"]
    if here.version != WITHOUT_JSON:
        downloaded = here.download()
        assert _bytes(downloaded["content"]) == tiff(12, 34)
        assert downloaded["jsonContent"] == [layer]


def test_video_file_is_imported(notebook: SdkSession, tmp_path: Path, write: Write) -> None:
    here = Importer(notebook, "VIDEO", tmp_path)
    here.append(content_array=[write("a.mp4", MP4)], external_id_array=["film"])
    asset = here.read("content", "jsonContent", "jsonMetadata")
    assert asset["jsonContent"] == ""
    assert "processingParameters" in asset["jsonMetadata"]
    assert _bytes(here.download()["content"]) == MP4


def test_video_of_local_frames_is_imported(
    notebook: SdkSession, tmp_path: Path, write: Write
) -> None:
    here = Importer(notebook, "VIDEO", tmp_path)
    frames = [png(5, 7), png(6, 7), png(7, 7)]
    paths = [write(f"{number}.png", frame) for number, frame in enumerate(frames)]
    here.append(json_content_array=[paths], external_id_array=["film"])
    asset = here.read("content", "jsonContent")
    assert asset["content"] == ""
    urls = json.loads(here.get(asset["jsonContent"]))
    assert list(urls) == ["0", "1", "2"]
    assert [here.get(url) for url in urls.values()] == frames
    if here.version != WITHOUT_JSON:
        assert [_bytes(each) for each in here.download()["jsonContent"]] == frames


def test_video_of_hosted_frames_is_imported(notebook: SdkSession, tmp_path: Path) -> None:
    here = Importer(notebook, "VIDEO", tmp_path)
    frames = [f"https://example.com/{number}.jpg" for number in range(12)]
    here.append(json_content_array=[frames], external_id_array=["film"])
    read = here.get(here.read("jsonContent")["jsonContent"])
    assert json.loads(read) == {str(number): frame for number, frame in enumerate(frames)}


def test_splitting_a_video_into_frames_is_refused_with_a_remedy(
    notebook: SdkSession, tmp_path: Path
) -> None:
    here = Importer(notebook, "VIDEO", tmp_path)
    outcome = notebook.run(
        f"kili.append_many_to_dataset({here.project!r}, content_array=['https://x.org/a.mp4'], "
        "external_id_array=['cut'], disable_tqdm=True, json_metadata_array="
        "[{'processingParameters': {'shouldUseNativeVideo': False}}])"
    )
    assert outcome.error is not None
    assert "send the frames as json_content" in outcome.error.message
    assert here.run(f"kili.count_assets({here.project!r})") == 0


def test_hosted_media_is_read_back_unchanged(notebook: SdkSession, tmp_path: Path) -> None:
    for input_type, name in (("IMAGE", "a.png"), ("PDF", "a.pdf"), ("TEXT", "a.txt")):
        here = Importer(notebook, input_type, tmp_path)
        url = f"https://example.com/{name}?version=2&id=3"
        here.append(content_array=[url], external_id_array=["hosted"])
        assert here.read("content", "jsonContent") == {"content": url, "jsonContent": ""}


def test_ocr_in_the_metadata_of_an_image_is_available_as_ocr_metadata(
    notebook: SdkSession, tmp_path: Path
) -> None:
    here = Importer(notebook, "IMAGE", tmp_path)
    metadata = {"fullTextAnnotation": {"pages": []}, "textAnnotations": [], "source": "scan"}
    url = "https://example.com/a.png"
    here.append(content_array=[url], external_id_array=["ocr"], json_metadata_array=[metadata])
    asset = here.read("ocrMetadata", "jsonMetadata")
    assert asset["jsonMetadata"] == metadata
    assert asset["ocrMetadata"]


# Only in newer releases


def _only_asset(kili: Any, project: str, *fields: str) -> dict[str, Any]:
    (found,) = kili.assets(project, fields=["id", "content", "jsonContent", *fields])
    return dict(found)


def _project(kili: Any, input_type: str) -> str:
    return str(kili.create_project(input_type=input_type, json_interface={}, title="t")["id"])


def _read(kili: Any, url: str) -> bytes:
    return bytes(kili.http_client.get(url, timeout=30).content)


def test_a_small_local_image_has_its_size(kili: Any, write: Write) -> None:
    project = _project(kili, "IMAGE")
    path = write("a.png", png(30, 40))
    created = kili.append_many_to_dataset(project, content_array=[path], external_id_array=["a"])
    asset = _only_asset(kili, project, "resolution.width", "resolution.height")
    assert created == {"id": project, "asset_ids": [asset["id"]]}
    assert asset["resolution"] == {"width": 30, "height": 40}
    assert asset["jsonContent"] == ""
    assert _read(kili, asset["content"]) == png(30, 40)


def test_audio_file_is_imported(kili: Any, write: Write) -> None:
    project = _project(kili, "AUDIO")
    kili.append_many_to_dataset(project, content_array=[write("a.wav", WAV)])
    assert _read(kili, _only_asset(kili, project)["content"]) == WAV


@pytest.mark.parametrize("is_file", [True, False])
def test_llm_comparison_conversations_are_imported(kili: Any, write: Write, is_file: bool) -> None:
    project = _project(kili, "LLM_RLHF")
    content = {"prompt": "é?", "completions": {"A": "1", "B": "2"}}
    text = json.dumps(content).encode()
    given = write("a.json", text) if is_file else content
    kili.append_many_to_dataset(project, content_array=[given])
    assert json.loads(_read(kili, _only_asset(kili, project)["content"])) == content


def test_a_satellite_image_has_no_size(kili: Any, write: Write) -> None:
    project = _project(kili, "GEOSPATIAL")
    created = kili.append_many_to_dataset(project, content_array=[write("a.tif", tiff(3, 4))])
    assert created == {"id": project, "asset_ids": []}
    asset = _only_asset(kili, project, "resolution.width")
    assert asset["resolution"] is None
    assert _read(kili, asset["content"]) == tiff(3, 4)
    (layer,) = json.loads(_read(kili, asset["jsonContent"]))
    assert layer == {"imageUrl": asset["content"]}


def test_satellite_image_of_several_layers_is_imported(kili: Any, write: Write) -> None:
    project = _project(kili, "GEOSPATIAL")
    sizes = {"roads": 3, "rivers": 5}
    layers = [
        {"name": name, "path": write(f"{name}.tif", tiff(size, size))}
        for name, size in sizes.items()
    ]
    web = {"name": "web", "tileLayerUrl": "https://example.com/{z}/{x}/{y}", "epsg": "EPSG3857"}
    kili.append_many_to_dataset(
        project, multi_layer_content_array=[layers], json_content_array=[[web]]
    )
    asset = _only_asset(kili, project)
    assert asset["content"] == ""
    *files, last = json.loads(_read(kili, asset["jsonContent"]))
    assert last == web
    read = {each["name"]: _read(kili, each["imageUrl"]) for each in files}
    assert read == {name: tiff(size, size) for name, size in sizes.items()}
    known = _only_asset(kili, project, "geospatialExportMetadata")["geospatialExportMetadata"]
    assert known == [
        *({"name": name, "width": size, "height": size} for name, size in sizes.items()),
        {"name": "web", "epsg": "EPSG3857"},
    ]


def test_satellite_image_of_web_layers_only_is_imported(kili: Any) -> None:
    project = _project(kili, "GEOSPATIAL")
    web = [{"tileLayerUrl": "https://example.com/{z}/{x}/{y}", "epsg": "EPSG3857"}]
    kili.append_many_to_dataset(project, json_content_array=[web])
    assert json.loads(_read(kili, _only_asset(kili, project)["jsonContent"])) == web


def test_invalid_video_file_is_reported_by_a_notification(kili: Any, write: Write) -> None:
    project = _project(kili, "VIDEO")
    with pytest.raises(BatchImportError, match="check the notification report"):
        kili.append_many_to_dataset(project, content_array=[write("a.mp4", b"no video")])
    assert kili.count_assets(project) == 0


def test_page_resolutions_are_read_back(kili: Any, write: Write) -> None:
    project = _project(kili, "PDF")
    kili.append_many_to_dataset(project, content_array=[write("a.pdf", PDF)])
    asset = _only_asset(kili, project, "pageResolutions.width")
    assert asset["pageResolutions"] is None
    pages = [{"height": 700, "pageNumber": 1, "width": 500}]
    kili.update_properties_in_assets(asset_ids=[asset["id"]], page_resolutions_array=[pages])
    fields = [f"pageResolutions.{each}" for each in pages[0]]
    assert _only_asset(kili, project, *fields)["pageResolutions"] == pages


def test_ocr_metadata_is_read_as_json(kili: Any) -> None:
    project = _project(kili, "IMAGE")
    metadata = {"fullTextAnnotation": {"pages": []}, "textAnnotations": []}
    kili.append_many_to_dataset(
        project, content_array=["https://example.com/a.png"], json_metadata_array=[metadata]
    )
    asset = _only_asset(kili, project, "ocrMetadata", "jsonMetadata")
    assert asset["ocrMetadata"] == asset["jsonMetadata"] == metadata
