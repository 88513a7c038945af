"""Counts and durations of requests and plugin runs, for monitoring.

Plain counters, which cost a microsecond and import nothing. ``http/metrics.py`` formats them.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass, field

# The upper bounds of the durations that are counted together, in seconds.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

Labels = tuple[str, ...]


@dataclass
class Distribution:
    """How many durations lie between two bounds.

    Attributes:
        counts: the number of durations up to each bound of :data:`BOUNDS` and above the former one;
            at the end, of those above the last bound.
        total: the sum of the durations, in seconds.
    """

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0


class Durations:
    """The distribution of durations for each combination of labels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._distributions: dict[Labels, Distribution] = {}

    def add(self, seconds: float, *labels: str) -> None:
        """Count a duration."""
        place = bisect_left(BOUNDS, seconds)
        with self._lock:
            distribution = self._distributions.get(labels)
            if distribution is None:
                distribution = self._distributions[labels] = Distribution()
            distribution.counts[place] += 1
            distribution.total += seconds

    def all(self) -> dict[Labels, Distribution]:
        """Return a copy of all distributions."""
        with self._lock:
            return {
                labels: Distribution(list(each.counts), each.total)
                for labels, each in self._distributions.items()
            }


@dataclass(frozen=True)
class Instruments:
    """The instruments of one emulator.

    Attributes:
        requests: the durations of requests, by operation and outcome.
        runs: the durations of handler calls, by the outcome of the run.
    """

    requests: Durations = field(default_factory=Durations)
    runs: Durations = field(default_factory=Durations)
