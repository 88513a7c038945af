"""Which settings a project can have, and within which bounds (contract §4.2, §4.3, §11.12)."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.rules.json_interface import parse_json_interface

Settings = dict[str, Any]

DEFAULTS: Settings = {
    "instructions": None,
    "canNavigateBetweenAssets": True,
    "canSkipAsset": True,
    "consensusTotCoverage": 0,
    "metadataProperties": {},
    "minConsensusSize": 1,
    "reviewCoverage": 0,
    "shouldAutoAssign": True,
    "useHoneyPot": False,
    "workflowVersion": "V1",
}

METADATA_TYPES = ("string", "number", "date")

_METADATA_PROPERTY = {
    "filterable": True,
    "type": "string",
    "visibleByLabeler": True,
    "visibleByReviewer": True,
}

_PERCENTAGES = ("reviewCoverage", "consensusTotCoverage")

# Settings whose effect is not emulated: only the value that changes nothing is taken.
_WITHOUT_EFFECT = ("consensusTotCoverage", "minConsensusSize", "useHoneyPot")

# What clients may send, but what the platform works out by itself.
_COMPUTED = (
    "consensusMark",
    "honeypotMark",
    "numberOfAssets",
    "numberOfRemainingAssets",
    "numberOfReviewedAssets",
    "numberOfSkippedAssets",
)


def checked_settings(operation: str, data: Settings, input_type: str) -> Settings:
    """Settings as they are stored.

    Args:
        data: those to be set; ``metadataTypes`` is the older way of ``metadataProperties``.
        input_type: the project's, which cannot change.

    Raises:
        KiliError: a value is out of range or cannot be set.
    """
    settings = dict(data)
    _check_bounds(operation, settings)
    if settings.get("inputType", input_type) != input_type:
        raise errors.setting_fixed(operation, "inputType")
    if "jsonInterface" in settings:
        parse_json_interface(settings["jsonInterface"], operation)
    if "metadataTypes" in settings:
        types = _members(operation, "metadataTypes", settings.pop("metadataTypes"))
        settings.setdefault(
            "metadataProperties", {key: {"type": each} for key, each in types.items()}
        )
    if "metadataProperties" in settings:
        given = _members(operation, "metadataProperties", settings["metadataProperties"])
        settings["metadataProperties"] = {
            key: _metadata_property(operation, key, each)
            for key, each in sorted(given.items(), key=_jsonb_order)
        }
    return settings


def _check_bounds(operation: str, settings: Settings) -> None:
    for name in _COMPUTED:
        if name in settings:
            raise errors.setting_computed(operation, name)
    for name in _PERCENTAGES:
        if not 0 <= settings.get(name, 0) <= 100:
            raise errors.setting_out_of_range(operation, name, 0, 100)
    for name in _WITHOUT_EFFECT:
        if settings.get(name, DEFAULTS[name]) != DEFAULTS[name]:
            raise errors.setting_without_effect(operation, name, settings[name], DEFAULTS[name])


def _metadata_property(operation: str, key: str, value: Any) -> Settings:
    if not isinstance(value, dict) or value.keys() - _METADATA_PROPERTY.keys():
        raise errors.metadata_property_refused(operation, key, _METADATA_PROPERTY)
    if value.get("type", "string") not in METADATA_TYPES:
        raise errors.metadata_type_refused(operation, key, METADATA_TYPES)
    return {**_METADATA_PROPERTY, **value}


def _members(operation: str, name: str, value: Any) -> Settings:
    if not isinstance(value, dict):
        raise errors.not_an_object(operation, name)
    return value


def _jsonb_order(item: tuple[str, Any]) -> tuple[int, bytes]:
    """The order in which the platform's database keeps object members (contract §11.25)."""
    key = item[0].encode()
    return len(key), key
