"""The conditions of an ``AssetWhere`` (contract/asset.md#filters)."""

from __future__ import annotations

from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import (
    DATES,
    IDS,
    ConditionTable,
    SelectionContext,
    Test,
    any_related,
    equals,
    is_in,
    matches_referenced,
    negate,
)
from kili_emulator.domain.filters.index_lookup import BY_ID, BY_IDS, BY_PROJECT, Lookup
from kili_emulator.domain.filters.metadata import matches_metadata
from kili_emulator.domain.filters.quality import ASSET_MARKS
from kili_emulator.domain.filters.workflow import WORKFLOW


def _contains_external_id(_: SelectionContext, parts: list[str]) -> Test[AssetDoc]:
    return lambda asset: any(part in asset["externalId"] for part in parts)


ASSET: ConditionTable[AssetDoc] = {
    **ASSET_MARKS,
    **WORKFLOW,
    **DATES,
    **IDS,
    "externalIdIn": _contains_external_id,
    "externalIdStrictlyIn": is_in("externalId"),
    "idNotIn": negate(is_in("id")),
    "issue": any_related("issues", "issue"),
    "label": any_related("labels", "label"),
    "metadata": matches_metadata,
    "project": matches_referenced("projectId", "projects", "project"),
    "skipped": equals("skipped"),
    "statusIn": is_in("status"),
}

ASSET_LOOKUPS = (
    BY_ID,
    BY_IDS,
    Lookup("externalId", ("externalIdStrictlyIn",)),
    Lookup("status", ("statusIn",)),
    BY_PROJECT,
)
