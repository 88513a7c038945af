"""The media types, upload types and file formats that the input type of a project allows.

See contract/project.md#creation, contract/asset.md#creation, contract/asset.md#content.
"""

from __future__ import annotations

from kili_emulator.rules import media

# In the schema, but no client creates such a project or imports into one: no asset has these types.
RETIRED = frozenset({"NA", "TIME_SERIES", "URL"})

# The assets of these projects are chats with models, created one by one; no client imports files.
CONVERSATIONS = frozenset({"LLM_INSTR_FOLLOWING", "LLM_STATIC"})

VIDEOS = frozenset({"VIDEO", "VIDEO_LEGACY"})

# input type → the prefixes of its media types; clients check the same before they upload
_MEDIA_TYPES: dict[str, tuple[str, ...]] = {
    "AUDIO": ("audio/", "video/mp4"),
    "GEOSPATIAL": ("image/", "application/vnd.nitf"),
    "IMAGE": ("image/", "application/vnd.nitf"),
    "LLM_RLHF": ("application/json", "text/"),
    "PDF": ("application/pdf",),
    "TEXT": ("text/",),
    "VIDEO": ("video/",),
    "VIDEO_LEGACY": ("video/",),
}
# The input types whose assets are files.
MEDIA_INPUT_TYPES = frozenset(_MEDIA_TYPES)
_UNKNOWN_MEDIA_TYPES = ("application/octet-stream", "binary/octet-stream")

_TILED = ("TILED_IMAGE", "GEO_SATELLITE")
_UPLOAD_TYPES: dict[str, tuple[str, ...]] = {
    "GEOSPATIAL": ("GEO_SATELLITE",),
    "IMAGE": _TILED,
    **dict.fromkeys(VIDEOS, ("NATIVE_VIDEO", "FRAME_VIDEO", "VIDEO")),
}

# The upload types by which a client asks the platform to split a video into images.
VIDEO_SPLITTING_UPLOAD_TYPES = frozenset({"FRAME_VIDEO", "VIDEO"})

_FORMATS: dict[str, frozenset[str]] = {
    "GEOSPATIAL": frozenset({"tiff", "jp2", "nitf"}),
    "IMAGE": media.IMAGES,
    **dict.fromkeys(VIDEOS, media.VIDEOS),
}


def accepts_media_type(input_type: str, media_type: str) -> bool:
    """Return whether an uploaded file with this media type can be an asset.

    A file whose media type is unknown (``application/octet-stream``) can be one.
    """
    name = media_type.partition(";")[0].strip().lower()
    return name.startswith((*_MEDIA_TYPES[input_type], *_UNKNOWN_MEDIA_TYPES))


def upload_types(input_type: str) -> tuple[str, ...]:
    """Return the ways of processing assets in the background; empty for most input types."""
    return _UPLOAD_TYPES.get(input_type, ())


def formats(input_type: str) -> frozenset[str]:
    """Return the file formats that are processed in the background."""
    return _FORMATS[input_type]
