"""Which assets a condition on their metadata selects (contract/asset.md#metadata-filters)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.domain import asset
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import Selecting
from kili_emulator.rules.json_text import same


def metadata(selection: Selecting, document: AssetDoc, conditions: Any) -> bool:
    """Whether an asset's metadata meet all conditions, each on one key."""
    if not isinstance(conditions, dict):
        raise errors.not_an_object("The query", "metadata")
    values = asset.metadata(document)
    values = values if isinstance(values, dict) else {}
    properties = selection.view.projects.the(document["projectId"])["metadataProperties"]
    return all(
        _holds(values.get(key), wanted, (properties.get(key) or {}).get("type"))
        for key, wanted in conditions.items()
    )


def _holds(value: Any, wanted: Any, type_: str | None) -> bool:
    """Equal; any of a list; or between two numbers, or two dates of a date property, inclusive.

    A key that is absent has the value null.

    Args:
        type_: what the project declares the key to be, if it does.
    """
    if not isinstance(wanted, list):
        return same(value, wanted)
    if len(wanted) == 2 and all(_is_number(each) for each in wanted):
        return _is_number(value) and bool(wanted[0] <= value <= wanted[1])
    if type_ == "date" and len(wanted) == 2:
        begin, end = _moment(wanted[0]), _end(wanted[1])
        if begin and end:
            moment = _moment(value)
            return moment is not None and begin <= moment <= end
    return any(same(value, each) for each in wanted)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(value: Any) -> datetime | None:
    """The moment that a text means: of a date its midnight; ``None`` where it means none."""
    return _read(value) if isinstance(value, str) else None


def _end(value: Any) -> datetime | None:
    """The last moment that a text means: of a date the end of that day."""
    return _read_end(value) if isinstance(value, str) else None


@lru_cache(1024)
def _read(text: str) -> datetime | None:
    try:
        return clock.from_text(text)
    except ValueError:
        return None


@lru_cache(64)
def _read_end(text: str) -> datetime | None:
    try:
        return clock.end_from_text(text)
    except ValueError:
        return None
