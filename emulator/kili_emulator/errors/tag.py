"""Errors about tags (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def tag_label_empty(operation: str) -> KiliError:
    """The label of a tag is empty."""
    return invalid_argument(operation, "label is empty: give a text")


def tag_not_checked(operation: str, label: str) -> KiliError:
    """A tag is unchecked on a project that does not have it."""
    return invalid_argument(operation, f'the tag "{label}" is not checked for the project')
