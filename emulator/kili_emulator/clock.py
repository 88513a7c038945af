"""The only source of time.

All code that needs the current time reads a :class:`Clock`; no other module reads the system's
clock. Times are UTC with millisecond precision; as text they are ISO-8601 with exactly three
decimals and a ``Z`` (contract/values.md#times).
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone


def format_time(moment: datetime) -> str:
    """Format an aware datetime as the platform does: ``2023-01-16T11:00:36.691Z``."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Parse a date, or a date with a time, as an aware datetime in UTC.

    Accepts ``YYYY-MM-DD``, ISO-8601, and the texts of clients that add a ``Z`` to a time with a
    zone (``…+00:00Z``, contract/values.md#times). A text without a zone is in UTC.

    Raises:
        ValueError: the text has another form, the date does not exist, or the year is not one of 1
            to 9999 in UTC.
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
    """Parse a text as the end of a period: a date without a time means its last millisecond.

    Raises:
        ValueError: as :func:`parse_time`.
    """
    moment = parse_time(text)
    if len(text.strip().rstrip("Zz")) > len("2023-01-16"):
        return moment
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_000)


def _pad_fraction(text: str) -> str:
    """Pad or cut the fraction of a second to 6 digits: Python 3.10 accepts only 3 or 6."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"


# A longer step back is deliberate: a test freezes the time, or a user corrects a wrong clock.
_MAX_STEP_BACK = timedelta(minutes=1)


class Clock:
    """A world's clock: the time of the system plus an offset.

    If the clock of the system is set back a little, as its synchronization does, the time stands
    still until the system has caught up, so that a later document has no earlier time.
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset
        self._latest = datetime.min.replace(tzinfo=timezone.utc)

    def now(self) -> datetime:
        """Return the world's current time, aware, in UTC, truncated to milliseconds."""
        system = datetime.now(timezone.utc)
        if not timedelta() < self._latest - system <= _MAX_STEP_BACK:
            self._latest = system
        moment = self._latest + self.offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def monotonic() -> float:
    """Return the seconds of a clock that never goes back, to measure durations."""
    return time.monotonic()
