"""The internal event that gives plugins the old and new settings of a project.

See contract/plugin.md#handlers. The platform's event ``project.settings.updated`` has only the
names of the settings.
"""

from __future__ import annotations

import json
from typing import Any

from kili_emulator.domain.documents import ProjectDoc
from kili_emulator.domain.world import Transaction
from kili_emulator.rules.subjects import SETTINGS_CHANGED

_SETTINGS = (
    "canNavigateBetweenAssets",
    "canSkipAsset",
    "consensusTotCoverage",
    "description",
    "inputType",
    "instructions",
    "isAnonymized",
    "jsonInterface",
    "metadataTypes",
    "minConsensusSize",
    "reviewCoverage",
    "title",
    "archivedAt",
    "useHoneyPot",
)


def emit_event(tx: Transaction, before: ProjectDoc, after: ProjectDoc) -> None:
    """Emit the settings that differ between two states of a project.

    The payload lists ``key``, ``newValue`` and ``oldValue`` of each setting.
    """
    old, new = _settings(before), _settings(after)
    setting_changes = [
        {"key": key, "newValue": new[key], "oldValue": old[key]}
        for key in _SETTINGS
        if new[key] != old[key]
    ]
    if setting_changes:
        payload = {"settings": setting_changes}
        tx.emit(SETTINGS_CHANGED, payload, project_id=after["id"], internal=True)


def _settings(project: ProjectDoc) -> dict[str, Any]:
    """Return a project's settings as ``on_project_updated`` gets them, with JSON texts parsed."""
    types = {name: each["type"] for name, each in project["metadataProperties"].items()}
    interface = json.loads(project["jsonInterface"])
    return {**project, "metadataTypes": types, "jsonInterface": interface}
