"""Check and wait for processes that are not children of this one."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie counts as ended."""
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    return False


def wait_until_process_ends(pid: int, seconds: float) -> None:
    """Wait until a process ends that is not a child of this one.

    Raises:
        AssertionError: the process still runs after this time.
    """
    pause = threading.Event()
    for _ in range(round(seconds / 0.02)):
        if not is_alive(pid):
            return
        pause.wait(0.02)
    raise AssertionError(f"process {pid} is alive after {seconds:g} s")
