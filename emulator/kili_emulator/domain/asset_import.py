"""Imports of assets that the platform processes in the background.

These are large images, satellite images and videos. See contract/asset.md#import-in-the-background.

The emulator processes them within the mutation, and stores a notification of the result at once. An
invalid request raises an error. A file with the wrong format makes the import fail: the
notification says so, and no asset of the import is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kili_emulator import errors, messages
from kili_emulator.domain import asset, asset_content
from kili_emulator.domain.documents import NotificationDoc, ProjectDoc
from kili_emulator.domain.notification import notify
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import input_types, media

Rows = list[dict[str, Any]]


def import_assets(
    tx: Transaction, operation: str, project_id: str, upload_type: str | None, rows: Rows
) -> NotificationDoc:
    """Add assets to a project after checking the formats of their files.

    Args:
        upload_type: the kind of processing that the client asks for.
        rows: as for :func:`asset.create_assets`.

    Returns:
        the notification to the actor about the success or failure of the import.

    Raises:
        KiliError: the project is unknown, its input type does not have this upload type, or a
            value is refused.
    """
    project = tx.access.require_project(operation, project_id)
    _check_upload_type(operation, project["inputType"], upload_type)
    failures = list(_find_failures(tx, operation, project, rows))
    if failures:
        message = messages.IMPORT_FAILED.format(
            project=project["title"], failures="; ".join(failures)
        )
        return notify(tx, user_id=tx.actor.user_id, message=message, status="FAILURE")
    is_tiled = project["inputType"] not in input_types.VIDEOS
    rows = [{**row, "isTiled": is_tiled} for row in rows]
    created = asset.create_assets(tx, operation, project_id, rows)
    message = messages.IMPORT_SUCCEEDED.format(project=project["title"], count=len(created))
    return notify(tx, user_id=tx.actor.user_id, message=message, status="SUCCESS")


def _check_upload_type(operation: str, input_type: str, upload_type: str | None) -> None:
    allowed_types = input_types.upload_types(input_type)
    if upload_type not in allowed_types:
        raise errors.upload_type_mismatch(operation, input_type, allowed_types)
    if upload_type in input_types.VIDEO_SPLITTING_UPLOAD_TYPES:
        raise errors.cutting_not_emulated(operation)


def _find_failures(
    tx: Transaction, operation: str, project: ProjectDoc, rows: Rows
) -> Iterator[str]:
    """Yield a message for each file whose format the project does not process."""
    expected = input_types.formats(project["inputType"])
    for row in rows:
        target = asset_content.ContentTarget(tx, operation, project, row.get("id") or "")
        for url in _urls(row):
            content = asset_content.read_content_bytes(
                target, asset_content.resolve_url(target, url)
            )
            if content is not None and media.format_of(content) not in expected:
                name = row.get("externalId") or row.get("id") or url
                formats = ", ".join(sorted(expected))
                yield messages.FILE_UNREADABLE.format(name=name, formats=formats)


def _urls(row: dict[str, Any]) -> list[str]:
    """Return the URLs of the files of a row; skip malformed members of the row."""
    layers = row.get("layers")
    layers = layers if isinstance(layers, list) else []
    layer_urls = [each.get("url") for each in layers if isinstance(each, dict)]
    return [each for each in (row.get("content"), *layer_urls) if each and isinstance(each, str)]
