"""What an asset shows: files, hosted media, texts, frames, layers.

See contract/file.md#downloads, contract/asset.md#content.

Whatever is uploaded or written here is a file of the asset, which its document refers to; what is
hosted elsewhere stays the URL that it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from kili_emulator import errors
from kili_emulator.domain import file
from kili_emulator.domain.documents import (
    AssetContent,
    AssetDoc,
    FileDoc,
    ProjectDoc,
)
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import input_types, media, pdf
from kili_emulator.rules.json_text import JsonValueError, parse_json, parse_stored_json
from kili_emulator.rules.media import PageResolution, Resolution

_TEXT = "text/plain; charset=utf-8"
_OCR_KEYS = ("fullTextAnnotation", "textAnnotations")


@dataclass(frozen=True)
class Target:
    """The asset that a content is for; it need not be there yet."""

    tx: Transaction
    operation: str
    project: ProjectDoc
    asset_id: str

    @property
    def input_type(self) -> str:
        return str(self.project["inputType"])

    def place(self, name: str) -> file.Upload:
        """Where a file of the asset goes."""
        folder = file.folder(self.project["id"], self.asset_id)
        return file.Upload(f"{folder}/{name}", self.project["id"])


class Shown(TypedDict, total=False):
    """The members of an asset that follow from what a client says that it shows."""

    content: str
    jsonContent: str
    resolution: Resolution | None
    pageResolutions: list[PageResolution] | None


class Metadata(TypedDict):
    """The members of an asset that follow from its metadata."""

    jsonMetadata: str
    ocrMetadata: str | None


def members(target: Target, row: dict[str, Any]) -> AssetContent:
    """The members that say what a new asset shows.

    Args:
        row: ``content``, ``jsonContent``; ``layers`` instead of a content; ``isTiled`` where the
            content is to be described as one layer.

    Raises:
        KiliError: there is nothing to show, or it is nothing that the input type has.
    """
    shown = _shown(target, row)
    return {
        "content": "",
        "jsonContent": "",
        "resolution": None,
        "pageResolutions": None,
        **shown,
    }


def _shown(target: Target, row: dict[str, Any]) -> Shown:
    content, json_content = row.get("content") or "", row.get("jsonContent") or ""
    if not (content or json_content or row.get("layers")):
        raise errors.content_missing(target.operation)
    if target.input_type in input_types.CONVERSATIONS:
        raise errors.conversation_not_emulated(target.operation, target.input_type)
    if row.get("layers"):
        return _of_layers(target, content, row["layers"], json_content)
    if row.get("isTiled") and content:
        shown = of_content(target, content)
        layers = [_only_layer(target, shown), *_added_layers(target, json_content)]
        return {**shown, "jsonContent": _described(target, layers)}
    return {**of_content(target, content), **of_json_content(target, json_content)}


def of_content(target: Target, content: str) -> Shown:
    """The members that follow from a content: a file, a hosted URL or a text.

    Raises:
        KiliError: it is none of these, or of another input type.
    """
    stored = _written(target, content) or stored_link(target, content)
    if stored:
        _check_media_type(target, stored, target.input_type)
    is_image = target.input_type == "IMAGE"
    resolution = _resolution(target, stored) if is_image else None
    shown: Shown = {"content": stored, "resolution": resolution}
    pages = _pages(target, stored) if target.input_type == "PDF" else None
    if pages is not None:
        shown["pageResolutions"] = pages
    return shown


def _written(target: Target, content: str) -> str | None:
    """The reference to a text that is itself the content."""
    if not content or _is_link(content) or file.file_id_of(content):
        return None
    if target.input_type == "TEXT":
        media_type = _TEXT
    elif target.input_type == "LLM_RLHF":
        _parsed(target, content, "content")
        media_type = file.JSON
    else:
        return None
    upload = target.place("content")
    file.store(target.tx, upload, content.encode(), media_type)
    return file.reference(upload.file_id)


def stored_link(target: Target, content: str) -> str:
    """The URL of a file of this project becomes a reference to it; other URLs stay.

    Raises:
        KiliError: nothing was uploaded to a signed URL, or the content is no URL.
    """
    file_id = file.file_id_of(content)
    uploaded = target.tx.files.get(file_id) if file_id else None
    if uploaded and uploaded["projectId"] == target.project["id"]:
        return file.reference(uploaded["id"])
    if file_id and file.is_upload_url(content):
        raise errors.upload_not_found(target.operation, file_id)
    if content and not _is_link(content):
        raise errors.content_refused(target.operation, content)
    return content


def _is_link(content: str) -> bool:
    return content[:8].lower().startswith(("http://", "https://"))


def _file(target: Target, stored: str) -> FileDoc | None:
    file_id = file.referenced(stored)
    return None if file_id is None else target.tx.files.the(file_id)


def bytes_of(target: Target, stored: str) -> bytes | None:
    """The bytes of a content that is a file here."""
    found = _file(target, stored)
    return target.tx.world.blobs.get(found["digest"]) if found else None


def _check_media_type(target: Target, stored: str, input_type: str) -> None:
    found = _file(target, stored)
    if found and not input_types.takes_media_type(input_type, found["contentType"]):
        raise errors.media_type_refused(target.operation, found["contentType"], target.input_type)


def _resolution(target: Target, stored: str) -> Resolution | None:
    content = bytes_of(target, stored)
    return None if content is None else media.resolution_of(content)


def _pages(target: Target, stored: str) -> list[PageResolution] | None:
    content = bytes_of(target, stored)
    return None if content is None else pdf.page_resolutions(content)


# JSON: rich text, frames, layers


def of_json_content(target: Target, json_content: str) -> Shown:
    """The members that follow from a JSON content: the URL of one, or the JSON itself.

    That of a video says its frames, whose size is the video's.

    Raises:
        KiliError: it is no JSON, or its frames are nothing that could be shown.
    """
    if not json_content:
        return {"jsonContent": ""}
    is_written = not (_is_link(json_content) or file.file_id_of(json_content))
    stored = "" if is_written else stored_link(target, json_content)
    content = json_content if is_written else bytes_of(target, stored)
    if content is None:
        return {"jsonContent": stored}
    value = _parsed(target, content, "jsonContent")
    if target.input_type in input_types.VIDEOS:
        frames = _frames(target, value)
        resolution = _resolution(target, frames["0"])
        return {"jsonContent": _described(target, frames), "resolution": resolution}
    return {"jsonContent": _described(target, value) if is_written else stored}


def _parsed(target: Target, content: str | bytes, member: str) -> Any:
    try:
        return parse_json(content)
    except ValueError as error:
        raise errors.content_not_json(target.operation, member, str(error)) from None


def _described(target: Target, value: Any) -> str:
    """The reference to a JSON value that is kept as the asset's."""
    upload = target.place("jsonContent")
    file.store_json(target.tx, upload, _mended(target, value))
    return file.reference(upload.file_id)


