"""A process that imports the emulator and the SDK once, and forks interpreters (Linux).

``tests/kit/warm_interpreter.py`` starts this process with the path of its socket. A client
(``tests/kit/warm_client.py``) opens one connection per forked process. The client sends
``{"arguments", "environment", "folder", "umask", "limits"}`` as JSON, with the descriptors of three
standard streams. The client receives the id of the forked process, and its exit status (in the form
of ``Popen.returncode``) after it has ended. The warm process ends at the end of its standard input.

The warm process has a single thread, because a fork copies only the calling thread. Threads that
the SDK starts during its import are held back, and start in each forked process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import resource
import runpy
import selectors
import socket
import sys
import tempfile
import threading
import time
import types
from pathlib import Path
from typing import Any

MODULES = (
    "kili_emulator.app.emulator",
    "kili_emulator.cli",
    "kili_emulator.plugins.build.requirements",
    "kili_emulator.plugins.inline.version",
    "kili_emulator.plugins.links.linked_source",
    "kili_emulator.plugins.webhooks",
    "kili_emulator.rules.quality",
    "kili_emulator.services.why",
    "kili.client",
    "kili.plugins",
    "numpy.random",
    "pytest",
)
STREAMS = 3
LONGEST_REQUEST = 1 << 20


class WarmProcess:
    """Server that forks a process per request, and reports its exit status to the client.

    Args:
        path: the path of the server's socket.
        library: the entries of ``sys.path`` that all interpreters of this environment have.
    """

    def __init__(self, path: str, library: list[str]) -> None:
        self._library = library
        self._threads = import_modules()
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(path)
        self._listener.listen()
        self._clients: dict[int, tuple[int, socket.socket]] = {}

    def serve(self) -> list[str]:
        """Serve requests; return only in forked processes, with the arguments of the process."""
        gc.freeze()  # else collections would copy the memory that processes share
        self._selector.register(0, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            for key, _ in self._selector.select():
                if key.fd == 0:
                    os._exit(0)
                if key.fd in self._clients:
                    self._report(key.fd)
                else:
                    client, _ = self._listener.accept()
                    arguments = self._fork(client)
                    if arguments is not None:
                        return arguments

    def _fork(self, client: socket.socket) -> list[str] | None:
        """Fork for a client; return the arguments in the child, ``None`` in the parent."""
        content, streams, _, _ = socket.recv_fds(client, LONGEST_REQUEST, STREAMS)
        if len(streams) < STREAMS:  # the client has disconnected
            client.close()
            return None
        request = json.loads(content)
        pid = os.fork()
        if not pid:
            self._close(client)
            self._become(request, streams)
            return list(request["arguments"])
        for each in streams:
            os.close(each)
        _send(client, pid)
        awaited = os.pidfd_open(pid)
        self._clients[awaited] = (pid, client)
        self._selector.register(awaited, selectors.EVENT_READ)
        return None

    def _report(self, awaited: int) -> None:
        """Send a client the exit status of its process."""
        pid, client = self._clients.pop(awaited)
        self._selector.unregister(awaited)
        os.close(awaited)
        _, status = os.waitpid(pid, 0)
        _send(client, os.waitstatus_to_exitcode(status))
        client.close()

    def _close(self, client: socket.socket) -> None:
        """Close the sockets and descriptors of the parent in the child."""
        self._selector.close()
        self._listener.close()
        client.close()
        for awaited, (_, other) in self._clients.items():
            os.close(awaited)
            other.close()

    def _become(self, request: dict[str, Any], streams: list[int]) -> None:
        """Change the process state to that of a new interpreter with this request."""
        for number, each in enumerate(streams):
            os.dup2(each, number)
            os.close(each)
        for name, limits in request["limits"].items():
            resource.setrlimit(getattr(resource, name), tuple(limits))
        os.umask(request["umask"])
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        tempfile.tempdir = None
        open_streams()
        added = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        sys.path[:] = [*(each for each in added if each), *self._library]
        sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
        sys.modules["numpy.random"].seed()
        for thread in self._threads:
            thread.start()


def _send(client: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # the client has disconnected
        client.send(str(number).encode())


def import_modules() -> list[threading.Thread]:
    """Import the modules, and return the threads that the imports would have started."""
    threads: list[threading.Thread] = []
    start = threading.Thread.start

    def keep_back(thread: threading.Thread) -> None:
        threads.append(thread)

    threading.Thread.start = keep_back  # type: ignore[method-assign]
    try:
        for name in MODULES:
            importlib.import_module(name)
        importlib.import_module("kili_emulator.api.executable_schema").executable_schema()
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]
    return threads


def open_streams() -> None:
    """Open the standard streams with the encoding and buffering that the environment sets."""
    is_unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    own = (sys.stdin, sys.stdout, sys.stderr)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = io.TextIOWrapper(
            os.fdopen(
                number,
                "wb" if number else "rb",
                buffering=0 if number and is_unbuffered else -1,
                closefd=False,
            ),
            encoding=own[number].encoding,
            errors=own[number].errors,
            line_buffering=name == "stderr" or os.isatty(number),
            write_through=is_unbuffered,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def run(arguments: list[str]) -> None:
    """Run a program as ``python`` does: ``-c CODE``, ``-m MODULE`` or a file, with arguments."""
    what, *rest = arguments
    if what == "-c":
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        sys.path.insert(0, "")
        sys.argv[:] = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), main.__dict__)
    elif what == "-m":
        sys.path.insert(0, str(Path.cwd()))
        sys.argv[:] = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, str(Path(what).resolve().parent))
        sys.argv[:] = arguments
        runpy.run_path(what, run_name="__main__")
