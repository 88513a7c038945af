"""The condition of an ``AssetWhere`` on metadata (contract/asset.md#metadata-filters)."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.domain import asset
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import SelectionContext, Test
from kili_emulator.rules.json_text import is_equal_json
from kili_emulator.rules.numbers import is_number


def matches_metadata(selection: SelectionContext, conditions: Any) -> Test[AssetDoc]:
    """Compile conditions that the metadata of an asset must all meet.

    Args:
        conditions: an object that maps a metadata key to the expected value or values.

    Raises:
        KiliError: ``conditions`` is not an object.
    """
    if not isinstance(conditions, dict):
        raise errors.not_an_object("The query", "metadata")

    @cache
    def types(project_id: str) -> dict[str, str | None]:
        properties = selection.view.projects.require(project_id)["metadataProperties"]
        return {key: (properties.get(key) or {}).get("type") for key in conditions}

    def test(document: AssetDoc) -> bool:
        values = asset.metadata(document)
        values = values if isinstance(values, dict) else {}
        return all(
            _matches_condition(values.get(key), conditions[key], type_)
            for key, type_ in types(document["projectId"]).items()
        )

    return test


def _matches_condition(value: Any, expected: Any, type_: str | None) -> bool:
    """Return whether the value of a metadata key meets a condition.

    A value matches if it equals ``expected``, or one of the values if ``expected`` is a list. Two
    numbers are an inclusive range, and so are two dates if the project declares the key as a date.

    Args:
        value: the value of the key; ``None`` if the metadata do not have the key.
        type_: the type that the project declares for the key, if any.
    """
    if not isinstance(expected, list):
        return is_equal_json(value, expected)
    if len(expected) == 2 and all(is_number(each) for each in expected):
        return is_number(value) and bool(expected[0] <= value <= expected[1])
    if type_ == "date" and len(expected) == 2:
        begin, end = _moment(expected[0]), _end(expected[1])
        if begin and end:
            moment = _moment(value)
            return moment is not None and begin <= moment <= end
    return any(is_equal_json(value, each) for each in expected)


def _moment(value: Any) -> datetime | None:
    """Parse a time; a date becomes its midnight, and any other value ``None``."""
    return _parse_time(value) if isinstance(value, str) else None


def _end(value: Any) -> datetime | None:
    """Parse a time; a date becomes the end of the day, and any other value ``None``."""
    return _parse_end(value) if isinstance(value, str) else None


@lru_cache(1024)
def _parse_time(text: str) -> datetime | None:
    try:
        return clock.parse_time(text)
    except ValueError:
        return None


@lru_cache(64)
def _parse_end(text: str) -> datetime | None:
    try:
        return clock.parse_end_time(text)
    except ValueError:
        return None
