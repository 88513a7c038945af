"""Metrics of one emulator for Prometheus: what the instruments counted, and the present state.

``prometheus_client`` is imported by the first scrape only. Each emulator has a registry of its own,
as there may be several in one process. The values of all labels come from known sets: operations
of the schema, routes, outcomes, tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.instruments import BOUNDS, Durations, Instruments
from kili_emulator.plugins.dispatch.host import PluginHost

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

_PREFIX = "kili_emulator_"
_BUCKETS = [str(bound) for bound in BOUNDS] + ["+Inf"]


@dataclass(frozen=True)
class Metrics:
    """The metrics of one emulator.

    Attributes:
        folder: the data folder; ``None`` if all data are in memory.
        count_connections: returns the number of open connections.
    """

    instruments: Instruments
    registry: WorldRegistry
    host: PluginHost
    folder: Path | None
    count_connections: Callable[[], int]

    def text(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics in the format that a scraper accepts, and the type of the format.

        Args:
            accept: the header ``Accept`` of the request.
        """
        from prometheus_client.exposition import choose_encoder

        encode, content_type = choose_encoder(accept)
        return encode(_prometheus_registry(self)), content_type

    def collect(self) -> Iterable[Metric]:
        """Yield all metrics; called by the registry of ``prometheus_client``."""
        requests, runs = self.instruments.requests, self.instruments.runs
        yield _histogram("request_seconds", "Requests", ["operation", "outcome"], requests)
        yield _histogram("plugin_run_seconds", "Plugin runs", ["outcome"], runs)
        jobs = self.host.count_jobs()
        by_state = {"waiting": jobs.waiting, "running": jobs.running}
        yield _gauge("plugin_jobs", "Runs and builds of plugins in queues", "state", by_state)
        worlds = self.registry.all()
        yield _number("worlds", "Worlds", len(worlds))
        documents: Counter[str] = Counter()
        for world in worlds:
            snapshot = world.documents.snapshot
            documents.update({name: len(table) for name, table in snapshot.items()})
        yield _gauge("documents", "Documents of all worlds", "table", documents)
        yield _number("connections", "Open connections", self.count_connections())
        if self.folder is not None:
            yield _number("store_bytes", "Size of the data folder in bytes", _size(self.folder))


def _prometheus_registry(metrics: Metrics) -> CollectorRegistry:
    """Return a registry with these metrics and those of the process."""
    from prometheus_client import CollectorRegistry, ProcessCollector

    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)
    ProcessCollector(registry=registry)
    return registry


def _histogram(name: str, help_text: str, labels: list[str], durations: Durations) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(f"{_PREFIX}{name}", f"{help_text}, in seconds", labels=labels)
    for values, each in sorted(durations.all().items()):
        buckets = list(zip(_BUCKETS, map(float, accumulate(each.counts)), strict=True))
        family.add_metric(values, buckets, each.total)
    return family


def _gauge(name: str, help_text: str, label: str, values: Mapping[str, int]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"{_PREFIX}{name}", help_text, labels=[label])
    for each, value in sorted(values.items()):
        family.add_metric([each], value)
    return family


def _number(name: str, help_text: str, value: int) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"{_PREFIX}{name}", help_text, value=value)


def _size(folder: Path) -> int:
    """Return the size of all files in a folder; skip those that are being deleted."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total
