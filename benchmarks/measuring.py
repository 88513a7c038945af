"""Repeated measurements of two actions in turn, and a table of ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Action = Callable[[], object]


@dataclass(frozen=True)
class Goal:
    """What a measurement should reach: a ratio, or a value in the unit of the comparison."""

    ratio: float | None = None
    value: float | None = None


@dataclass(frozen=True)
class Measurement:
    """The values of one action, one for each turn.

    Attributes:
        name: the name of the action.
        values: the values, in the unit of the comparison.
    """

    name: str
    values: Sequence[float]

    @property
    def best(self) -> float:
        return min(self.values)


@dataclass(frozen=True)
class Comparison:
    """Two measurements of one run.

    Attributes:
        name: the subject of the comparison.
        first: the measurement of interest: the ratio's numerator.
        second: the measurement to compare with: the ratio's denominator.
        unit: the unit of both, by default seconds.
        goal: the goal for ``first``.
    """

    name: str
    first: Measurement
    second: Measurement
    unit: str = "s"
    goal: Goal = Goal()

    @property
    def ratio(self) -> float:
        """The best value of the first to the best value of the second."""
        return self.first.best / self.second.best

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of the ratios of single turns."""
        pairs = zip(self.first.values, self.second.values, strict=True)
        ratios = [first / second for first, second in pairs]
        if len(ratios) == 1:
            return ratios[0], ratios[0]
        low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
        return low, high


def compare(
    name: str,
    first: tuple[str, Action],
    second: tuple[str, Action],
    repeat: int,
    goal: Goal = Goal(),
) -> Comparison:
    """Measure two actions in turn, after one call of each that is not counted."""
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
    measurements = Measurement(first[0], times[0]), Measurement(second[0], times[1])
    return Comparison(name, *measurements, goal=goal)


def _measure_seconds(action: Action) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def format_value(value: float, unit: str) -> str:
    """Return a value with its unit, in milliseconds if it is less than a second."""
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"
