"""The times in a scenario: absolute, or counted back from the moment when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from kili_emulator.clock import format_time, parse_time
from kili_emulator.scenario.problem import NodePath

_AGE = re.compile(
    r"-(?=\d)(?:(?P<weeks>\d+)w)?(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?\Z"
)
_MEMBERS = ("createdAt", "updatedAt")
_CHILDREN = ("assets", "labels", "issues", "comments")
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=timezone.utc)
_REMEDY = (
    "give a time such as 2026-01-05 or 2026-01-05T09:30:00Z, or an age such as -7d, -12h or -1d12h"
)


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the moment that a text of a scenario means.

    Args:
        text: a date, a date with a time, or an age in weeks, days, hours, minutes: ``-1w2d3h4m``.
        now: the moment from which an age counts.

    Raises:
        ValueError: the text has another form, or there is no such moment; the message has a remedy.
    """
    age = _AGE.match(text)
    try:
        if age is None:
            return parse_time(text)
        return now - timedelta(**{unit: int(count or 0) for unit, count in age.groupdict().items()})
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time: {_REMEDY}") from None


def find_time_problems(
    node_path: NodePath, entry: dict[str, Any]
) -> Iterator[tuple[NodePath, str]]:
    """Yield the times of a project and its parts that cannot be read, with their problems."""
    for member in _MEMBERS:
        if member in entry:
            try:
                parse_moment(entry[member], _ANY_MOMENT)
            except ValueError as error:
                yield (*node_path, member), str(error)
    for name in _CHILDREN:
        for number, child in enumerate(entry.get(name, [])):
            yield from find_time_problems((*node_path, name, number), child)


class CreationTimes:
    """The creation times of a project and its parts, where a scenario gives any.

    A part without a ``createdAt`` is as old as its oldest child with one, and otherwise as old as
    the part that it belongs to.

    Args:
        now: the moment when the scenario is loaded.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now

    def of(self, entry: dict[str, Any], parent: datetime | None = None) -> datetime:
        """Return when a part is created.

        Args:
            parent: when the part that it belongs to is created; ``None`` for a project.

        Raises:
            ValueError: the part would be older than its parent, or created in the future.
        """
        found = self._oldest(entry) or parent or self._now
        if "createdAt" not in entry:  # a wrong time is reported where it stands
            return min(max(found, parent or found), self._now)
        if parent and found < parent:
            raise ValueError(
                f"{format_time(found)} is before {format_time(parent)}, when the part that it "
                "belongs to was created: give a later time here, or an earlier one there"
            )
        self._check_past(found)
        return found

    def update_of(self, entry: dict[str, Any], created: datetime) -> str | None:
        """Return the time of a part's last change as text; ``None`` if the scenario has none.

        Raises:
            ValueError: the time is before the part's creation, or in the future.
        """
        if "updatedAt" not in entry:
            return None
        found = parse_moment(entry["updatedAt"], self._now)
        if found < created:
            raise ValueError(
                f"updatedAt {format_time(found)} is before createdAt {format_time(created)}: "
                "give a later time"
            )
        self._check_past(found)
        return format_time(found)

    def _oldest(self, entry: dict[str, Any]) -> datetime | None:
        """Return the time of a part, or of its oldest child if the part has none."""
        if "createdAt" in entry:
            return parse_moment(entry["createdAt"], self._now)
        children = [self._oldest(child) for name in _CHILDREN for child in entry.get(name, [])]
        return min((each for each in children if each), default=None)

    def _check_past(self, found: datetime) -> None:
        if found > self._now:
            raise ValueError(
                f"{format_time(found)} is in the future: it is {format_time(self._now)} "
                "in this world"
            )
