"""Files: bytes uploaded to signed URLs, and read back by id (contract §1.5).

Documents name an uploaded file as ``/files?id=<file id>``; the host comes in only when an answer
goes out, so that data survive a change of port.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from emulator import errors
from emulator.config import API_PATH
from emulator.domain import access
from emulator.domain.world import Actor, BaseView, Transaction
from emulator.storage.snapshot import Document

REFERENCE = "/files?id="
FILES_PATH = f"{API_PATH}/files"
UPLOAD_PATH = f"{FILES_PATH}/upload"

_ASSET_PATH = re.compile(r"projects/(?P<project>[^/]+)/assets/[^/]+/[^/].*")


@dataclass(frozen=True)
class Upload:
    """What a signed URL allows: writing one file.

    Attributes:
        file_id: the id it will have.
        project_id: the project whose members may read it; empty for a plugin's code.
    """

    file_id: str
    project_id: str


def plan_upload(view: BaseView[Any], actor: Actor, path: str) -> Upload:
    """Check that the actor may upload to a path of the client's choice.

    Raises:
        KiliError: the path is not one of an asset, or its project not the actor's.
    """
    match = _ASSET_PATH.fullmatch(path)
    if not match or ".." in path.split("/"):
        raise errors.file_path_refused(path)
    project_id = match["project"]
    access.check(view, actor, "createUploadBucketSignedUrls", project_id)
    return Upload(path, project_id)


def store(tx: Transaction, upload: Upload, content: bytes, content_type: str) -> Document:
    """Keep what was uploaded; a second upload to the same place replaces the first.

    Raises:
        KiliError: the project or plugin that it is for is gone.
    """
    if not _is_wanted(tx, upload):
        raise errors.access_denied()
    digest = tx.world.blobs.put(content)
    members = {
        "folder": _folder_of(upload.file_id),
        "projectId": upload.project_id,
        "contentType": content_type,
        "size": len(content),
        "digest": digest,
        "createdAt": tx.now,
    }
    existing = tx.files.get(upload.file_id)
    if existing:
        return tx.files.change(existing, **members)
    return tx.files.insert({"id": upload.file_id, **members})


def _is_wanted(tx: Transaction, upload: Upload) -> bool:
    if upload.project_id:
        project = tx.projects.get(upload.project_id)
        return bool(project and not project["deletedAt"])
    plugins, plugin_id, _ = upload.file_id.split("/")
    return plugins == "plugins" and tx.plugins.get(plugin_id) is not None


def folder(project_id: str, asset_id: str) -> str:
    """Where the files of an asset are (contract §1.5)."""
    return f"projects/{project_id}/assets/{asset_id}"


def plugin_folder(plugin_id: str) -> str:
    """Where the archives of a plugin are."""
    return f"plugins/{plugin_id}"


def _folder_of(file_id: str) -> str:
    parts = file_id.split("/")
    return "/".join(parts[:4] if parts[0] == "projects" else parts[:2])


def readable(view: BaseView[Any], actor: Actor, file_id: str) -> Document | None:
    """The file, if it exists and the actor sees the project it belongs to."""
    file: Document | None = view.files.get(file_id)
    return file if file and access.sees(view, actor, file["projectId"]) else None


def reference(file_id: str) -> str:
    """How documents name a file."""
    return REFERENCE + quote(file_id)


def referenced(content: str) -> str | None:
    """The id of the file that a document's content refers to."""
    return unquote(content[len(REFERENCE) :]) if content.startswith(REFERENCE) else None


def file_id_of(url: str) -> str | None:
    """The file that a URL of this server, or a reference, names; ``None`` for other texts."""
    parts = urlsplit(url)
    if parts.path not in (UPLOAD_PATH, FILES_PATH, "/files"):
        return None
    ids = parse_qs(parts.query).get("id")
    return ids[0] if ids else None


def is_upload_url(url: str) -> bool:
    """Whether a URL is a signed one, to which a file was to be uploaded."""
    return urlsplit(url).path == UPLOAD_PATH
