"""The process between the emulator and a worker; nothing that a plugin starts escapes it (Linux).

The supervisor is a child subreaper: a process whose parent has ended becomes its child, also one
that made a session of its own. It imports nothing of the plugin, reaps what has ended, tells the
emulator how the worker ended, and at the end kills all that is left. It goes on after the end of
the worker, until the emulator says so or is itself gone.
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

# A plugin that starts processes faster than they are killed is given up after that.
_KILLING_SECONDS = 5.0
_PAUSE_SECONDS = 0.002
_MAX_NAMES = 20


def supervise(control: int) -> None:
    """Fork: this returns in the child, which is to be the worker; the parent supervises it.

    Args:
        control: a socket. The exit code of the worker (negative for a signal) is written to it, as
            a line; once its other end is shut down, everything is ended, and the first processes
            that are ended beside the worker are named there, each by a line ``ended <id> <name>``.
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
    """``prctl``; where the system refuses it, orphans are lost, as without a supervisor."""
    arguments = [ctypes.c_ulong(each) for each in (value, 0, 0, 0)]
    ctypes.CDLL(None).prctl(ctypes.c_int(option), *arguments)


def _supervise(worker: int, control: int) -> None:
    """Reap what ends, until the emulator wants everything to end."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)  # or the emulator would wait for the end of the output
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
    """The exit codes of the children that have ended, by their ids.

    A child that was left by its parent is reaped here, too: nobody else would.
    """
    ended = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            signaled = os.WIFSIGNALED(status)
            ended[pid] = -os.WTERMSIG(status) if signaled else os.WEXITSTATUS(status)
    return ended


def _kill_all() -> Dict[int, bytes]:  # noqa: UP006
    """Kill the children, and those that become children thereby, until none is left.

    Only children are killed: their ids belong to nobody else before they are reaped here. With each
    goes its process group, all at once, as none of its members can fork meanwhile. No group has
    others in it, as the worker has a session of its own.

    Returns:
        the names of the killed children by their ids.
    """
    own = os.getpgrp()
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
                if group != own:
                    os.killpg(group, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE_SECONDS)
    return killed


def _children() -> Dict[int, Tuple[int, bytes]]:  # noqa: UP006
    """The process groups and names of this process's children, by their ids."""
    own = os.getpid()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            head, _, rest = (folder / "stat").read_bytes().rpartition(b")")
            fields = rest.split()
            if int(fields[1]) == own:
                name = head.partition(b"(")[2].replace(b"\n", b" ")
                found[int(folder.name)] = (int(fields[2]), name)
    return found
