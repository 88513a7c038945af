"""Which assets an ``AssetWhere`` selects (contract/asset.md#filters)."""

from __future__ import annotations

from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import (
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
from kili_emulator.domain.filters.metadata import metadata
from kili_emulator.domain.filters.quality import ASSET_MARKS
from kili_emulator.domain.filters.workflow import WORKFLOW


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
