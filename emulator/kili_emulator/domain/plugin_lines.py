"""Pages of log lines and of build errors of plugins (contract/plugin.md#logs)."""

from __future__ import annotations

from typing import TypeVar

from kili_emulator import errors
from kili_emulator.domain.documents import BuildErrorDoc, LogLineDoc

Line = TypeVar("Line", BuildErrorDoc, LogLineDoc)


def newest_lines_page(
    lines: list[Line], since: str | None, limit: int | None, skip: int | None
) -> list[Line]:
    """One page of log lines, in strict reverse order of emission (contract/plugin.md#logs).

    Args:
        lines: in the order in which they were stored: those of a run are, a moment later.
        since: leave out what is older than this time; a line of that very millisecond stays.
        limit: 100 unless given.

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
    """Lines by their time; those of one run keep their order, whatever the clock did."""
    latest: dict[str, str] = {}

    def emitted(line: Line) -> str:
        run_id = str(line.get("runId"))
        latest[run_id] = max(latest.get(run_id, ""), line["createdAt"])
        return latest[run_id]

    return sorted(lines, key=emitted)
