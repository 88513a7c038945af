"""Which assets an ``AssetWhere`` selects (contract/asset.md#filters)."""

from __future__ import annotations

from emulator.domain.documents import AssetDoc
from emulator.domain.filters.conditions import (
    DATES,
    IDS,
    Selecting,
    Table,
    any_below,
    equals,
    is_in,
    not_in,
    referenced,
)
from emulator.domain.filters.metadata import metadata
from emulator.domain.filters.quality import ASSET_MARKS
from emulator.domain.filters.workflow import WORKFLOW


def _partial_external_id(_: Selecting, document: AssetDoc, parts: list[str]) -> bool:
    return any(part in document["externalId"] for part in parts)


ASSET: Table[AssetDoc] = {
    **ASSET_MARKS,
    **WORKFLOW,
    **DATES,
    **IDS,
    "externalIdIn": _partial_external_id,
    "externalIdStrictlyIn": is_in("externalId"),
    "idNotIn": not_in("id"),
    "issue": any_below("issues", "issue"),
    "label": any_below("labels", "label"),
    "metadata": metadata,
    "project": referenced("projectId", "projects", "project"),
    "skipped": equals("skipped"),
    "statusIn": is_in("status"),
}
