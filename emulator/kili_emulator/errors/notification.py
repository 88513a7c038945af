"""What is refused about notifications (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, wrong


def notification_incomplete(operation: str, missing: list[str]) -> KiliError:
    """A notification lacks what it needs."""
    return wrong(operation, f"data lacks {', '.join(missing)}")


def progress_refused(operation: str) -> KiliError:
    """The progress of a task is no share of it."""
    return wrong(operation, "progress must be between 0 and 100")
