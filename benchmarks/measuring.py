"""Medians of repeated calls, and a table of ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Action = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """Two measurements of one run.

    Attributes:
        name: the subject of the comparison.
        first: the name of the first measurement and its median: the ratio's numerator.
        second: the name of the second measurement and its median: the ratio's denominator.
        unit: the unit of both medians, by default seconds.
    """

    name: str
    first: tuple[str, float]
    second: tuple[str, float]
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.first[1] / self.second[1]


def compare(
    name: str, first: tuple[str, Action], second: tuple[str, Action], repeat: int
) -> Comparison:
    """Measure two actions in turns, after one call of each that is not counted."""
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()  # a garbage collection would slow down only one of the two
    try:
        for number in range(repeat + 1):
            for (_, action), durations in zip((first, second), times, strict=True):
                seconds = _measure_seconds(action)
                if number:
                    durations.append(seconds)
    finally:
        gc.enable()
    medians = [statistics.median(durations) for durations in times]
    return Comparison(name, (first[0], medians[0]), (second[0], medians[1]))


def _measure_seconds(action: Action) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def table(comparisons: list[Comparison]) -> str:
    """Format comparisons as a table."""
    rows = [
        (
            each.name,
            f"{each.ratio:.2f}",
            _format_median(each.first, each.unit),
            _format_median(each.second, each.unit),
        )
        for each in comparisons
    ]
    rows.insert(0, ("", "ratio", "of the median of", "to the median of"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}   {row[2]:<{widths[2]}}   {row[3]}".rstrip()
        for row in rows
    )


def _format_median(durations: tuple[str, float], unit: str) -> str:
    name, value = durations
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    return f"{name} ({value:.3g} {unit})"
