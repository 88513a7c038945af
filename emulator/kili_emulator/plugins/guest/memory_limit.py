"""How much memory a worker takes, and how much it may take.

What counts is what is resident: address space that a library reserves and does not use costs
nothing. The emulator looks at it ten times a second, for the worker and all processes that descend
from it (Linux). The kernel's own limit on writable memory (``RLIMIT_DATA``) stands a little above
that, as the stacks of threads count there in full; it refuses at once what would be far too much.
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
    """Have the kernel refuse this process what is far above the limit; leave no core files."""
    if resource is None:
        return
    bytes_ = (megabytes + _HEADROOM_MB) * MB
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_, bytes_ + _LAST_MESSAGE_MB * MB))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def extend_limit() -> None:
    """Give a process that has reached the limit what it takes to say so."""
    if resource is not None:
        with contextlib.suppress(OSError, ValueError):
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def reset_peak() -> None:
    """Measure this process's peak anew from here on, where the system can (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> Optional[float]:  # noqa: UP045
    """This process's peak of resident memory; ``None`` where the system does not tell."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes: float = round(peak / (MB if sys.platform == "darwin" else 1024), 1)
    return megabytes
