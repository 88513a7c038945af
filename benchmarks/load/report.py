"""The figures of a scenario, as lines for people."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.load.client import Outcome

_MAX_SHOWN = 5


@dataclass(frozen=True)
class Figures:
    """The figures of one scenario.

    Attributes:
        name: the name of the scenario.
        alone: the outcome of one client that worked alone before.
        together: the outcomes of all clients.
        memory: the memory of the server and its processes in MB, before and after the load.
        faults: lost and doubled labels and runs, clients that did not end, failed calls.
    """

    name: str
    alone: Outcome
    together: list[Outcome]
    memory: tuple[float, float]
    faults: list[str]

    @property
    def calls(self) -> int:
        """The number of calls of all clients."""
        return sum(len(each.submits) + len(each.counts) for each in self.together)

    def lines(self) -> list[str]:
        """Return the figures as lines: of submits and of counts, of memory, and the faults."""
        before, after = self.memory
        return [
            f"{self.name}: {len(self.together)} clients, {self.calls} calls",
            *_describe("submit", self.alone.submits, (each.submits for each in self.together)),
            *_describe("count", self.alone.counts, (each.counts for each in self.together)),
            f"  memory  {before:.0f} to {after:.0f} MB",
            *(f"  FAULT: {each}" for each in self.faults[:_MAX_SHOWN]),
            f"  {len(self.faults)} faults",
        ]


def _describe(name: str, alone: Sequence[float], together: Iterable[list[float]]) -> list[str]:
    """Return a line about the durations of one kind of call, if there are enough of them."""
    durations = [each for client in together for each in client]
    if len(alone) < 2 or len(durations) < 2:
        return []
    median, p95, p95_alone = statistics.median(durations), _p95(durations), _p95(alone)
    ratio = f"{p95 / p95_alone:.1f} times the p95 of one client ({_ms(p95_alone)})"
    return [f"  {name:7} p50 {_ms(median)}, p95 {_ms(p95)}: {ratio}"]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _p95(durations: Sequence[float]) -> float:
    return statistics.quantiles(durations, n=20, method="inclusive")[-1]
