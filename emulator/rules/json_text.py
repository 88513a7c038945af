"""JSON as the standard has it: without NaN and Infinity, which Python would accept."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


def parse_json(text: str | bytes) -> Any:
    """Read a JSON text.

    Raises:
        ValueError: it is none, or nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def compact(text: str) -> str:
    """A JSON text as the platform's JavaScript writes it."""
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: unlike in Python, true is not 1, and false not 0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
