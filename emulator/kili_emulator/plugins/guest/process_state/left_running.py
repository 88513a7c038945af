"""What a run leaves behind: threads and processes that go on when its handler has ended.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import traceback
from pathlib import Path
from typing import Dict, Iterable, Iterator, List  # noqa: UP035  (loaded by old interpreters, too)

# Threads that are about to end get so long, each of the first few.
_GRACE_SECONDS = 0.05
_MAX_WAITS = 4

# A progress bar's thread is one for the whole process, and goes on when no bar is left.
_HARMLESS = "tqdm"


def still_running(threads: Iterable[threading.Thread]) -> List[threading.Thread]:  # noqa: UP006
    """Those of some threads that have not ended, and are not about to."""
    for thread in [each for each in threads if each.is_alive()][:_MAX_WAITS]:
        thread.join(_GRACE_SECONDS)
    return [
        each
        for each in threads
        if each.is_alive() and type(each).__module__.partition(".")[0] != _HARMLESS
    ]


def find_own_children() -> Dict[int, str]:  # noqa: UP006
    """The processes that this process has started, by their ids, where the system tells (Linux)."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (ChildProcessError, AttributeError):  # there are none; the system has no such call
        return {}
    return children(os.getpid())


def children(pid: int) -> Dict[int, str]:  # noqa: UP006
    """The processes that a process has started, by their ids, where the system tells."""
    names_by_pid = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            head, _, rest = (folder / "stat").read_text().rpartition(")")
            state, parent = rest.split()[:2]
            if int(parent) == pid and state not in "ZX":
                names_by_pid[int(folder.name)] = head.partition("(")[2]
    return names_by_pid


def list_new_children(before: Dict[int, str]) -> List[str]:  # noqa: UP006
    """The names and ids of this process's children that are new, and are not about to end."""
    if find_own_children().keys() - before.keys():
        time.sleep(_GRACE_SECONDS)
    return [f"{name} {pid}" for pid, name in find_own_children().items() if pid not in before]


@contextlib.contextmanager
def end_forked_children() -> Iterator[None]:
    """End a child that was forked in the block, where it would leave it."""
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
