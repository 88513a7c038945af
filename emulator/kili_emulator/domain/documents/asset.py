"""Documents of assets, their files and their locks."""

from __future__ import annotations

from typing import Literal, TypedDict

from kili_emulator.rules.media import PageResolution, Resolution
from kili_emulator.rules.workflow import AssetState

LockType = Literal["DEFAULT", "REVIEW"]


class AssetContent(TypedDict):
    """The members of an asset that describe its content.

    ``content`` and ``jsonContent`` are references to files (``/files?id=…``), URLs, or empty.
    """

    content: str
    jsonContent: str
    resolution: Resolution | None
    pageResolutions: list[PageResolution] | None


class AssetDoc(AssetContent, AssetState):
    """An asset of a project; ``jsonMetadata`` is a text, which usually holds JSON."""

    id: str
    projectId: str
    externalId: str
    jsonMetadata: str
    ocrMetadata: str | None
    createdAt: str
    updatedAt: str


class LockDoc(TypedDict):
    """A lock: its author is labeling or reviewing the asset."""

    id: str
    assetId: str
    projectId: str
    authorId: str
    lockType: LockType
    createdAt: str
    renewedAt: str


class FileDoc(TypedDict):
    """A file; ``digest`` is the key of its bytes in the blob store.

    A ``linked`` file is JSON that holds references to other files. ``projectId`` is empty for the
    archive of a plugin.
    """

    id: str
    folder: str
    projectId: str
    contentType: str
    linked: bool
    size: int
    digest: str
    createdAt: str
