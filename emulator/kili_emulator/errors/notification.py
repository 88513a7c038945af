"""What is refused about notifications (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def notification_incomplete(operation: str, missing: list[str]) -> KiliError:
    """A notification lacks what it needs."""
    return invalid_argument(operation, f"data lacks {', '.join(missing)}")


def progress_out_of_range(operation: str) -> KiliError:
    """The progress of a task is no share of it."""
    return invalid_argument(operation, "progress must be between 0 and 100")
