"""Assets of V1 image and text projects (contract §5)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import imagesize

from emulator import errors
from emulator.domain import access, file
from emulator.domain.payloads import event_payload
from emulator.domain.world import Transaction
from emulator.rules import workflow
from emulator.rules.json_text import parse_json
from emulator.storage.snapshot import Document

_TEXT = "text/plain; charset=utf-8"

_PLAIN_MEMBERS = ("priority", "jsonMetadata", "resolution", "status")


def create_assets(
    tx: Transaction, operation: str, project_id: str, rows: list[dict[str, Any]]
) -> list[Document]:
    """Add assets to a project, in the order of ``rows``.

    Args:
        rows: ``content``, ``externalId``, and where given ``id``, ``jsonContent``,
            ``jsonMetadata``, ``status``, ``isHoneypot``; an empty id means "make one".

    Raises:
        KiliError: the project is unknown, an id or external id is taken, or a value is refused.
    """
    project = access.require(tx, operation, project_id)
    return [_create_asset(tx, operation, project, row) for row in rows]


def _create_asset(
    tx: Transaction, operation: str, project: Document, row: dict[str, Any]
) -> Document:
    asset_id = row.get("id") or tx.new_id()
    if row.get("isHoneypot"):
        raise errors.honeypot_not_emulated(operation)
    if tx.assets.get(asset_id):
        raise errors.asset_exists(operation, "id", asset_id)
    external_id = row.get("externalId") or asset_id
    _check_external_id(tx, operation, project["id"], external_id)
    asset = tx.assets.insert(
        {
            "id": asset_id,
            "projectId": project["id"],
            "externalId": external_id,
            **_content(tx, operation, project, asset_id, row.get("content") or ""),
            "jsonContent": _stored(tx, operation, project, row.get("jsonContent") or ""),
            "jsonMetadata": row.get("jsonMetadata") or "{}",
            **workflow.initial_state(row.get("status")),
            "createdAt": tx.now,
            "updatedAt": tx.now,
        }
    )
    tx.emit("asset.created", event_payload(asset), project_id=project["id"])
    return asset


def _check_external_id(tx: Transaction, operation: str, project_id: str, external_id: str) -> None:
    if tx.assets.find("externalId", (project_id, external_id)):
        raise errors.asset_exists(operation, "external id", external_id)


def _content(
    tx: Transaction, operation: str, project: Document, asset_id: str, content: str
) -> dict[str, Any]:
    """The members that say what the asset shows: an uploaded file, a hosted URL or a text."""
    stored = _stored(tx, operation, project, content)
    if project["inputType"] == "TEXT" and stored and not _is_link(stored):
        upload = file.Upload(f"{file.folder(project['id'], asset_id)}/content", project["id"])
        file.store(tx, upload, stored.encode(), _TEXT)
        stored = file.reference(upload.file_id)
    if stored and not _is_link(stored):
        raise errors.content_refused(operation, content)
    return {"content": stored, "resolution": _resolution(tx, project, stored)}


def _stored(tx: Transaction, operation: str, project: Document, content: str) -> str:
    """The URL of a file of this project becomes a reference to it; other contents stay.

    Raises:
        KiliError: nothing was uploaded to a signed URL, or the content is made to look like a
            reference.
    """
    file_id = file.file_id_of(content)
    uploaded = tx.files.get(file_id) if file_id else None
    if uploaded and uploaded["projectId"] == project["id"]:
        return file.reference(uploaded["id"])
    if file_id and file.is_upload_url(content):
        raise errors.upload_not_found(operation, file_id)
    if file.referenced(content) is not None:
        raise errors.content_refused(operation, content)
    return content


def _is_link(content: str) -> bool:
    return content.startswith(file.REFERENCE) or urlsplit(content).scheme in ("http", "https")


def _resolution(tx: Transaction, project: Document, content: str) -> dict[str, int] | None:
    file_id = file.referenced(content)
    if project["inputType"] != "IMAGE" or file_id is None:
        return None
    width, height = imagesize.get(io.BytesIO(tx.world.blobs.get(tx.files.the(file_id)["digest"])))
    return {"width": int(width), "height": int(height)} if width > 0 and height > 0 else None


def update_assets(
    tx: Transaction, updates: Iterable[tuple[list[Document], dict[str, Any]]]
) -> list[Document]:
    """Change properties of assets; the answer is in the order of the updates (contract §5.5).

    Args:
        updates: the assets that each where selects, and the members to change in them.

    Raises:
        KiliError: an update selects nothing, or a value is refused.
    """
    changed = []
    for assets, data in updates:
        if not assets:
            raise errors.access_denied()
        changed += [_update_asset(tx, asset, data) for asset in assets]
    return changed


def _update_asset(tx: Transaction, asset: Document, data: dict[str, Any]) -> Document:
    operation = "updatePropertiesInAssets"
    project = access.require(tx, operation, asset["projectId"])
    changes = {name: data[name] for name in _PLAIN_MEMBERS if name in data}
    if "externalId" in data and data["externalId"] != asset["externalId"]:
        _check_external_id(tx, operation, project["id"], data["externalId"])
        changes["externalId"] = data["externalId"]
    if "content" in data:
        content = _content(tx, operation, project, asset["id"], data["content"])
        changes = {**content, **changes}
    if "jsonContent" in data:
        changes["jsonContent"] = _stored(tx, operation, project, data["jsonContent"])
    return change(tx, asset, changes)


def change(tx: Transaction, asset: Document, members: dict[str, Any]) -> Document:
    """Change members of an asset and tell so, if any of them is new."""
    changes = {name: value for name, value in members.items() if asset[name] != value}
    if not changes:
        return asset
    asset = tx.assets.change(asset, **changes, updatedAt=tx.now)
    payload = {**event_payload(asset), "fields": sorted(changes)}
    tx.emit("asset.updated", payload, project_id=asset["projectId"])
    return asset


def delete_assets(tx: Transaction, operation: str, assets: list[Document]) -> None:
    """Delete assets with their labels, locks, issues and comments.

    Raises:
        KiliError: an asset is not the actor's to delete.
    """
    for asset in assets:
        access.require(tx, operation, asset["projectId"])
        issues = tx.issues.find("asset", asset["id"])
        for issue in issues:
            tx.comments.delete_all(tx.comments.find("issue", issue["id"]))
        tx.issues.delete_all(issues)
        tx.labels.delete_all(tx.labels.find("asset", asset["id"]))
        tx.locks.delete_all(tx.locks.find("asset", asset["id"]))
        tx.assets.delete(asset)
        _delete_files(tx, asset)
        tx.emit("asset.deleted", event_payload(asset), project_id=asset["projectId"])


def _delete_files(tx: Transaction, asset: Document) -> None:
    """Delete the files that only the deleted asset had."""
    owned = tx.files.find("folder", file.folder(asset["projectId"], asset["id"]))
    used = map(file.referenced, (asset["content"], asset["jsonContent"]))
    candidates = {each["id"]: each for each in [*owned, *tx.files.some(filter(None, used))]}
    for file_id, each in candidates.items():
        reference = file.reference(file_id)
        if not tx.assets.count("content", reference) + tx.assets.count("jsonContent", reference):
            tx.files.delete(each)


def metadata(asset: Document) -> Any:
    """The metadata as a value; one that is not JSON reads as ``{}`` (contract §5.2)."""
    try:
        return parse_json(asset["jsonMetadata"])
    except ValueError:
        return {}
