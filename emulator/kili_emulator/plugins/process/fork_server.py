"""Fork workers from a process that has imported the SDK, in milliseconds instead of seconds.

One fork server serves all worlds and emulators of this process whose plugins have the same
interpreter and environment. Without a fork server, or if it is broken, and on other systems than
Linux, each worker is started as a new interpreter.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kili_emulator import private_files
from kili_emulator.plugins.process import bootstrap

IS_AVAILABLE = sys.platform == "linux"

_START_SECONDS = 60.0
_ANSWER_SECONDS = 10.0
_END_SECONDS = 2.0
_SIZE = struct.Struct(">I")
# Each request sets these again; no import depends on them.
_PER_WORKER_VARIABLES = ("NO_PROXY", "PYTEST_CURRENT_TEST")


class ForkServerError(Exception):
    """The fork server has ended, does not answer, or cannot fork."""


class ForkedProcess:
    """A forked supervisor, with the methods of ``Popen`` that a worker process uses.

    See :class:`kili_emulator.plugins.process.worker_process.WorkerProcess`.

    Args:
        control: the emulator's end of the supervisor's socket; the other end is closed when the
            supervisor ends.
    """

    def __init__(self, server: ForkServer, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self._server = server
        self._control = control
        self._has_ended = False

    def poll(self) -> int | None:
        """Return -SIGKILL if the supervisor has ended: only its parent knows the real exit code."""
        return -signal.SIGKILL if self._wait_for_end(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the supervisor, then release its process id.

        Raises:
            subprocess.TimeoutExpired: the supervisor is still running.
        """
        if not self._has_ended:
            if not self._wait_for_end(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("supervisor", timeout or 0)
            self._has_ended = True
            self._server.reap(self.pid)
        return -signal.SIGKILL

    def kill(self) -> None:
        if not self._has_ended:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)

    def _wait_for_end(self, milliseconds: float | None) -> bool:
        if self._has_ended:
            return True
        poller = select.poll()
        poller.register(self._control, 0)  # reports only that the other end is closed
        return bool(poller.poll(milliseconds))


class ForkServer:
    """A process that imports the SDK once, and then forks workers.

    Args:
        python: the command of its interpreter.
        environment: its environment variables.

    Raises:
        OSError: the interpreter cannot be started.
    """

    def __init__(self, python: str, environment: Mapping[str, str]) -> None:
        self._key = _key(python, environment)
        self._lock = threading.Lock()
        self._is_ready = False
        self._is_broken = False
        self._folder = private_files.temporary_folder("kili-plugins-sdk-")
        self._channel, child_end = socket.socketpair()
        with child_end:
            self._process = subprocess.Popen(
                [
                    python,
                    "-c",
                    bootstrap.WARM_PROCESS,
                    str(bootstrap.PACKAGE),
                    str(child_end.fileno()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self._folder.name,
                env=dict(environment),
                start_new_session=True,
                pass_fds=(child_end.fileno(),),
            )

    @property
    def is_broken(self) -> bool:
        """Whether the server cannot fork workers any more."""
        return self._is_broken or self._process.poll() is not None

    def serves(self, python: str, environment: Mapping[str, str]) -> bool:
        """Return whether the server can fork a worker with this interpreter and environment."""
        return not self.is_broken and self._key == _key(python, environment)

    def wait_until_ready(self) -> None:
        """Wait until the SDK is imported.

        Raises:
            ForkServerError: the server has ended, or has more than one thread.
        """
        with self._lock:
            if not self._is_ready:
                if self._receive(_START_SECONDS).get("threads") != 1:
                    self._is_broken = True
                    raise ForkServerError
                self._is_ready = True

    def fork(
        self,
        environment: Mapping[str, str],
        folder: Path,
        descriptors: Sequence[int],
        control: socket.socket,
    ) -> ForkedProcess:
        """Fork a supervisor, which forks its worker.

        Args:
            environment: all environment variables of the worker.
            folder: its working directory.
            descriptors: its standard streams, and the supervisor's end of ``control``.
            control: the emulator's end of the supervisor's socket.

        Raises:
            ForkServerError: nothing was forked.
        """
        self.wait_until_ready()
        request = {"environment": dict(environment), "folder": str(folder)}
        with self._lock:
            self._send(request, descriptors)
            pid = self._receive(_ANSWER_SECONDS).get("pid")
        if pid is None:
            raise ForkServerError
        return ForkedProcess(self, pid, control)

    def reap(self, pid: int) -> None:
        """Have the server reap an ended supervisor, so that its process id is free again."""
        with contextlib.suppress(ForkServerError), self._lock:
            self._send({"reap": pid}, ())

    def close(self) -> None:
        """End the server; the workers that it has forked continue."""
        self._is_broken = True
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_END_SECONDS if self._is_ready else 0)
        except subprocess.TimeoutExpired:  # it is still importing, or was stopped by a signal
            self._process.kill()
            self._process.wait()
        self._channel.close()
        self._folder.cleanup()

    def _send(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        content = json.dumps(request).encode()
        head = _SIZE.pack(len(content))
        try:
            if descriptors:
                socket.send_fds(self._channel, [head], descriptors)
            else:
                self._channel.sendall(head)
            self._channel.sendall(content)
        except OSError:
            self._is_broken = True
            raise ForkServerError from None

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            self._channel.settimeout(seconds)
            (size,) = _SIZE.unpack(self._read(_SIZE.size))
            answer: dict[str, Any] = json.loads(self._read(size))
        except (OSError, EOFError, ValueError):
            self._is_broken = True
            raise ForkServerError from None
        return answer

    def _read(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            chunk = self._channel.recv(size - len(content))
            if not chunk:
                raise EOFError
            content += chunk
        return content


class ForkServers:
    """The fork servers of this process, shared by interpreter and environment.

    Attributes:
        max_unused: how many servers without users are kept.
    """

    def __init__(self) -> None:
        self.max_unused = 0
        self._lock = threading.Lock()
        self._users: dict[ForkServer, int] = {}

    def lease(self, python: str, environment: Mapping[str, str]) -> ForkServer:
        """Return a server for an interpreter and an environment; the caller must release it.

        Raises:
            OSError: the interpreter cannot be started.
        """
        with self._lock:
            for server in self._users:
                if server.serves(python, environment):
                    break
            else:
                server = ForkServer(python, environment)
            self._users[server] = self._users.pop(server, 0) + 1
        return server

    def release(self, server: ForkServer) -> None:
        """Give a server back; end servers without users that are broken or beyond the maximum."""
        with self._lock:
            self._users[server] -= 1
            unneeded = self._select_unneeded()
            for each in unneeded:
                del self._users[each]
        for each in unneeded:
            each.close()

    def close(self) -> None:
        """End the servers without users."""
        with self._lock:
            unneeded = [each for each, users in self._users.items() if not users]
            for each in unneeded:
                del self._users[each]
        for each in unneeded:
            each.close()

    def _select_unneeded(self) -> list[ForkServer]:
        unused = [each for each, users in self._users.items() if not users]
        usable = [each for each in unused if not each.is_broken]
        kept = usable[-self.max_unused :] if self.max_unused else []
        return [each for each in unused if each not in kept]


def _key(python: str, environment: Mapping[str, str]) -> tuple[object, ...]:
    """Return the properties that workers of one server share; also the id of this process."""
    shared_variables = {
        name: value for name, value in environment.items() if name not in _PER_WORKER_VARIABLES
    }
    return os.getpid(), python, shared_variables


FORK_SERVERS = ForkServers()
