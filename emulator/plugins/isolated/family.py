"""The processes that descend from another one, as the system tells (Linux: ``/proc``)."""

from __future__ import annotations

import contextlib
import os
from typing import NamedTuple

from emulator.plugins.isolated.memory import MB

_LOOKS = 5
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


def descendants(pid: int) -> dict[int, Relative]:
    """The processes that descend from one that reaps orphans, by their ids; without zombies.

    While processes end, one may be seen whose parent was not: then all are looked at again.
    """
    table: dict[int, Relative] = {}
    for _ in range(_LOOKS):
        table = _all_processes()
        if all(of.parent in table or not of.parent for of in table.values()):
            break
    children: dict[int, list[int]] = {}
    for each, of in table.items():
        children.setdefault(of.parent, []).append(each)
    found: dict[int, Relative] = {}
    left = [pid]
    while left:
        new = [each for each in children.get(left.pop(), ()) if each not in found]
        found.update((each, table[each]) for each in new)
        left += new
    return {each: of for each, of in found.items() if of.name}


def _all_processes() -> dict[int, Relative]:
    found = {}
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                with contextlib.suppress(OSError, ValueError, IndexError):
                    found[int(entry.name)] = _read(f"{entry.path}/stat")
    return found


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
