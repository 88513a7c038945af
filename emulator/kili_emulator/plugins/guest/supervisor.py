"""The process between the emulator and a worker; no process of a plugin escapes it (Linux).

The supervisor is a child subreaper: a process whose parent has ended becomes its child, even if
the process has a session of its own. The supervisor imports no code of the plugin. It reaps ended
processes, reports the exit code of the worker to the emulator, and at last kills all remaining
processes. It continues after the end of the worker, until the emulator shuts the socket down or
ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import time
from pathlib import Path
from typing import Dict, Tuple  # noqa: UP035  (loaded by old interpreters, too)

_SET_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36

# The time limit for killing, in case a plugin starts processes faster than they are killed.
_KILLING_SECONDS = 5.0
_PAUSE_SECONDS = 0.002
_MAX_NAMES = 20


def supervise(control: int) -> None:
    """Fork; return in the child, which becomes the worker, and supervise it in the parent.

    Args:
        control: the descriptor of a socket. The supervisor writes the exit code of the worker
            (negative for a signal) to it as a line. When the other end is shut down, it kills all
            processes, and writes a line ``ended <id> <name>`` for each of the first 20, except the
            worker.
    """
    supervisor = os.getpid()
    _prctl(_SET_CHILD_SUBREAPER, 1)
    worker = os.fork()
    if worker:
        _supervise(worker, control)
        os._exit(0)
    os.close(control)
    os.setsid()
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    """Call ``prctl``; if the system refuses it, orphans escape, as without a supervisor."""
    arguments = [ctypes.c_ulong(each) for each in (value, 0, 0, 0)]
    ctypes.CDLL(None).prctl(ctypes.c_int(option), *arguments)


def _supervise(worker: int, control: int) -> None:
    """Reap ended processes until the socket is shut down; then kill the others."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)  # otherwise the emulator waits for the end of the output
    wake_reader, wake_writer = os.pipe()
    for each in (wake_reader, wake_writer):
        os.set_blocking(each, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    poller = select.poll()
    for each in (control, wake_reader):
        poller.register(each, select.POLLIN)
    while True:
        code = _reap().get(worker)
        if code is not None:
            with contextlib.suppress(OSError):
                os.write(control, b"%d\n" % code)
        if control in dict(poller.poll()):
            break
        with contextlib.suppress(BlockingIOError):
            os.read(wake_reader, 4096)
    named = {pid: name for pid, name in _kill_all().items() if pid != worker}
    lines = [b"ended %d %s\n" % each for each in list(named.items())[:_MAX_NAMES]]
    with contextlib.suppress(OSError):
        os.write(control, b"".join(lines))


def _reap() -> Dict[int, int]:  # noqa: UP006
    """Reap the children that have ended, adopted orphans too; return exit codes by their ids."""
    exit_codes = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            signaled = os.WIFSIGNALED(status)
            exit_codes[pid] = -os.WTERMSIG(status) if signaled else os.WEXITSTATUS(status)
    return exit_codes


def _kill_all() -> Dict[int, bytes]:  # noqa: UP006
    """Kill the children, and the orphans that become children by this, until none is left.

    Only children are killed: their ids cannot belong to other processes before they are reaped
    here. The process group of each child is killed at once, so that none of its members can fork
    meanwhile. A group has no foreign members, as the worker has a session of its own.

    Returns:
        the names of the killed children by their ids.
    """
    own_group = os.getpgrp()
    killed: Dict[int, bytes] = {}  # noqa: UP006
    end = time.perf_counter() + _KILLING_SECONDS
    while time.perf_counter() < end:
        _reap()
        children = _children()
        if not children:
            break
        for pid, (group, name) in children.items():
            killed.setdefault(pid, name)
            with contextlib.suppress(OSError):
                if group != own_group:
                    os.killpg(group, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE_SECONDS)
    return killed


def _children() -> Dict[int, Tuple[int, bytes]]:  # noqa: UP006
    """Return the process groups and names of this process's children by their ids."""
    own_id = os.getpid()
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            head, _, rest = (folder / "stat").read_bytes().rpartition(b")")
            fields = rest.split()
            if int(fields[1]) == own_id:
                name = head.partition(b"(")[2].replace(b"\n", b" ")
                children[int(folder.name)] = (int(fields[2]), name)
    return children
