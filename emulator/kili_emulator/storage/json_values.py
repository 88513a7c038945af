"""Copies and comparisons of JSON values."""

from __future__ import annotations

from typing import Any


def copy_value(value: Any) -> Any:
    """Return a deep copy of a JSON value, which the caller may edit."""
    if isinstance(value, dict):
        return {key: copy_value(each) for key, each in value.items()}
    if isinstance(value, list):
        return [copy_value(each) for each in value]
    return value


def is_same(one: Any, other: Any) -> bool:
    """Return whether two JSON values, or rows of them, are equal and of the same types.

    Python takes ``1``, ``1.0`` and ``True`` for equal; clients do not.
    """
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(is_same(value, other[name]) for name, value in one.items())
    if isinstance(one, (list, tuple)):
        return all(map(is_same, one, other))
    return True
