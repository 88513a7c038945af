"""Files: bytes that are uploaded to signed URLs and downloaded by id.

See contract/file.md#uploads, contract/file.md#downloads.

Documents refer to a file by a *reference*, ``/files?id=<file id>``. Answers to clients contain its
URL instead. As stored data contain no host, they stay valid when the port of the server changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple
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

# Each path of files has this word. ``urlsplit`` ignores tabs and line breaks, also within it.
_MAY_NAME_FILE = re.compile(r"files|[\t\r\n]")
_ASSET_PATH = re.compile(r"projects/(?P<project>[^/]+)/assets/[^/]+/[^/].*")


class Upload(NamedTuple):
    """The permission to write one file, as a signed URL grants it.

    Attributes:
        file_id: the id of the file; also its path.
        project_id: the project whose members may read the file; empty for a plugin's code.
    """

    file_id: str
    project_id: str


def plan_upload(access: Access, path: str) -> Upload:
    """Check that the actor may upload a file to a path that the client chose.

    Raises:
        KiliError: the path is not in the folder of an asset, or the actor may not upload to the
            project.
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
    """Store a file; replace an existing file with the same id.

    Args:
        linked: the content is JSON with references, which clients get as URLs.

    Raises:
        KiliError: the project or plugin to which the file belongs has been deleted.
    """
    if not _has_owner(tx, upload):
        raise errors.access_denied()
    digest = tx.world.blobs.put(content)
    file: FileDoc = {
        "id": upload.file_id,
        "folder": folder_of(upload.file_id),
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
    """Add the charset UTF-8 to plain text that is UTF-8 (contract/file.md#downloads)."""
    if content_type.strip().lower() != "text/plain":
        return content_type
    try:
        content.decode()
    except UnicodeDecodeError:
        return content_type
    return "text/plain; charset=utf-8"


def store_json(tx: Transaction, upload: Upload, value: Any) -> FileDoc:
    """Store a JSON value; clients get the references to files in it as URLs."""
    content = json.dumps(value, ensure_ascii=False).encode()
    return store(tx, upload, content, JSON, linked=True)


def url_of(content: str, file_url: Callable[[str], str]) -> str:
    """Return a content as clients get it: convert a reference into the URL of the file."""
    file_id = referenced_file_id(content)
    return content if file_id is None else file_url(file_id)


def content_of(world: World, file: FileDoc, file_url: Callable[[str], str]) -> bytes:
    """Return the bytes of a file as clients get them, with references converted into URLs."""
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


def asset_folder(project_id: str, asset_id: str) -> str:
    """Return the folder of the files of an asset (contract/file.md#uploads)."""
    return f"projects/{project_id}/assets/{asset_id}"


def plugin_folder(plugin_id: str) -> str:
    """Return the folder of the archives of a plugin."""
    return f"plugins/{plugin_id}"


def folder_of(file_id: str) -> str:
    parts = file_id.split("/")
    return "/".join(parts[:4] if parts[0] == "projects" else parts[:2])


def find_readable_file(view: View, access: Access | None, file_id: str) -> FileDoc | None:
    """Return the file, if it exists and the actor sees its project.

    Args:
        access: ``None`` where files may be read without an API key.
    """
    file = view.files.get(file_id)
    if not file:
        return None
    if access:
        return file if access.can_see(file["projectId"]) else None
    project = view.projects.get(file["projectId"])
    return file if project and not project["deletedAt"] else None


def reference(file_id: str) -> str:
    """Return the reference to a file for use in documents."""
    return REFERENCE + quote(file_id)


def referenced_file_id(content: str) -> str | None:
    """Return the file id in a reference; ``None`` if the text is not a reference."""
    return unquote(content[len(REFERENCE) :]) if content.startswith(REFERENCE) else None


def parse_file_id(url: str) -> str | None:
    """Return the file id in a URL of this server or in a reference; ``None`` for other texts."""
    if not _MAY_NAME_FILE.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.path not in (UPLOAD_PATH, FILES_PATH, "/files"):
        return None
    ids = parse_qs(parts.query).get("id")
    return ids[0] if ids else None


def is_upload_url(url: str) -> bool:
    """Return whether a URL is a signed upload URL."""
    return urlsplit(url).path == UPLOAD_PATH
