"""List the descendants of a process, from ``/proc`` (Linux)."""

from __future__ import annotations

import contextlib
import os
from typing import NamedTuple

from kili_emulator.plugins.guest.memory_limit import MB

_MAX_BYTES = 4096


class Descendant(NamedTuple):
    """A process.

    Attributes:
        parent: the id of its parent.
        name: the name of its command; empty for a zombie.
        pages: its resident memory in pages.
    """

    parent: int
    name: str
    pages: int

    @property
    def megabytes(self) -> float:
        """The resident memory in MB."""
        return self.pages * os.sysconf("SC_PAGE_SIZE") / MB


class DescendantScan(NamedTuple):
    """The result of one scan for descendants.

    Attributes:
        by_pid: the processes by their ids, without zombies.
        is_complete: whether no process ended during the scan, so that no descendant was missed.
    """

    by_pid: dict[int, Descendant]
    is_complete: bool


def scan_descendants(pid: int) -> DescendantScan:
    """Return the descendants of a process that adopts orphans (a child subreaper)."""
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


def has_only_child(pid: int, child: int) -> bool:
    """Return whether a child subreaper has one child, and this child has none.

    This takes a fiftieth of the time of a scan. It is exact if the child does not fork meanwhile:
    the list of the subreaper is read last, as it adopts each process that leaves the child. Kernels
    without lists of children (``CONFIG_PROC_CHILDREN``) always give false.
    """
    with contextlib.suppress(OSError):
        return _children(pid) == [child] and not _children(child) and _children(pid) == [child]
    return False


def _children(pid: int) -> list[int]:
    """Return the ids of the children of all threads of a process, zombies included.

    Raises:
        OSError: the process or one of its threads has ended, or the kernel has no such lists.
    """
    threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
    return [
        int(each)
        for thread in threads
        for each in _read_bytes(f"/proc/{pid}/task/{thread}/children").split()
    ]


def _all_processes() -> tuple[dict[int, Descendant], bool]:
    """Return all processes by their ids, and whether every listed process could be read."""
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
    """Read a process from its ``stat`` file."""
    head, _, rest = _read_bytes(path).rpartition(b")")
    fields = rest.split(None, 22)
    if fields[0] in b"ZX":
        return Descendant(int(fields[1]), "", 0)
    name = head.partition(b"(")[2].decode(errors="replace")
    return Descendant(int(fields[1]), name or "?", int(fields[21]))


def _read_bytes(path: str) -> bytes:
    """Return the beginning of a file; without a file object, as each run does this often."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)
