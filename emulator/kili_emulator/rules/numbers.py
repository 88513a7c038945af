"""Numbers of JSON and GraphQL."""

from __future__ import annotations

from typing import Any

MAX_INT = 2**31 - 1
"""The greatest value of GraphQL's ``Int``."""


def is_number(value: Any) -> bool:
    """Return whether a value is a JSON number."""
    return type(value) is float or type(value) is int  # a bool is an int for isinstance()
