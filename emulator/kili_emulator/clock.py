"""The only source of time.

Everything that needs the current time asks a :class:`Clock`; no other module reads the system's.
Times are UTC with millisecond precision, and travel as ISO-8601 text with exactly three decimals
and a ``Z`` (contract/values.md#times).
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone


def format_time(moment: datetime) -> str:
    """Format an aware datetime the way the platform does: ``2023-01-16T11:00:36.691Z``."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Read a date or a date and time, as UTC; one without a zone is UTC already.

    Accepts ``YYYY-MM-DD``, ISO-8601, and what clients make by sticking a ``Z`` on an
    already zoned time (``…+00:00Z``, contract/values.md#times).

    Raises:
        ValueError: the text is neither, or what no calendar has in UTC.
    """
    zoneless_text = text.strip()
    if zoneless_text.endswith(("Z", "z")):
        zoneless_text = zoneless_text[:-1]
    moment = datetime.fromisoformat(_pad_fraction(zoneless_text))
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError(f"{text} is before the year 1 or after the year 9999 in UTC") from None


def parse_end_time(text: str) -> datetime:
    """Read the last moment that a text means: of a date its last millisecond.

    Raises:
        ValueError: as :func:`parse_time`.
    """
    moment = parse_time(text)
    if len(text.strip().rstrip("Zz")) > len("2023-01-16"):
        return moment
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_000)


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
