"""The settings of a project, their defaults and bounds (contract/project.md#settings)."""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.numbers import MAX_INT

Settings = dict[str, Any]

DEFAULTS: Settings = {
    "instructions": None,
    "canNavigateBetweenAssets": True,
    "canSkipAsset": True,
    "complianceTags": [],
    "consensusTotCoverage": 0,
    "geospatialSettings": None,
    "isAnonymized": False,
    "metadataProperties": {},
    "minConsensusSize": 1,
    "reviewCoverage": 0,
    "secondsToLabelBeforeAutoAssign": None,
    "shouldAutoAssign": True,
    "shouldRelaunchKpiComputation": False,
    "useHoneyPot": False,
    "workflowVersion": "V1",
    "enforceStepSeparation": False,
}

# A property with any other type becomes a string (documented).
METADATA_TYPES = ("string", "number", "date")

_METADATA_FLAGS = ("filterable", "visibleByLabeler", "visibleByReviewer")
_METADATA_PROPERTY: Settings = {
    "filterable": True,
    "type": "string",
    "visibleByLabeler": True,
    "visibleByReviewer": True,
}

# setting → the least and the greatest value (contract/project.md#settings)
_RANGES = {
    "consensusTotCoverage": (0, 100),
    "minConsensusSize": (1, 10),
    "reviewCoverage": (0, 100),
    "secondsToLabelBeforeAutoAssign": (0, MAX_INT),
}

# The coordinates of a geospatial project whose assets are labeled in pixels, not on the map.
_PIXELS = {"labelingCRSCode": "PIXEL"}

# project type of old clients → input type; the other project types begin with their input type
_INPUT_TYPES = {"OCR": "IMAGE", "SPEECH_TO_TEXT": "AUDIO", "TIME_SERIES": "TIME_SERIES"}

# statistic of a project or member that clients may set → the least and the greatest value
_STATISTICS = {
    "consensusMark": (0, 1),
    "honeypotMark": (0, 1),
    "numberOfAssets": (0, MAX_INT),
    "numberOfLabeledAssets": (0, MAX_INT),
    "numberOfRemainingAssets": (0, MAX_INT),
    "numberOfReviewedAssets": (0, MAX_INT),
    "numberOfSkippedAssets": (0, MAX_INT),
    "totalDuration": (0, MAX_INT),
}


def validate_settings(operation: str, data: Settings, input_type: str) -> Settings:
    """Check the new settings of a project, and return them in their stored form.

    Args:
        data: the new settings; ``metadataTypes`` is the older form of ``metadataProperties``.
        input_type: the input type of the project, which cannot change.

    Raises:
        KiliError: a value is out of range or cannot be set.
    """
    settings = dict(data)
    _check_ranges(operation, settings, _RANGES)
    if settings.get("inputType", input_type) != input_type:
        raise errors.setting_immutable(operation, "inputType")
    if "jsonInterface" in settings:
        parse_json_interface(settings["jsonInterface"], operation)
    if "metadataTypes" in settings:
        types = _require_object(operation, "metadataTypes", settings.pop("metadataTypes"))
        settings.setdefault(
            "metadataProperties", {key: {"type": each} for key, each in types.items()}
        )
    if "metadataProperties" in settings:
        properties = _require_object(
            operation, "metadataProperties", settings["metadataProperties"]
        )
        settings["metadataProperties"] = {
            key: _metadata_property(operation, key, each)
            for key, each in sorted(properties.items(), key=_jsonb_order)
        }
    return settings


def input_type_of(operation: str, input_type: str | None, project_type: str | None) -> str:
    """Return the input type of a new project: the given one, or the one of its project type.

    Raises:
        KiliError: the two types contradict each other.
    """
    if project_type is None:
        return input_type or "IMAGE"
    implied = _INPUT_TYPES.get(project_type) or project_type.partition("_")[0]
    if input_type in (None, implied) or (implied, input_type) == ("VIDEO", "VIDEO_LEGACY"):
        return input_type or implied
    raise errors.project_type_mismatch(operation, project_type, implied)


def geospatial_settings(
    operation: str, input_type: str, *, pixel_labeling: bool
) -> Settings | None:
    """Return the ``geospatialSettings`` of a new project (contract/project.md#creation).

    Raises:
        KiliError: the project is not geospatial, and cannot be labeled in pixels.
    """
    if not pixel_labeling:
        return None
    if input_type != "GEOSPATIAL":
        raise errors.pixel_labeling_not_geospatial(operation)
    return dict(_PIXELS)


def check_statistics(operation: str, values: Settings) -> None:
    """Check statistics that a client sets.

    Raises:
        KiliError: a statistic is out of its range (contract/project.md#statistics).
    """
    _check_ranges(operation, values, _STATISTICS)


def _check_ranges(operation: str, values: Settings, ranges: dict[str, tuple[int, int]]) -> None:
    for name, (low, high) in ranges.items():
        if not low <= values.get(name, low) <= high:
            raise errors.setting_out_of_range(operation, name, low, high)


def _metadata_property(operation: str, key: str, value: Any) -> Settings:
    if not isinstance(value, dict) or value.keys() - _METADATA_PROPERTY.keys():
        raise errors.metadata_property_invalid(operation, key, _METADATA_PROPERTY)
    property_ = {**_METADATA_PROPERTY, **value}
    if property_["type"] not in METADATA_TYPES:
        property_["type"] = _METADATA_PROPERTY["type"]
    if not all(isinstance(property_[name], bool) for name in _METADATA_FLAGS):
        raise errors.metadata_flag_invalid(operation, key, _METADATA_FLAGS)
    return property_


def _require_object(operation: str, name: str, value: Any) -> Settings:
    if not isinstance(value, dict):
        raise errors.not_an_object(operation, name)
    return value


def _jsonb_order(item: tuple[str, Any]) -> tuple[int, bytes]:
    """Return the sort key of a member in the order in which the platform's database keeps members.

    See contract/project.md#settings.
    """
    key = item[0].encode()
    return len(key), key
