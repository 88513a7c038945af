"""The versions of a project: its named states, which an export in the app creates.

The API lists versions and changes their content; only the app creates them
(contract/project.md#versions). In the emulator, scenarios create them.
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
        KiliError: the version is unknown, or the actor may not change it.
    """
    version = tx.project_versions.get(version_id)
    if not version:
        raise errors.access_denied()
    tx.access.require_project("updatePropertiesInProjectVersion", version["projectId"])
    return tx.project_versions.change(version, **data)
