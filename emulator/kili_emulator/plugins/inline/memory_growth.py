"""The growth of this process's peak memory during a run; 0 on systems that do not report it."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None

_MAX_STATM_BYTES = 256
_MB = 1024 * 1024
_UNIT = 1 if sys.platform == "darwin" else 1024


class MemoryGrowth:
    """The growth since the object was created."""

    def __init__(self) -> None:
        self._peak = _peak_mb()
        self._resident = _resident_mb() or self._peak

    def growth_mb(self) -> float:
        """Return the growth in MB: the new peak less the memory that was resident at first.

        It is 0 if the process did not exceed its earlier peak.
        """
        peak = _peak_mb()
        return peak - self._resident if peak > self._peak else 0.0


def _peak_mb() -> float:
    if resource is None:
        return 0.0
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * _UNIT / _MB


def _resident_mb() -> float | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)  # in a fifth of a file object's time
        try:
            pages = int(os.read(descriptor, _MAX_STATM_BYTES).split()[1])
        finally:
            os.close(descriptor)
        return pages * float(resource.getpagesize()) / _MB
    return None
