"""Start interpreters for tests: in milliseconds where processes can fork, else in seconds.

The interpreters are forked from a process that has imported the emulator and the SDK
(``warm_process.py``). A program in a forked interpreter runs as in a new one, except that these
modules are already imported. On other systems than Linux, and for environment variables that Python
reads only at startup, a new interpreter is started instead.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Union

ROOT = Path(__file__).resolve().parents[2]
IS_AVAILABLE = sys.platform == "linux" and hasattr(os, "pidfd_open")

if IS_AVAILABLE:
    from tests.kit import warm_client

# The PYTHON variables that a forked interpreter can obey; others need a new interpreter.
_OWN = ("PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
_LOCALE = ("LANG", "LANGUAGE", "LC_")

# Only the warm process has this checkout first in sys.path, not the forked interpreters.
_PROGRAM = """\
import sys
library = sys.path[1:]
sys.path[1:1] = sys.argv[2:]
from tests.kit.warm_process import WarmProcess, run
run(WarmProcess(sys.argv[1], library).serve())
"""


class ForkedInterpreter:
    """A forked process with the part of the ``Popen`` interface that tests use.

    Args:
        connection: the connection to the warm process, after the id of the process arrived.
        pid: the id of the process.
        stdout: the reading end of its output, which includes its errors.
    """

    def __init__(self, connection: socket.socket, pid: int, stdout: IO[str]) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process ends, and return its exit status.

        Raises:
            subprocess.TimeoutExpired: the process still runs.
        """
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                status = self._connection.recv(64)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("interpreter", timeout or 0) from None
            self._connection.close()
            self.returncode = int(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait until the process ends, and return its remaining output.

        Raises:
            subprocess.TimeoutExpired: the process still runs.
        """
        taken: list[str] = []
        if not self.stdout.closed:
            reader = threading.Thread(target=lambda: taken.append(self.stdout.read()), daemon=True)
            reader.start()
            reader.join(timeout)
            if reader.is_alive():
                raise subprocess.TimeoutExpired("interpreter", timeout or 0)
            self.stdout.close()
        self.wait(timeout)
        return "".join(taken), None


Process = Union[ForkedInterpreter, "subprocess.Popen[str]"]


class WarmInterpreter:
    """The process that forks interpreters; it starts at the first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def address(self) -> str:
        """Return the path of the socket, and start the process if necessary."""
        with self._lock:
            if self._folder is None:
                self._start()
            assert self._folder is not None
            return str(Path(self._folder.name) / "socket")

    def _start(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kili-warm-", ignore_cleanup_errors=True)
        socket_path = str(Path(self._folder.name) / "socket")
        environment = {**os.environ, "HOME": self._folder.name}
        environment.pop("PYTHONPATH", None)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, socket_path, str(ROOT / "emulator"), str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._folder.name,
            env=environment,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", "the warm process did not start"

    def close(self) -> None:
        """End the process; the processes that it has forked continue."""
        with self._lock:
            if self._process is not None and self._folder is not None:
                self._process.communicate(timeout=30)
                self._folder.cleanup()
            self._process = self._folder = None


WARM = WarmInterpreter()


def can_fork(environment: Mapping[str, str]) -> bool:
    """Return whether a forked interpreter behaves as a new one with this environment."""
    return IS_AVAILABLE and _of_start(environment) == _of_start(os.environ)


def _of_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(("PYTHON", *_LOCALE)) and name not in _OWN
    }


def start(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    errors: str = "strict",
) -> Process:
    """Start an interpreter; its output and errors are one stream.

    Args:
        arguments: its command line without the interpreter: ``-c CODE``, ``-m MODULE`` or a file.
        environment: all of its variables.
        folder: its working directory; by default, the current one.
        errors: the error handler for output that is not UTF-8.
    """
    if not can_fork(environment):
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors=errors,
        )
    read, write = os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        streams = (nothing, write, write)
        where = str(folder or Path.cwd())
        connection, pid = warm_client.fork(WARM.address(), arguments, environment, where, streams)
    finally:
        os.close(nothing)
        os.close(write)
    return ForkedInterpreter(connection, pid, os.fdopen(read, encoding="utf-8", errors=errors))


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    """Run an interpreter to its end; ``stdout`` has its output and errors.

    Raises:
        subprocess.TimeoutExpired: the interpreter took longer, and was killed.
    """
    process = start(arguments, environment=environment, folder=folder)
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return subprocess.CompletedProcess(list(arguments), process.returncode or 0, output)


def command(environment: Mapping[str, str]) -> str:
    """Return the shell command that runs an interpreter with this environment."""
    if not can_fork(environment):
        return shlex.quote(sys.executable)
    words = [sys.executable, "-IS", warm_client.__file__, WARM.address()]
    return " ".join(map(shlex.quote, words))
