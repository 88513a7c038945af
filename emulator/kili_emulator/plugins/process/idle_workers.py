"""Keep workers for their next call, and select those that must end because there are too many."""

from __future__ import annotations

import threading

from kili_emulator.plugins.process.worker_process import WorkerProcess

_PER_VERSION = 2


class IdleWorkers:
    """The idle workers of all versions of a process isolation.

    A worker whose version started processes during its import is always kept, as these processes
    continue until the version is unloaded.

    Args:
        maximum: how many workers are kept in total; of one version, at most two.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._lock = threading.Lock()
        self._versions: dict[WorkerProcess, object] = {}  # the least recently used one comes first

    def take(self, version: object) -> WorkerProcess | None:
        """Remove and return the worker of a version that was used last; ``None`` without one."""
        with self._lock:
            workers = self._workers_of(version)
            if not workers:
                return None
            del self._versions[workers[-1]]
            return workers[-1]

    def keep(self, version: object, worker: WorkerProcess) -> list[WorkerProcess]:
        """Add a worker of a version.

        Returns:
            the least recently used workers that exceed a limit; the caller must end them.
        """
        with self._lock:
            self._versions[worker] = version
            surplus = self._workers_of(version)[:-_PER_VERSION]
            count = len(self._versions) - len(surplus) - self._maximum
            replaceable = [
                each
                for each in self._versions
                if each not in surplus and not each.has_import_processes
            ]
            surplus += replaceable[: max(0, count)]
            for each in surplus:
                del self._versions[each]
            return surplus

    def remove(self, version: object) -> list[WorkerProcess]:
        """Remove and return all workers of a version; the caller must end them."""
        with self._lock:
            workers = self._workers_of(version)
            for each in workers:
                del self._versions[each]
            return workers

    def _workers_of(self, version: object) -> list[WorkerProcess]:
        return [each for each, owner in self._versions.items() if owner is version]