def _mended(target: Target, value: Any) -> Any:
    """The value, in which each URL of a file of this project is a reference to it.

    Raises:
        KiliError: a text is made to look like a reference.
    """
    if isinstance(value, dict):
        return {key: _mended(target, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_mended(target, each) for each in value]
    is_named = isinstance(value, str) and file.file_id_of(value)
    return stored_link(target, value) if is_named else value


def _frames(target: Target, value: Any) -> dict[str, str]:
    """The frames of a video: ``{"0": URL, "1": URL, …}``; a list of URLs is numbered."""
    if isinstance(value, list):
        value = {str(number): each for number, each in enumerate(value)}
    numbers = [str(number) for number in range(len(value))] if isinstance(value, dict) else []
    if not numbers or set(value) != set(numbers):
        raise errors.frames_refused(target.operation)
    return {number: _owned(target, _frame(target, value[number]), number) for number in numbers}


def _frame(target: Target, url: Any) -> str:
    if not isinstance(url, str) or not url:
        raise errors.frames_refused(target.operation)
    stored = stored_link(target, url)
    _check_media_type(target, stored, "IMAGE")
    return stored


def _owned(target: Target, stored: str, name: str) -> str:
    """The reference to a file of the asset's own: that of another asset is copied.

    Frames and layers are deleted with their asset, whoever else shows them.
    """
    found = _file(target, stored)
    if not found or found["folder"] == file.folder(target.project["id"], target.asset_id):
        return stored
    upload = target.place(f"copied/{name}")
    content = target.tx.world.blobs.get(found["digest"])
    file.store(target.tx, upload, content, found["contentType"], linked=found["linked"])
    return file.reference(upload.file_id)


def _of_layers(target: Target, content: str, layers: Any, json_content: str) -> Shown:
    """An image of several layers: each a file with a name, and those that a JSON content adds."""
    if content or not isinstance(layers, list):
        raise errors.layers_refused(target.operation)
    described = [_layer(target, each, str(number)) for number, each in enumerate(layers)]
    described += _added_layers(target, json_content)
    return {"content": "", "jsonContent": _described(target, described), "resolution": None}


def _added_layers(target: Target, json_content: str) -> list[Any]:
    added = _parsed(target, json_content, "jsonContent") if json_content else []
    return added if isinstance(added, list) else [added]


def _layer(target: Target, layer: Any, name: str) -> dict[str, Any]:
    url = layer.get("url") if isinstance(layer, dict) else None
    if not isinstance(url, str) or not url:
        raise errors.layers_refused(target.operation)
    stored = stored_link(target, url)
    _check_media_type(target, stored, target.input_type)
    named = {key: each for key, each in layer.items() if key != "url"}
    return {**named, "imageUrl": _owned(target, stored, name)}


def _only_layer(target: Target, shown: Shown) -> dict[str, Any]:
    """A large image as a layer: the file as it is, for tiles are not made here."""
    layer = {"imageUrl": shown["content"]}
    size = shown["resolution"]
    if target.input_type != "IMAGE":
        return layer
    bounds = {"bounds": [[0, 0], [size["width"], size["height"]]]} if size else {}
    return {**layer, **bounds, "epsg": "TiledImage", "useClassicCoordinates": True}


# Metadata


def of_metadata(target: Target, json_metadata: str) -> Metadata:
    """The members that follow from an asset's metadata.

    What an image's metadata say about the text in it can be read at a URL of its own, too.

    Raises:
        KiliError: they hold what JSON does not have, such as NaN; a text that is no JSON at all is
            taken (contract/asset.md#metadata).
    """
    try:
        value = parse_json(json_metadata)
    except JsonValueError as error:
        raise errors.metadata_refused(target.operation, str(error)) from None
    except ValueError:
        value = {}
    is_ocr = isinstance(value, dict) and any(key in value for key in _OCR_KEYS)
    upload = target.place("ocrMetadata")
    kept = target.tx.files.get(upload.file_id)
    reference = None
    if is_ocr and target.input_type == "IMAGE":
        file.store(target.tx, upload, json_metadata.encode(), file.JSON)
        reference = file.reference(upload.file_id)
    elif kept:
        target.tx.files.delete(kept)
    return {"jsonMetadata": json_metadata, "ocrMetadata": reference}


def parsed_metadata(json_metadata: str) -> Any:
    """The metadata as a value; ones that are not JSON read as ``{}`` (contract/asset.md#metadata).

    NaN and Infinity, which earlier versions stored, are null.
    """
    try:
        return parse_stored_json(json_metadata)
    except ValueError:
        return {}


def copied_metadata(json_metadata: str) -> str:
    """Metadata that are stored already, as those of a new asset: without what is refused now."""
    try:
        parse_json(json_metadata)
    except JsonValueError:
        return json.dumps(parsed_metadata(json_metadata))
    except ValueError:
        pass
    return json_metadata


# The files of an asset


def digests(tx: Transaction, asset: Mapping[str, Any]) -> dict[str, str | None]:
    """What its content and its JSON content are made of, where these are files here."""
    ids = {name: file.referenced(asset[name]) for name in ("content", "jsonContent")}
    return {name: tx.files.the(each)["digest"] if each else None for name, each in ids.items()}


def delete_files(tx: Transaction, asset: AssetDoc) -> None:
    """Delete the files that only a deleted asset had."""
    owned = tx.files.find("folder", file.folder(asset["projectId"], asset["id"]))
    used = map(file.referenced, (asset["content"], asset["jsonContent"]))
    candidates = {each["id"]: each for each in [*owned, *tx.files.some(filter(None, used))]}
    for file_id, each in candidates.items():
        reference = file.reference(file_id)
        if not tx.assets.count("content", reference) + tx.assets.count("jsonContent", reference):
            tx.files.delete(each)
