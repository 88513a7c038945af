"""The process that imports the SDK once, and forks each worker with it (Linux).

It has one thread, as a fork copies no other: threads that the SDK starts when it is imported are
kept back, and started in each worker. It never runs a plugin's code, and never learns the key with
which a worker seals its messages, as the worker reads that from its own pipe.

Loaded by other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import socket
import struct
import sys
import threading
from typing import Any, Dict, List, Optional, Tuple  # noqa: UP035  (loaded by old interpreters, too)

from kili_emulator.plugins.guest import supervisor

_SDK = ("kili.plugins", "kili.client")
_SIZE = struct.Struct(">I")
# The standard streams of a worker, and the socket of its supervisor.
_DESCRIPTORS = 4


def serve(channel: int) -> None:
    """Fork workers as the emulator asks; return in each worker, and only there.

    Requests are JSON with their length before them. ``{"environment", "folder"}`` comes with the
    descriptors of the worker; its answer is ``{"pid"}``, the id of its supervisor, or null where
    no process can be forked. ``{"reap"}`` names a supervisor that has ended: its id is in use
    until then. The first answer, ``{"threads"}``, tells how many threads there are, or null where
    the SDK cannot be imported.

    Args:
        channel: the descriptor of a socket; the process ends with its other end.
    """
    requests = socket.socket(fileno=channel)
    threads = _import_sdk()
    gc.freeze()  # or each collection would copy the pages that processes share
    _send(requests, {"threads": None if threads is None else _count_threads()})
    while True:
        request, descriptors = _receive(requests)
        if request is None:
            os._exit(0)
        if "reap" in request:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(request["reap"], 0)
            continue
        pid = _fork()
        if pid == 0:
            requests.close()
            _become_worker(request, descriptors)
            for thread in threads or ():
                threading.Thread.start(thread)
            return
        for each in descriptors:
            os.close(each)
        _send(requests, {"pid": pid})


def _import_sdk() -> Optional[List[threading.Thread]]:  # noqa: UP006, UP045
    """Import all that workers need, and keep back the threads that this starts.

    Returns:
        the threads; ``None`` where the SDK cannot be imported.
    """
    started: List[threading.Thread] = []  # noqa: UP006
    start = threading.Thread.start

    def collect_thread(thread: threading.Thread) -> None:
        started.append(thread)

    threading.Thread.start = collect_thread  # type: ignore[method-assign, assignment]
    try:
        importlib.import_module("kili_emulator.plugins.guest.worker")
        for name in _SDK:
            importlib.import_module(name)
    except Exception:
        return None
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]
    return started


def _count_threads() -> int:
    """How many threads there are, also of libraries in C."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208


def _fork() -> Optional[int]:  # noqa: UP045
    try:
        return os.fork()
    except OSError:
        return None


def _become_worker(request: Dict[str, Any], descriptors: List[int]) -> None:  # noqa: UP006
    """Make this process the supervisor of a worker; return in the worker."""
    try:
        os.setsid()
        for number, each in enumerate(descriptors[:-1]):
            os.dup2(each, number)
            os.close(each)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
    except BaseException:
        os._exit(1)
    supervisor.supervise(descriptors[-1])
    _reseed_numpy()


def _reseed_numpy() -> None:
    """Give the worker random numbers of its own; Python's ``random`` does that by itself."""
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()


def _send(channel: socket.socket, answer: Dict[str, Any]) -> None:  # noqa: UP006
    content = json.dumps(answer).encode()
    with contextlib.suppress(OSError):  # the emulator is gone: the next read says so
        channel.sendall(_SIZE.pack(len(content)) + content)


def _receive(
    channel: socket.socket,
) -> Tuple[Optional[Dict[str, Any]], List[int]]:  # noqa: UP006, UP045
    """The next request and its descriptors; ``None`` when the emulator is gone."""
    descriptors = array.array("i")
    ancillary_size = socket.CMSG_SPACE(_DESCRIPTORS * descriptors.itemsize)
    try:
        head, ancillary, _, _ = channel.recvmsg(_SIZE.size, ancillary_size)
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(data)
        head += _read(channel, _SIZE.size - len(head)) if head else b""
        content = _read(channel, _SIZE.unpack(head)[0])
        return json.loads(content), list(descriptors)
    except (OSError, EOFError, struct.error):
        return None, []


def _read(channel: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        chunk = channel.recv(size - len(content))
        if not chunk:
            raise EOFError
        content += chunk
    return content
