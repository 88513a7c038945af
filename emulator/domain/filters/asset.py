"""Which assets an ``AssetWhere`` selects (contract §5.4)."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.domain import asset
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
from emulator.domain.filters.quality import ASSET_MARKS
from emulator.domain.filters.workflow import WORKFLOW
from emulator.rules.json_text import same
from emulator.storage.snapshot import Document


def _partial_external_id(_: Selecting, document: Document, parts: list[str]) -> bool:
    return any(part in document["externalId"] for part in parts)


def _metadata(_: Selecting, document: Document, conditions: Any) -> bool:
    if not isinstance(conditions, dict):
        raise errors.not_an_object("The query", "metadata")
    values = asset.metadata(document)
    values = values if isinstance(values, dict) else {}
    return all(_metadata_holds(values.get(key), wanted) for key, wanted in conditions.items())


def _metadata_holds(value: Any, wanted: Any) -> bool:
    """Equal; any of a list of texts; or between two numbers (contract §5.4).

    A key that is absent has the value null.
    """
    if not isinstance(wanted, list):
        return same(value, wanted)
    if len(wanted) == 2 and all(_is_number(each) for each in wanted):
        return _is_number(value) and bool(wanted[0] <= value <= wanted[1])
    return any(same(value, each) for each in wanted)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


ASSET: Table = {
    **ASSET_MARKS,
    **WORKFLOW,
    **DATES,
    **IDS,
    "externalIdIn": _partial_external_id,
    "externalIdStrictlyIn": is_in("externalId"),
    "idNotIn": not_in("id"),
    "issue": any_below("issues", "issue"),
    "label": any_below("labels", "label"),
    "metadata": _metadata,
    "project": referenced("projectId", "projects", "project"),
    "skipped": equals("skipped"),
    "statusIn": is_in("status"),
}
