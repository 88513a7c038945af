"""The values of ``Project.rights``: the platform's names for the rights of a user in a project."""

from __future__ import annotations

from kili_emulator.rules.permissions import PROJECT_OPERATIONS, ProjectRole

# input type → the right to add assets of that type
_CREATE_RIGHTS = {
    "AUDIO": "CREATE_AUDIO",
    "IMAGE": "CREATE_IMAGE",
    "PDF": "CREATE_PDF",
    "TEXT": "CREATE_TEXT",
    "VIDEO": "CREATE_VIDEO",
    "VIDEO_LEGACY": "CREATE_VIDEO",
}


def rights(role: ProjectRole, input_type: str) -> list[str]:
    """Return the rights of a role in a project of an input type, in alphabetical order."""
    granted = ["CAN_LABEL", "USE_API"]
    if role in PROJECT_OPERATIONS["appendManyAssets"] and input_type in _CREATE_RIGHTS:
        granted.append(_CREATE_RIGHTS[input_type])
    return sorted(granted)
