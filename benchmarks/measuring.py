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
    """Two things that were measured in one run.

    Attributes:
        name: what is compared.
        first: what the ratio's numerator is, and its median in seconds, or in another unit.
        second: the same of the denominator.
        unit: ``s``, or what else they are in.
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
    """Measure two actions by turns, after one call of each that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()  # a collection in one of the two would count against it alone
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
    """The comparisons as text."""
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
