"""What actions on many assets answer: the newer shape, and the older one."""

from __future__ import annotations

from emulator.api.context import Info
from emulator.storage.snapshot import Document

Outcome = dict[str, list[Document]]


def project_of(found: list[Document], info: Info) -> Document | None:
    """The older answer: the project of the assets that an action is about."""
    return info.context.view.projects.the(found[0]["projectId"]) if found else None


def outcome(succeeded: list[Document], declined: list[Document]) -> Outcome:
    """What became of each asset."""
    return {
        "succeeded": [_reference(each) for each in succeeded],
        "declined": [_reference(each) for each in declined],
        "failed": [],
    }


def _reference(each: Document) -> Document:
    return {"assetId": each["id"], "externalId": each["externalId"]}
