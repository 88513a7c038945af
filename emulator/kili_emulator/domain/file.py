"""Files: bytes uploaded to signed URLs, and read back by id.

See contract/file.md#uploads, contract/file.md#downloads.

Documents name an uploaded file as ``/files?id=<file id>``; the host comes in only when an answer
goes out, so that data survive a change of port.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from kili_emulator import errors
from kili_emulator.config import API_PATH
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import FileDoc
from kili_emulator.domain.world import Transaction, View, World
from kili_emulator.rules.json_text import parse_json

REFERENCE = "/files?id="
JSON = "application/json"
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


def plan_upload(access: Access, path: str) -> Upload:
    """Check that the actor may upload to a path of the client's choice.

    Raises:
        KiliError: the path is not one of an asset, or its project not the actor's.
    """
    match = _ASSET_PATH.fullmatch(path)
    if not match or ".." in path.split("/"):
        raise errors.upload_path_invalid(path)
    project_id = match["project"]
    access.require_project("createUploadBucketSignedUrls", project_id)
    return Upload(path, project_id)


def store(
    tx: Transaction, upload: Upload, content: bytes, content_type: str, *, linked: bool = False
) -> FileDoc:
    """Keep what was uploaded; a second upload to the same place replaces the first.

    Args:
        linked: it is JSON with references to files, which are to be read as URLs.

    Raises:
        KiliError: the project or plugin that it is for is gone.
    """
    if not _has_owner(tx, upload):
        raise errors.access_denied()
    digest = tx.world.blobs.put(content)
    file: FileDoc = {
        "id": upload.file_id,
        "folder": _find_folder(upload.file_id),
        "projectId": upload.project_id,
        "contentType": _add_charset(content_type, content),
        "linked": linked,
        "size": len(content),
        "digest": digest,
        "createdAt": tx.now,
    }
    existing = tx.files.get(upload.file_id)
    if existing:
        return tx.files.change(existing, **file)
    return tx.files.insert(file)


def _add_charset(content_type: str, content: bytes) -> str:
    """Plain text is served as UTF-8, where it is (contract/file.md#downloads)."""
    if content_type.strip().lower() != "text/plain":
        return content_type
    try:
        content.decode()
    except UnicodeDecodeError:
        return content_type
    return "text/plain; charset=utf-8"


def store_json(tx: Transaction, upload: Upload, value: Any) -> FileDoc:
    """Keep a JSON value; the references to files in it are read as URLs."""
    content = json.dumps(value, ensure_ascii=False).encode()
    return store(tx, upload, content, JSON, linked=True)


def url_of(content: str, file_url: Callable[[str], str]) -> str:
    """A content as clients get it: a reference becomes the URL of its file."""
    file_id = referenced_file_id(content)
    return content if file_id is None else file_url(file_id)


def content_of(world: World, file: FileDoc, file_url: Callable[[str], str]) -> bytes:
    """The bytes of a file as clients get them: references in it become URLs."""
    content = world.blobs.get(file["digest"])
    if not file["linked"]:
        return content
    return json.dumps(
        _resolve_references(parse_json(content), file_url), ensure_ascii=False
    ).encode()


def _resolve_references(value: Any, file_url: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _resolve_references(each, file_url) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolve_references(each, file_url) for each in value]
    return url_of(value, file_url) if isinstance(value, str) else value


def _has_owner(tx: Transaction, upload: Upload) -> bool:
    if upload.project_id:
        project = tx.projects.get(upload.project_id)
        return bool(project and not project["deletedAt"])
    plugins, plugin_id, _ = upload.file_id.split("/")
    return plugins == "plugins" and tx.plugins.get(plugin_id) is not None


def folder(project_id: str, asset_id: str) -> str:
    """Where the files of an asset are (contract/file.md#uploads)."""
    return f"projects/{project_id}/assets/{asset_id}"


def plugin_folder(plugin_id: str) -> str:
    """Where the archives of a plugin are."""
    return f"plugins/{plugin_id}"


def _find_folder(file_id: str) -> str:
    parts = file_id.split("/")
    return "/".join(parts[:4] if parts[0] == "projects" else parts[:2])


def find_readable_file(view: View, access: Access | None, file_id: str) -> FileDoc | None:
    """The file, if it exists and the actor sees the project it belongs to.

    Args:
        access: ``None`` where the file may be read without an API key.
    """
    file = view.files.get(file_id)
    if not file:
        return None
    if access:
        return file if access.can_see(file["projectId"]) else None
    project = view.projects.get(file["projectId"])
    return file if project and not project["deletedAt"] else None


def reference(file_id: str) -> str:
    """How documents name a file."""
    return REFERENCE + quote(file_id)


def referenced_file_id(content: str) -> str | None:
    """The id of the file that a document's content refers to."""
    return unquote(content[len(REFERENCE) :]) if content.startswith(REFERENCE) else None


def file_id_of(url: str) -> str | None:
    """The file that a URL of this server, or a reference, names; ``None`` for other texts."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.path not in (UPLOAD_PATH, FILES_PATH, "/files"):
        return None
    ids = parse_qs(parts.query).get("id")
    return ids[0] if ids else None


def is_upload_url(url: str) -> bool:
    """Whether a URL is a signed one, to which a file was to be uploaded."""
    return urlsplit(url).path == UPLOAD_PATH
