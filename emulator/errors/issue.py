"""What is refused about issues and questions (ours)."""

from __future__ import annotations

from emulator.errors.base import KiliError, not_emulated, wrong


def issue_without_target(operation: str) -> KiliError:
    """An issue is about nothing."""
    return wrong(operation, "give the labelID of an issue, or its assetId")


def review_comment_not_emulated(operation: str) -> KiliError:
    """A comment is to be one of a review."""
    return not_emulated(operation, "a comment made in review", "send inReview: false")
