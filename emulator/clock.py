"""The only source of time.

Everything that needs the current time asks a :class:`Clock`; no other module reads the system's.
Times are UTC with millisecond precision, and travel as ISO-8601 text with exactly three decimals
and a ``Z`` (contract §3).
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

_FORMAT_LENGTH = len("2023-01-16T11:00:36.691")


def to_text(moment: datetime) -> str:
    """Format an aware datetime the way the platform does: ``2023-01-16T11:00:36.691Z``."""
    utc = moment.astimezone(timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%f")[:_FORMAT_LENGTH] + "Z"


def from_text(text: str) -> datetime:
    """Read a date or a date and time; one without a zone is UTC.

    Accepts ``YYYY-MM-DD``, ISO-8601, and what clients make by sticking a ``Z`` on an
    already zoned time (``…+00:00Z``, contract §3).

    Raises:
        ValueError: the text is neither.
    """
    bare = text.strip()
    if bare.endswith(("Z", "z")):
        bare = bare[:-1]
    moment = datetime.fromisoformat(_pad_fraction(bare))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _pad_fraction(text: str) -> str:
    """Give the fraction of a second the 3 or 6 digits that Python 3.10 insists on."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"


class Clock:
    """A world's clock: the system's time, moved by an offset."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The world's current time, aware, in UTC, cut to whole milliseconds."""
        moment = datetime.now(timezone.utc) + self.offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def monotonic() -> float:
    """Seconds on a clock that never goes back, for durations."""
    return time.monotonic()
