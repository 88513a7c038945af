"""The processes that descend from another one, as the system tells (Linux: ``/proc``)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

from emulator.plugins.isolated.memory import MB

_LOOKS = 5


class Relative(NamedTuple):
    """A process.

    Attributes:
        parent: the id of its parent.
        name: its command's.
        megabytes: how much of its memory is resident.
    """

    parent: int
    name: str
    megabytes: float


def descendants(pid: int) -> dict[int, Relative]:
    """The processes that descend from one that reaps orphans, by their ids; without zombies.

    While processes end, one may be seen whose parent was not: then it is looked at again.
    """
    found: dict[int, Relative] = {}
    for _ in range(_LOOKS):
        table = _all_processes()
        found = {each: of for each, of in table.items() if _descends(each, pid, table)}
        if all(of.parent in table or of.parent == 0 for of in table.values()):
            break
    return {each: of for each, of in found.items() if of.name}


def _descends(pid: int, ancestor: int, table: dict[int, Relative]) -> bool:
    seen = set()
    while pid in table and pid not in seen:
        seen.add(pid)
        pid = table[pid].parent
        if pid == ancestor:
            return True
    return False


def _all_processes() -> dict[int, Relative]:
    """All processes; the names of those that are no more but for their parents are empty."""
    found = {}
    with contextlib.suppress(OSError):
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with contextlib.suppress(OSError, ValueError, IndexError):
                    found[int(entry.name)] = _read(Path(entry.path))
    return found


def _read(folder: Path) -> Relative:
    head, _, rest = (folder / "stat").read_text(errors="replace").rpartition(")")
    fields = rest.split()
    is_over = fields[0] in "ZX"
    name = "" if is_over else head.partition("(")[2] or "?"
    return Relative(int(fields[1]), name, 0.0 if is_over else int(fields[21]) * _page_mb())


def _page_mb() -> float:
    return os.sysconf("SC_PAGE_SIZE") / MB
