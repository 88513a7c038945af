"""One worker, seen from the emulator: its processes, its output and its messages."""

from __future__ import annotations

import codecs
import contextlib
import itertools
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from kili_emulator import clock, ids
from kili_emulator.plugins.guest import sealed_messages
from kili_emulator.plugins.guest.process_state import left_running
from kili_emulator.plugins.logs import RunLog
from kili_emulator.plugins.process import bootstrap, descendants
from kili_emulator.plugins.process.fork_server import ForkedProcess, ForkServer
from kili_emulator.plugins.process.worker_messages import is_log_message

_CHUNK = 65536
_END_SECONDS = 2.0
# The supervisor itself gives up earlier.
_SUPERVISOR_SECONDS = 10.0
_GRACE_SECONDS = 0.05
_POLL_SECONDS = 0.05
# How often processes are listed again if some started or ended meanwhile.
_MAX_SCANS = 20
_IS_SUPERVISED = sys.platform == "linux"


class WorkerProcess:
    """A worker that was started, whether it is ready or not.

    On Linux, a supervisor is its parent, and all descendants of the supervisor belong to the
    worker.

    Args:
        python: the command of the interpreter.
        environment: all environment variables of the worker.
        folder: its working directory, which no other worker uses.
        settings: the first message, see ``worker.main``.
        server: forks the worker, with this interpreter; without it, the interpreter is started.

    Raises:
        ForkServerError: the server cannot fork the worker.
        OSError: the interpreter cannot be started.

    Attributes:
        log: records the printed lines; while it is ``None``, they are dropped.
        is_forged: whether the plugin has written to the channel of messages, or closed it.
        may_have_left_processes: whether processes of the last call may still be running: they
            could not be listed completely.
        killed_processes: the names and ids of the processes that were killed with the worker,
            except those that its version started during its import (Linux; at most 20).
    """

    def __init__(
        self,
        python: str,
        environment: Mapping[str, str],
        folder: Path,
        settings: sealed_messages.Message,
        server: ForkServer | None = None,
    ) -> None:
        self.log: RunLog | None = None
        self.is_forged = False
        self.may_have_left_processes = False
        self.killed_processes: list[str] = []
        self._import_processes: set[int] = set()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._received: queue.Queue[sealed_messages.Message | None] = queue.Queue()
        self._messages: queue.Queue[sealed_messages.Message] = queue.Queue()
        self._exit_code: int | None = None
        self._control: socket.socket | None = None
        self._process = self._start(python, environment, folder, server)
        key = ids.new_secret().encode()
        self._marks = sealed_messages.Marks(key)
        self._sender = sealed_messages.Sender(
            self._requests.fileno(), key, sealed_messages.REQUESTS
        )
        self._receiver = sealed_messages.Receiver(
            self._answers.fileno(), key, sealed_messages.ANSWERS
        )
        with contextlib.suppress(OSError):
            os.write(self._requests.fileno(), key)
        self.send(settings)
        self._readers = [
            threading.Thread(target=each, name=f"worker {name}", daemon=True)
            for name, each in (("messages", self._receive_messages), ("output", self._read_output))
        ]
        for each in self._readers:
            each.start()

    def _start(
        self,
        python: str,
        environment: Mapping[str, str],
        folder: Path,
        server: ForkServer | None,
    ) -> subprocess.Popen[bytes] | ForkedProcess:
        """Start the worker with pipes as its standard streams: requests, messages and output."""
        pipes = _three_pipes()
        child_ends = [pipes[0][0], pipes[1][1], pipes[2][1]]
        self._requests = open(pipes[0][1], "wb", buffering=0)  # noqa: PTH123, SIM115
        self._answers = open(pipes[1][0], "rb", buffering=0)  # noqa: PTH123, SIM115
        self._printed = open(pipes[2][0], "rb", buffering=0)  # noqa: PTH123, SIM115
        supervisor_end: socket.socket | None = None
        try:
            if _IS_SUPERVISED:
                self._control, supervisor_end = socket.socketpair()
                self._control.setblocking(False)
                child_ends.append(supervisor_end.detach())
            if server and self._control:
                return server.fork(environment, folder, child_ends, self._control)
            return _spawn(python, environment, folder, child_ends)
        except BaseException:
            self._close()
            self._printed.close()
            raise
        finally:
            for each in child_ends:
                os.close(each)

    def _wait_for_exit_code(self, seconds: float) -> None:
        """Wait until the exit code is known, for a limited time."""
        if self._control:
            poller = select.poll()
            poller.register(self._control, select.POLLIN)
            poller.poll(seconds * 1000)
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; ``None`` while the worker runs."""
        if self._exit_code is None and self._control:
            with contextlib.suppress(OSError, ValueError):
                self._exit_code = int(self._control.recv(64))
        return self._process.poll() if self._exit_code is None else self._exit_code

    def send(self, message: sealed_messages.Message) -> None:
        """Send a message. Nothing is raised if the worker has ended: its answer will be missing."""
        with contextlib.suppress(OSError, ValueError):
            self._sender.send(message)

    def send_request(self, request: sealed_messages.Message) -> sealed_messages.Message:
        """Send a request.

        Returns:
            the request with its number, ``request``, which the answer repeats.
        """
        numbered = {**request, "request": self._sender.number}
        self.send(numbered)
        return numbered

    def receive(self, seconds: float) -> sealed_messages.Message | None:
        """Return the next message; ``None`` if none arrives in time."""
        try:
            return self._messages.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return None

    def is_disconnected(self) -> bool:
        """Return whether no further message can arrive."""
        return not self._readers[0].is_alive()

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the exit code is known and all messages have arrived, for a limited time."""
        end = clock.monotonic() + seconds
        while clock.monotonic() < end and (self.exit_code is None or not self.is_disconnected()):
            self._readers[0].join(_POLL_SECONDS)
            if self.exit_code is None:
                self._wait_for_exit_code(_POLL_SECONDS)

    def mark_import_processes(self) -> None:
        """Record the worker, and the processes that the import started: they may go on."""
        self._import_processes = set(self._scan().by_pid)

    @property
    def has_import_processes(self) -> bool:
        """Whether the import of the version started processes, which may go on."""
        return len(self._import_processes) > 1  # one of them is the worker

    def processes_left_running(self) -> list[str]:
        """Return the names and ids of other processes that are still running (Linux).

        Processes that end within a short time, and those of the import, are not listed.
        """
        new = self._new_processes()
        if new:
            self._readers[1].join(_GRACE_SECONDS)
            remaining = self._new_processes()
            new = new if self.may_have_left_processes else remaining
        return [f"{descendant.name} {pid}" for pid, descendant in new.items()]

    def _new_processes(self) -> dict[int, descendants.Descendant]:
        """List the processes that were not started by the import.

        If no complete list without them was possible, set :attr:`may_have_left_processes`, so that
        the worker is not used again.
        """
        if self._control and len(self._import_processes) == 1:
            (worker,) = self._import_processes
            if descendants.has_only_child(self._process.pid, worker):
                return {}
        for _ in range(_MAX_SCANS):
            scan = self._scan()
            new = {
                pid: descendant
                for pid, descendant in scan.by_pid.items()
                if pid not in self._import_processes
            }
            if new or scan.is_complete:
                return new
        self.may_have_left_processes = True
        return {}

    def resident_mb(self) -> float | None:
        """Return the resident memory of all its processes in MB; ``None`` if it is unknown."""
        processes = self._scan().by_pid
        return sum(each.megabytes for each in processes.values()) if processes else None

    def _scan(self) -> descendants.DescendantScan:
        return (
            descendants.scan_descendants(self._process.pid)
            if self._control
            else descendants.DescendantScan({}, True)
        )

    def end(self) -> None:
        """End all processes of the worker, and record their last output."""
        if self._control:
            self._end_supervised()
        else:
            self._end_group()
        self._process.wait()
        for each in self._readers:
            each.join(_END_SECONDS)  # a process that left the group may hold the pipe
        self._close()

    def _close(self) -> None:
        """Close the pipes, except the pipe of the output, which its reader closes."""
        for pipe in (self._requests, self._answers, self._control):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _end_supervised(self) -> None:
        """Have the supervisor kill all processes, and wait for its end.

        If the supervisor was killed, the kernel has killed the worker too.
        """
        assert self._control is not None
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        try:
            self._process.wait(_SUPERVISOR_SECONDS)
        except subprocess.TimeoutExpired:  # it was stopped
            self._process.kill()
        with contextlib.suppress(OSError):
            self._record_killed_processes(self._control.recv(_CHUNK))

    def _record_killed_processes(self, lines: bytes) -> None:
        for line in lines.decode(errors="replace").splitlines():
            kind, _, process = line.partition(" ")
            pid, _, name = process.partition(" ")
            if kind == "ended" and int(pid) not in self._import_processes:
                self.killed_processes.append(f"{name} {pid}")

    def _end_group(self) -> None:
        group = self._process.pid
        children = left_running.find_children(group)  # some may have sessions of their own
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(group, signal.SIGKILL)
            else:
                self._process.kill()
        for child in children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)

    def _receive_messages(self) -> None:
        """Queue the messages as they arrive; :meth:`_read_output` delivers them at their marks."""
        try:
            while message := self._receiver.receive():
                if message == sealed_messages.BROKEN:
                    self.is_forged = True
                    break
                self._received.put(message)
        except sealed_messages.ForgedError:
            self.is_forged = True
        except (OSError, ValueError):
            pass  # the worker was ended
        finally:
            self._received.put(None)

    def _read_output(self) -> None:
        waiting, number = b"", 0
        mark = self._marks.mark(number)
        with self._printed as pipe, contextlib.suppress(OSError, ValueError):
            while chunk := os.read(pipe.fileno(), _CHUNK):
                waiting += chunk
                while mark in waiting:
                    text, _, waiting = waiting.partition(mark)
                    self._write_to_log(text)
                    self._deliver_message()
                    number += 1
                    mark = self._marks.mark(number)
                partial_length = _partial_mark_length(waiting, mark)
                self._write_to_log(waiting[: len(waiting) - partial_length])
                waiting = waiting[len(waiting) - partial_length :]
            self._write_to_log(waiting)

    def _write_to_log(self, text: bytes) -> None:
        log = self.log
        if log and text:
            log.write(self._decoder.decode(text))

    def _deliver_message(self) -> None:
        message = self._received.get()
        if message is None:
            self._received.put(None)  # there will be no other
        elif is_log_message(message):
            if self.log:
                self.log.add_entry(message["log"], message["content"])
        else:
            self._messages.put(message)


def _three_pipes() -> list[tuple[int, int]]:
    """Make three pipes, as (read end, write end).

    Raises:
        OSError: there are too many open files; no pipe is left open.
    """
    pipes: list[tuple[int, int]] = []
    try:
        for _ in range(3):
            pipes.append(os.pipe())  # noqa: PERF401  (those made before an error are closed)
    except OSError:
        for each in itertools.chain(*pipes):
            os.close(each)
        raise
    return pipes


def _spawn(
    python: str, environment: Mapping[str, str], folder: Path, descriptors: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Start an interpreter as a worker, below a supervisor if there is a socket for one.

    Args:
        descriptors: the standard streams, and the supervisor's socket, if any.
    """
    stdin, stdout, stderr, *control = descriptors
    return subprocess.Popen(
        [python, "-c", bootstrap.WORKER, str(bootstrap.PACKAGE), "".join(map(str, control))],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
        pass_fds=control,
    )


def _partial_mark_length(text: bytes, mark: bytes) -> int:
    """Return how many bytes at the end of a text may be the beginning of a mark."""
    start = text.rfind(b"\0", max(0, len(text) - len(mark) + 1))
    return len(text) - start if start >= 0 and mark.startswith(text[start:]) else 0
