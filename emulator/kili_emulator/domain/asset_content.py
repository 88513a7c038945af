"""The content of an asset: files, hosted media, texts, frames, layers.

See contract/file.md#downloads, contract/asset.md#content.

Uploaded files, and contents that a client sends as text or JSON, are stored as files of the asset,
to which the document of the asset refers. A URL on another server is stored unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from kili_emulator import errors
from kili_emulator.domain import file
from kili_emulator.domain.documents import AssetContent, AssetDoc, FileDoc, ProjectDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import input_types, media, pdf
from kili_emulator.rules.json_text import parse_json
from kili_emulator.rules.media import PageResolution, Resolution

_TEXT = "text/plain; charset=utf-8"


class ContentTarget(NamedTuple):
    """The asset that receives a content; the document of the asset may not exist yet."""

    tx: Transaction
    operation: str
    project: ProjectDoc
    asset_id: str

    @property
    def input_type(self) -> str:
        return str(self.project["inputType"])

    def build_upload(self, name: str) -> file.Upload:
        """Return the upload of a file with this name into the folder of the asset."""
        folder = file.asset_folder(self.project["id"], self.asset_id)
        return file.Upload(f"{folder}/{name}", self.project["id"])


class ContentMembers(TypedDict, total=False):
    """The members of an asset that are computed from the content that a client sends."""

    content: str
    jsonContent: str
    resolution: Resolution | None
    pageResolutions: list[PageResolution] | None


def build_members(target: ContentTarget, row: dict[str, Any]) -> AssetContent:
    """Return the members that describe the content of a new asset.

    Args:
        row: ``content`` and ``jsonContent``; or ``layers`` instead of ``content``; and ``isTiled``
            if the content is to be described as one layer.

    Raises:
        KiliError: the row has no content, or a content that the input type does not accept.
    """
    content_members = _build_content_members(target, row)
    return {
        "content": "",
        "jsonContent": "",
        "resolution": None,
        "pageResolutions": None,
        **content_members,
    }


def _build_content_members(target: ContentTarget, row: dict[str, Any]) -> ContentMembers:
    content, json_content = row.get("content") or "", row.get("jsonContent") or ""
    if not (content or json_content or row.get("layers")):
        raise errors.content_missing(target.operation)
    if target.input_type in input_types.CONVERSATIONS:
        raise errors.conversation_not_emulated(target.operation, target.input_type)
    if row.get("layers"):
        return _members_from_layers(target, content, row["layers"], json_content)
    if row.get("isTiled") and content:
        content_members = members_from_content(target, content)
        layers = [
            _build_single_layer(target, content_members),
            *_parse_added_layers(target, json_content),
        ]
        return {**content_members, "jsonContent": _store_json_value(target, layers)}
    return {
        **members_from_content(target, content),
        **members_from_json_content(target, json_content),
    }


def members_from_content(target: ContentTarget, content: str) -> ContentMembers:
    """Return the members that are computed from a content: a file, a hosted URL or a text.

    Raises:
        KiliError: the content is none of these, or has another input type.
    """
    if _is_web_url(content) and not file.parse_file_id(content):
        return {"content": content, "resolution": None}
    stored = _store_written_content(target, content) or resolve_url(target, content)
    if stored:
        _check_media_type(target, stored, target.input_type)
    is_image = target.input_type == "IMAGE"
    resolution = _resolution(target, stored) if is_image else None
    content_members: ContentMembers = {"content": stored, "resolution": resolution}
    pages = _pages(target, stored) if target.input_type == "PDF" else None
    if pages is not None:
        content_members["pageResolutions"] = pages
    return content_members


def _store_written_content(target: ContentTarget, content: str) -> str | None:
    """Store a content that the client sent as text; return its reference.

    Returns:
        ``None`` if the content is empty or a URL, or if the input type does not accept texts.
    """
    if not content or _is_web_url(content) or file.parse_file_id(content):
        return None
    if target.input_type == "TEXT":
        media_type = _TEXT
    elif target.input_type == "LLM_RLHF":
        _parse_json_content(target, content, "content")
        media_type = file.JSON
    else:
        return None
    upload = target.build_upload("content")
    file.store(target.tx, upload, content.encode(), media_type)
    return file.reference(upload.file_id)


def resolve_url(target: ContentTarget, content: str) -> str:
    """Convert the URL of a file of this project into a reference; return other URLs unchanged.

    Raises:
        KiliError: no file was uploaded to a signed URL, or the content is not a URL.
    """
    file_id = file.parse_file_id(content)
    uploaded = target.tx.files.get(file_id) if file_id else None
    if uploaded and uploaded["projectId"] == target.project["id"]:
        return file.reference(uploaded["id"])
    if file_id and file.is_upload_url(content):
        raise errors.upload_not_found(target.operation, file_id)
    if content and not _is_web_url(content):
        raise errors.content_invalid(target.operation, content)
    return content


def _is_web_url(content: str) -> bool:
    return content[:8].lower().startswith(("http://", "https://"))


def _find_file(target: ContentTarget, stored: str) -> FileDoc | None:
    file_id = file.referenced_file_id(stored)
    return None if file_id is None else target.tx.files.require(file_id)


def read_content_bytes(target: ContentTarget, stored: str) -> bytes | None:
    """Return the bytes of a content; ``None`` if it is not a file of this server."""
    file_doc = _find_file(target, stored)
    return target.tx.world.blobs.get(file_doc["digest"]) if file_doc else None


def _check_media_type(target: ContentTarget, stored: str, input_type: str) -> None:
    file_doc = _find_file(target, stored)
    if file_doc and not input_types.accepts_media_type(input_type, file_doc["contentType"]):
        raise errors.media_type_not_supported(
            target.operation, file_doc["contentType"], target.input_type
        )


def _resolution(target: ContentTarget, stored: str) -> Resolution | None:
    content = read_content_bytes(target, stored)
    return None if content is None else media.resolution_of(content)


def _pages(target: ContentTarget, stored: str) -> list[PageResolution] | None:
    content = read_content_bytes(target, stored)
    return None if content is None else pdf.page_resolutions(content)


# JSON content: rich text, frames, layers


def members_from_json_content(target: ContentTarget, json_content: str) -> ContentMembers:
    """Return the members that are computed from a JSON content.

    The JSON content of a video lists its frames; the size of the first frame is the size of the
    video.

    Args:
        json_content: JSON, or the URL of JSON.

    Raises:
        KiliError: the content is not JSON, or the frames of a video are malformed.
    """
    if not json_content:
        return {"jsonContent": ""}
    is_written = not (_is_web_url(json_content) or file.parse_file_id(json_content))
    stored = "" if is_written else resolve_url(target, json_content)
    content = json_content if is_written else read_content_bytes(target, stored)
    if content is None:
        return {"jsonContent": stored}
    value = _parse_json_content(target, content, "jsonContent")
    if target.input_type in input_types.VIDEOS:
        frames = _build_frames(target, value)
        resolution = _resolution(target, frames["0"])
        return {"jsonContent": _store_json_value(target, frames), "resolution": resolution}
    return {"jsonContent": _store_json_value(target, value) if is_written else stored}


def _parse_json_content(target: ContentTarget, content: str | bytes, member: str) -> Any:
    try:
        return parse_json(content)
    except ValueError as error:
        raise errors.content_not_json(target.operation, member, str(error)) from None


def _store_json_value(target: ContentTarget, value: Any) -> str:
    """Store a value as the JSON content of the asset; return its reference."""
    upload = target.build_upload("jsonContent")
    file.store_json(target.tx, upload, _replace_urls(target, value))
    return file.reference(upload.file_id)


def _replace_urls(target: ContentTarget, value: Any) -> Any:
    """Return the value with each URL of a file of this project replaced by a reference.

    Raises:
        KiliError: a text has the form of a reference or upload URL, but names no file of the
            project.
    """
    if isinstance(value, dict):
        return {key: _replace_urls(target, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_replace_urls(target, each) for each in value]
    is_file_url = isinstance(value, str) and file.parse_file_id(value)
    return resolve_url(target, value) if is_file_url else value


def _build_frames(target: ContentTarget, value: Any) -> dict[str, str]:
    """Return the frames of a video as ``{"0": URL, "1": URL, …}``; number a list of URLs."""
    if isinstance(value, list):
        value = {str(number): each for number, each in enumerate(value)}
    numbers = [str(number) for number in range(len(value))] if isinstance(value, dict) else []
    if not numbers or set(value) != set(numbers):
        raise errors.video_frames_invalid(target.operation)
    return {
        number: _copy_unless_owned(target, _resolve_frame(target, value[number]), number)
        for number in numbers
    }


def _resolve_frame(target: ContentTarget, url: Any) -> str:
    if not isinstance(url, str) or not url:
        raise errors.video_frames_invalid(target.operation)
    stored = resolve_url(target, url)
    _check_media_type(target, stored, "IMAGE")
    return stored


def _copy_unless_owned(target: ContentTarget, stored: str, name: str) -> str:
    """Copy the file of another asset into the folder of this one; return the reference to use.

    The copy is needed because an asset is deleted with the files in its folder, even if another
    asset shows them as frames or layers.
    """
    file_doc = _find_file(target, stored)
    if not file_doc or file_doc["folder"] == file.asset_folder(
        target.project["id"], target.asset_id
    ):
        return stored
    upload = target.build_upload(f"copied/{name}")
    content = target.tx.world.blobs.get(file_doc["digest"])
    file.store(target.tx, upload, content, file_doc["contentType"], linked=file_doc["linked"])
    return file.reference(upload.file_id)


def _members_from_layers(
    target: ContentTarget, content: str, layers: Any, json_content: str
) -> ContentMembers:
    """Return the members of an image with several layers.

    Args:
        layers: a list of objects with a ``url`` and optional members such as ``name``.
        json_content: further layers as JSON; may be empty.
    """
    if content or not isinstance(layers, list):
        raise errors.layers_invalid(target.operation)
    layer_docs = [_build_layer(target, each, str(number)) for number, each in enumerate(layers)]
    layer_docs += _parse_added_layers(target, json_content)
    return {"content": "", "jsonContent": _store_json_value(target, layer_docs), "resolution": None}


def _parse_added_layers(target: ContentTarget, json_content: str) -> list[Any]:
    parsed_layers = _parse_json_content(target, json_content, "jsonContent") if json_content else []
    return parsed_layers if isinstance(parsed_layers, list) else [parsed_layers]


def _build_layer(target: ContentTarget, layer: Any, name: str) -> dict[str, Any]:
    url = layer.get("url") if isinstance(layer, dict) else None
    if not isinstance(url, str) or not url:
        raise errors.layers_invalid(target.operation)
    stored = resolve_url(target, url)
    _check_media_type(target, stored, target.input_type)
    layer_members = {key: each for key, each in layer.items() if key != "url"}
    return {**layer_members, "imageUrl": _copy_unless_owned(target, stored, name)}


def _build_single_layer(target: ContentTarget, content_members: ContentMembers) -> dict[str, Any]:
    """Describe a large image as one layer with the whole file: the emulator makes no tiles."""
    layer = {"imageUrl": content_members["content"]}
    size = content_members["resolution"]
    if target.input_type != "IMAGE":
        return layer
    bounds = {"bounds": [[0, 0], [size["width"], size["height"]]]} if size else {}
    return {**layer, **bounds, "epsg": "TiledImage", "useClassicCoordinates": True}


# The files of an asset


def content_digests(tx: Transaction, asset: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the digests of the content and the JSON content of an asset.

    Returns:
        member name → digest of the file; ``None`` if the member does not refer to a file.
    """
    ids = {name: file.referenced_file_id(asset[name]) for name in ("content", "jsonContent")}
    return {name: tx.files.require(each)["digest"] if each else None for name, each in ids.items()}


def delete_files(tx: Transaction, asset: AssetDoc) -> None:
    """Delete the files of a deleted asset to which no other asset refers."""
    owned_files = tx.files.find("folder", file.asset_folder(asset["projectId"], asset["id"]))
    referenced_ids = map(file.referenced_file_id, (asset["content"], asset["jsonContent"]))
    candidates = {
        each["id"]: each
        for each in [*owned_files, *tx.files.get_many(filter(None, referenced_ids))]
    }
    for file_id, each in candidates.items():
        reference = file.reference(file_id)
        if not tx.assets.count("content", reference) + tx.assets.count("jsonContent", reference):
            tx.files.delete(each)
