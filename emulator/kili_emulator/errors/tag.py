"""What is refused about tags (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def tag_label_empty(operation: str) -> KiliError:
    """A tag would have no label."""
    return invalid_argument(operation, "label is empty: give the tag a name")


def tag_not_checked(operation: str, label: str) -> KiliError:
    """A tag is to be taken off a project that does not have it."""
    return invalid_argument(operation, f'the tag "{label}" is not checked for the project')
