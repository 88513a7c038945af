"""The terms of an organization's license (contract/organization.md#license)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kili_emulator import clock, errors
from kili_emulator.rules.numbers import MAX_INT

TYPES = ("DISCOVERY", "FREEMIUM", "PAID")
INPUT_TYPES = (
    "AUDIO",
    "GEOSPATIAL",
    "IMAGE",
    "LLM_INSTR_FOLLOWING",
    "LLM_RLHF",
    "LLM_STATIC",
    "NA",
    "PDF",
    "TEXT",
    "TIME_SERIES",
    "URL",
    "VIDEO",
    "VIDEO_LEGACY",
)

DEFAULTS: dict[str, Any] = {
    "api": True,
    "apiPriority": False,
    "canUsePlugins": True,
    "enableSmartTools": False,
    "expiryDate": None,
    "inputType": None,
    "maxNumberOfAnnotations": None,
    "maxNumberOfAnnotationsPerMonth": None,
    "maxNumberOfLabeledAssets": None,
    "maxNumberOfPredictionsPerMonth": None,
    "seats": None,
    "startDate": None,
    "type": "PAID",
    "uploadCloudData": True,
    "uploadLocalData": True,
}


def parse_license(operation: str, text: str) -> dict[str, Any]:
    """Parse the license terms in a JSON text, which may hold a part of the terms.

    Raises:
        KiliError: the text is not a JSON object, or has an unknown member or an invalid value.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        detail = errors.LICENSE_NOT_JSON.format(reason=error)
        raise errors.license_malformed(operation, detail) from None
    if not isinstance(data, dict):
        raise errors.license_malformed(operation, errors.LICENSE_NOT_OBJECT)
    return {name: _check_value(operation, name, data[name]) for name in data}


def _check_value(operation: str, name: str, value: Any) -> Any:
    if name not in DEFAULTS:
        raise errors.license_malformed(operation, errors.LICENSE_UNKNOWN_MEMBER.format(name=name))
    is_valid = _VALIDATORS[name](value)
    if not is_valid:
        detail = errors.LICENSE_BAD_VALUE.format(name=name, value=json.dumps(value))
        raise errors.license_malformed(operation, detail)
    is_date = _VALIDATORS[name] is _is_date and value is not None
    return clock.format_time(clock.parse_time(value)) if is_date else value


def _is_number(value: Any) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value is None or (is_whole and 0 <= value <= MAX_INT)


def _is_list_of_types(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(each in INPUT_TYPES for each in value))


def _is_date(value: Any) -> bool:
    try:
        return value is None or bool(clock.parse_time(value))
    except (ValueError, AttributeError):
        return False


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_type(value: Any) -> bool:
    return value in TYPES


_VALIDATORS: dict[str, Callable[[Any], bool]] = {
    **{
        name: _is_flag if isinstance(default, bool) else _is_number
        for name, default in DEFAULTS.items()
    },
    "expiryDate": _is_date,
    "inputType": _is_list_of_types,
    "startDate": _is_date,
    "type": _is_type,
}
