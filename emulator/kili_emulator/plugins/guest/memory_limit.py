"""Measure and limit the memory of a worker.

Resident memory counts: address space that a library reserves and does not use is free. The
emulator checks it ten times a second, for the worker and all its descendants (Linux). The kernel's
own limit on writable memory (``RLIMIT_DATA``) is a little higher, as it counts the stacks of
threads in full; it refuses at once a request for far too much memory.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any, Optional

resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None

MB = 1024 * 1024
_HEADROOM_MB = 256
_LAST_MESSAGE_MB = 64


def set_limit(megabytes: int) -> None:
    """Have the kernel refuse memory far above the limit to this process; disable core files."""
    if resource is None:
        return
    bytes_ = (megabytes + _HEADROOM_MB) * MB
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_, bytes_ + _LAST_MESSAGE_MB * MB))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def extend_limit() -> None:
    """Give this process, which has reached the limit, the memory to report that."""
    if resource is not None:
        with contextlib.suppress(OSError, ValueError):
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def reset_peak() -> None:
    """Reset the peak of this process's resident memory (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> Optional[float]:  # noqa: UP045
    """Return the peak of this process's resident memory in MB; ``None`` if it is unknown."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes: float = round(peak / (MB if sys.platform == "darwin" else 1024), 1)
    return megabytes
