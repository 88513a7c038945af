"""What the input type of a project says about its assets.

See contract/project.md#creation, contract/asset.md#creation, contract/asset.md#content.
"""

from __future__ import annotations

from kili_emulator.rules import media

# Named in the schema, but neither created by any client nor imported into: no asset has one.
RETIRED = frozenset({"NA", "TIME_SERIES", "URL"})

# Their assets are chats with models, made one by one; no client imports files into them.
CONVERSATIONS = frozenset({"LLM_INSTR_FOLLOWING", "LLM_STATIC"})

VIDEOS = frozenset({"VIDEO", "VIDEO_LEGACY"})

# The names of these media types begin so; clients check the same before they upload.
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
_UNKNOWN_MEDIA_TYPES = ("application/octet-stream", "binary/octet-stream")

_TILED = ("TILED_IMAGE", "GEO_SATELLITE")
_UPLOAD_TYPES: dict[str, tuple[str, ...]] = {
    "GEOSPATIAL": ("GEO_SATELLITE",),
    "IMAGE": _TILED,
    **dict.fromkeys(VIDEOS, ("NATIVE_VIDEO", "FRAME_VIDEO", "VIDEO")),
}

# Upload types that ask the platform to cut a video into pictures.
VIDEO_SPLITTING_UPLOAD_TYPES = frozenset({"FRAME_VIDEO", "VIDEO"})

_FORMATS: dict[str, frozenset[str]] = {
    "GEOSPATIAL": frozenset({"tiff", "jp2", "nitf"}),
    "IMAGE": media.IMAGES,
    **dict.fromkeys(VIDEOS, media.VIDEOS),
}


def accepts_media_type(input_type: str, media_type: str) -> bool:
    """Whether an uploaded file of that media type can be an asset; an unknown one can."""
    name = media_type.partition(";")[0].strip().lower()
    return name.startswith((*_MEDIA_TYPES[input_type], *_UNKNOWN_MEDIA_TYPES))


def upload_types(input_type: str) -> tuple[str, ...]:
    """In which ways assets are processed in the background; in none for most input types."""
    return _UPLOAD_TYPES.get(input_type, ())


def formats(input_type: str) -> frozenset[str]:
    """The file formats that are processed in the background."""
    return _FORMATS[input_type]
