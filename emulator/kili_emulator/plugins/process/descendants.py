"""The processes that descend from another one, as the system tells (Linux: ``/proc``)."""

from __future__ import annotations

import contextlib
import os
from typing import NamedTuple

from kili_emulator.plugins.guest.memory_limit import MB

_MAX_STAT_BYTES = 4096


class Descendant(NamedTuple):
    """A process.

    Attributes:
        parent: the id of its parent.
        name: its command's; empty, if it has ended and only its entry is left.
        pages: how much of its memory is resident.
    """

    parent: int
    name: str
    pages: int

    @property
    def megabytes(self) -> float:
        """The resident memory."""
        return self.pages * os.sysconf("SC_PAGE_SIZE") / MB


class DescendantScan(NamedTuple):
    """What was seen of a family at one look.

    Attributes:
        by_pid: its processes by their ids, without zombies.
        is_complete: no process ended while it was looked at, so that none of its children can have
            been missed.
    """

    by_pid: dict[int, Descendant]
    is_complete: bool


def scan_descendants(pid: int) -> DescendantScan:
    """The processes that descend from one that reaps orphans."""
    table, is_complete = _all_processes()
    is_complete &= all(process.parent in table or not process.parent for process in table.values())
    children: dict[int, list[int]] = {}
    for each, process in table.items():
        children.setdefault(process.parent, []).append(each)
    by_pid: dict[int, Descendant] = {}
    pending = [pid]
    while pending:
        new = [each for each in children.get(pending.pop(), ()) if each not in by_pid]
        by_pid.update((each, table[each]) for each in new)
        pending += new
    return DescendantScan(
        {each: process for each, process in by_pid.items() if process.name}, is_complete
    )


def _all_processes() -> tuple[dict[int, Descendant], bool]:
    """All processes, and whether each one that was listed could be read."""
    by_pid = {}
    entry_count = 0
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                entry_count += 1
                with contextlib.suppress(OSError, ValueError, IndexError):
                    by_pid[int(entry.name)] = _read(f"{entry.path}/stat")
    return by_pid, entry_count == len(by_pid)


def _read(path: str) -> Descendant:
    """A process; read without a file object, as this is done for each run."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        line = os.read(descriptor, _MAX_STAT_BYTES)
    finally:
        os.close(descriptor)
    head, _, rest = line.rpartition(b")")
    fields = rest.split(None, 22)
    if fields[0] in b"ZX":
        return Descendant(int(fields[1]), "", 0)
    name = head.partition(b"(")[2].decode(errors="replace")
    return Descendant(int(fields[1]), name or "?", int(fields[21]))
