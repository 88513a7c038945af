"""Find the threads and processes of a run that are still running when its handler has ended.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import traceback
from pathlib import Path
from typing import Dict, Iterable, Iterator, List  # noqa: UP035  (loaded by old interpreters, too)

# How long to wait for the end of each of the first few threads.
_GRACE_SECONDS = 0.05
_MAX_WAITS = 4

# tqdm has one thread for the whole process, which continues without any progress bar.
_HARMLESS = "tqdm"


def still_running(threads: Iterable[threading.Thread]) -> List[threading.Thread]:  # noqa: UP006
    """Return the threads that are still running after a short wait."""
    for thread in [each for each in threads if each.is_alive()][:_MAX_WAITS]:
        thread.join(_GRACE_SECONDS)
    return [
        each
        for each in threads
        if each.is_alive() and type(each).__module__.partition(".")[0] != _HARMLESS
    ]


def find_own_children() -> Dict[int, str]:  # noqa: UP006
    """Return the names of this process's children by their ids (Linux; else nothing)."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (ChildProcessError, AttributeError):  # no children, or a system without waitid
        return {}
    return find_children(os.getpid())


def find_children(pid: int) -> Dict[int, str]:  # noqa: UP006
    """Return the names of a process's children by their ids (Linux; else nothing)."""
    names_by_pid = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            head, _, rest = (folder / "stat").read_text().rpartition(")")
            state, parent = rest.split()[:2]
            if int(parent) == pid and state not in "ZX":
                names_by_pid[int(folder.name)] = head.partition("(")[2]
    return names_by_pid


def list_new_children(before: Dict[int, str]) -> List[str]:  # noqa: UP006
    """Return the names and ids of this process's new children that still run after a short wait.

    Args:
        before: the earlier children, from :func:`find_own_children`.
    """
    if find_own_children().keys() - before.keys():
        time.sleep(_GRACE_SECONDS)
    return [f"{name} {pid}" for pid, name in find_own_children().items() if pid not in before]


@contextlib.contextmanager
def end_forked_children() -> Iterator[None]:
    """End a child process that was forked in the block when it leaves the block."""
    pid = os.getpid()
    try:
        yield
    except BaseException:
        if os.getpid() == pid:
            raise
        traceback.print_exc()
        os._exit(1)
    if os.getpid() != pid:
        os._exit(0)
