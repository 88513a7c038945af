"""The processes that descend from another one, as the system tells (Linux: ``/proc``)."""

from __future__ import annotations

import contextlib
import os
from typing import NamedTuple

from kili_emulator.plugins.guest.memory_limit import MB

_LONGEST_LINE = 4096


class Relative(NamedTuple):
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


class Look(NamedTuple):
    """What was seen of a family at one look.

    Attributes:
        found: its processes by their ids, without zombies.
        is_complete: no process ended while it was looked at, so that none of its children can have
            been missed.
    """

    found: dict[int, Relative]
    is_complete: bool


def descendants(pid: int) -> Look:
    """The processes that descend from one that reaps orphans."""
    table, is_complete = _all_processes()
    is_complete &= all(of.parent in table or not of.parent for of in table.values())
    children: dict[int, list[int]] = {}
    for each, of in table.items():
        children.setdefault(of.parent, []).append(each)
    found: dict[int, Relative] = {}
    left = [pid]
    while left:
        new = [each for each in children.get(left.pop(), ()) if each not in found]
        found.update((each, table[each]) for each in new)
        left += new
    return Look({each: of for each, of in found.items() if of.name}, is_complete)


def _all_processes() -> tuple[dict[int, Relative], bool]:
    """All processes, and whether each one that was listed could be read."""
    found = {}
    listed = 0
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                listed += 1
                with contextlib.suppress(OSError, ValueError, IndexError):
                    found[int(entry.name)] = _read(f"{entry.path}/stat")
    return found, listed == len(found)


def _read(path: str) -> Relative:
    """A process; read without a file object, as this is done for each run."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        line = os.read(descriptor, _LONGEST_LINE)
    finally:
        os.close(descriptor)
    head, _, rest = line.rpartition(b")")
    fields = rest.split(None, 22)
    if fields[0] in b"ZX":
        return Relative(int(fields[1]), "", 0)
    name = head.partition(b"(")[2].decode(errors="replace")
    return Relative(int(fields[1]), name or "?", int(fields[21]))
