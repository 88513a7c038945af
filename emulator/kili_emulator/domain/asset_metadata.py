"""The metadata of an asset, and the OCR results in them (contract/asset.md#metadata)."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from kili_emulator import errors
from kili_emulator.domain import file
from kili_emulator.domain.asset_content import ContentTarget
from kili_emulator.rules.json_text import JsonValueError, parse_json, parse_stored_json

_NO_METADATA = "{}"
_OCR_KEYS = ("fullTextAnnotation", "textAnnotations")


class MetadataMembers(TypedDict):
    """The members of an asset that are computed from its metadata."""

    jsonMetadata: str
    ocrMetadata: str | None


def members_from_metadata(target: ContentTarget, json_metadata: str) -> MetadataMembers:
    """Return the members that are computed from the metadata of an asset.

    Metadata of an image with OCR results are also stored as a file, to which ``ocrMetadata``
    refers.

    Raises:
        KiliError: the metadata hold a value that JSON does not have, such as NaN. A text that is
            not JSON at all is accepted (contract/asset.md#metadata).
    """
    is_ocr = _holds_ocr(target.operation, json_metadata)
    upload = target.build_upload("ocrMetadata")
    existing_file = target.tx.files.get(upload.file_id)
    reference = None
    if is_ocr and target.input_type == "IMAGE":
        file.store(target.tx, upload, json_metadata.encode(), file.JSON)
        reference = file.reference(upload.file_id)
    elif existing_file:
        target.tx.files.delete(existing_file)
    return {"jsonMetadata": json_metadata, "ocrMetadata": reference}


def _holds_ocr(operation: str, json_metadata: str) -> bool:
    if json_metadata == _NO_METADATA:
        return False
    try:
        value = parse_json(json_metadata)
    except JsonValueError as error:
        raise errors.json_metadata_invalid(operation, str(error)) from None
    except ValueError:
        return False
    return isinstance(value, dict) and any(key in value for key in _OCR_KEYS)


def parse_metadata(json_metadata: str) -> Any:
    """Return the parsed metadata; ``{}`` if they are not JSON (contract/asset.md#metadata).

    NaN and Infinity, which earlier versions of the emulator stored, become null.
    """
    try:
        return parse_stored_json(json_metadata)
    except ValueError:
        return {}


def clean_metadata(json_metadata: str) -> str:
    """Return stored metadata without the values that a new asset refuses, such as NaN."""
    try:
        parse_json(json_metadata)
    except JsonValueError:
        return json.dumps(parse_metadata(json_metadata))
    except ValueError:
        pass
    return json_metadata
