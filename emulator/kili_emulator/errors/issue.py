"""Errors about issues and questions (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument, not_emulated


def issue_without_target(operation: str) -> KiliError:
    """An issue names neither a label nor an asset."""
    return invalid_argument(operation, "an issue needs a labelID or an assetId")


def in_review_not_emulated(operation: str) -> KiliError:
    """An issue or comment has ``inReview``."""
    return not_emulated(operation, "inReview: true", "send inReview: false")
