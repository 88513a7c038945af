"""The fork server's process: imports the SDK once, and forks workers that have it (Linux).

The process has only one thread, as a fork copies no other. Threads that the SDK starts during its
import are held back, and started in each worker. The process never runs code of a plugin. It never
has the key with which a worker seals its messages, as the worker reads the key from its own pipe.

Other interpreters load this module, so it imports only the standard library.
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
# The number of descriptors: the standard streams of a worker, and the socket of its supervisor.
_DESCRIPTORS = 4


def serve(channel: int) -> None:
    """Fork workers on request; return only in the workers.

    Requests and answers are JSON, preceded by their length. The first answer, ``{"threads"}``, has
    the number of threads, or null if the SDK cannot be imported. The request
    ``{"environment", "folder"}`` comes with the descriptors of the worker; its answer is
    ``{"pid"}``, the id of the worker's supervisor, or null if no process can be forked. The request
    ``{"reap"}`` has the id of a supervisor that has ended, and releases this id; it has no answer.

    Args:
        channel: the descriptor of a socket; the process ends when the other end is closed.
    """
    requests = socket.socket(fileno=channel)
    threads = _import_sdk()
    gc.freeze()  # otherwise each garbage collection copies pages that the processes share
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
    """Import the modules that workers need, and hold back the threads that they start.

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
    """Return the number of threads, those of libraries in C included."""
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
    """Seed numpy's random numbers again; Python's ``random`` does that by itself after a fork."""
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()


def _send(channel: socket.socket, answer: Dict[str, Any]) -> None:  # noqa: UP006
    content = json.dumps(answer).encode()
    with contextlib.suppress(OSError):  # the emulator has ended, which the next read detects
        channel.sendall(_SIZE.pack(len(content)) + content)


def _receive(
    channel: socket.socket,
) -> Tuple[Optional[Dict[str, Any]], List[int]]:  # noqa: UP006, UP045
    """Return the next request and its descriptors; ``None`` if the emulator has ended."""
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
