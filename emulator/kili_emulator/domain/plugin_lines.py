"""The pages of a plugin's log lines and build errors (contract/plugin.md#logs)."""

from __future__ import annotations

from typing import TypeVar

from kili_emulator import errors
from kili_emulator.domain.documents import BuildErrorDoc, LogLineDoc

Line = TypeVar("Line", BuildErrorDoc, LogLineDoc)


def newest_lines_page(
    lines: list[Line], since: str | None, limit: int | None, skip: int | None
) -> list[Line]:
    """Return one page of log lines, the last emitted line first (contract/plugin.md#logs).

    Args:
        lines: in the order of storage. The lines of a run are stored a moment after they are
            emitted, so that the two orders can differ.
        since: leave out the lines before this time; keep a line of the same millisecond.
        limit: the length of the page (default: 100).
        skip: how many of the newest lines to leave out (default: 0).

    Raises:
        KiliError: limit or skip is negative.
    """
    for name, number in (("limit", limit), ("skip", skip)):
        if number is not None and number < 0:
            raise errors.negative_argument(name)
    emitted = reversed(_sort_by_emission(lines))
    recent = [line for line in emitted if since is None or line["createdAt"] >= since]
    start = skip or 0
    return recent[start : start + (100 if limit is None else limit)]


def _sort_by_emission(lines: list[Line]) -> list[Line]:
    """Sort lines by time; keep the order of a run's lines, even if the clock was set back."""
    latest: dict[str, str] = {}

    def emitted(line: Line) -> str:
        run_id = str(line.get("runId"))
        latest[run_id] = max(latest.get(run_id, ""), line["createdAt"])
        return latest[run_id]

    return sorted(lines, key=emitted)
