"""Errors about notifications (ours)."""

from __future__ import annotations

from kili_emulator.errors.kili_error import KiliError, invalid_argument


def notification_incomplete(operation: str, missing: list[str]) -> KiliError:
    """A notification lacks required members."""
    return invalid_argument(operation, f"members of data are missing: {', '.join(missing)}")


def progress_out_of_range(operation: str) -> KiliError:
    """The progress of a task is not a percentage."""
    return invalid_argument(operation, "progress must be between 0 and 100")
