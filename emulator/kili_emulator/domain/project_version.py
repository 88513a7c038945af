"""Versions of a project: names that its states were given when labels were exported in the app.

The API lists them and changes their content; only the app makes them
(contract/project.md#versions). Here they come from scenarios.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain.documents import ProjectDoc, ProjectVersionDoc
from kili_emulator.domain.world import Transaction


def create_version(
    tx: Transaction, project: ProjectDoc, *, name: str, content: str | None
) -> ProjectVersionDoc:
    """Add a version to a project, as an export in the app does."""
    version = tx.project_versions.insert(
        {
            "id": tx.new_id(),
            "projectId": project["id"],
            "name": name,
            "content": content,
            "createdAt": tx.now,
        }
    )
    tx.emit("project.exported", {"projectVersionId": version["id"]}, project_id=project["id"])
    return version


def update_version(tx: Transaction, version_id: str, data: dict[str, Any]) -> ProjectVersionDoc:
    """Change a version's content.

    Raises:
        KiliError: the version is unknown, or not the actor's to change.
    """
    version = tx.project_versions.get(version_id)
    if not version:
        raise errors.access_denied()
    tx.access.require_project("updatePropertiesInProjectVersion", version["projectId"])
    return tx.project_versions.change(version, **data)
