"""What is refused about issues and questions (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument, not_emulated


def issue_without_target(operation: str) -> KiliError:
    """An issue is about nothing."""
    return invalid_argument(operation, "give the labelID of an issue, or its assetId")


def in_review_not_emulated(operation: str) -> KiliError:
    """An issue or comment is to be one of a review."""
    return not_emulated(operation, "what is said in review", "send inReview: false")
