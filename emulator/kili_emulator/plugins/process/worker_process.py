"""The parent's side of one worker: its processes, what it prints, and its messages."""

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
# The supervisor itself gives up before that.
_SUPERVISOR_SECONDS = 10.0
_GRACE_SECONDS = 0.05
_POLL_SECONDS = 0.05
# So often are processes looked at that start and end meanwhile.
_MAX_SCANS = 20
_IS_SUPERVISED = sys.platform == "linux"


class WorkerProcess:
    """A worker that was started, whether it is ready or not.

    On Linux, a supervisor is its parent, and all that descends from the supervisor is the worker's.

    Args:
        python: the interpreter.
        environment: all of its variables.
        folder: where it begins; its own.
        settings: as ``worker.main`` takes them.
        server: forks it, with this interpreter; without one, the interpreter is started.

    Raises:
        ForkServerError: the server cannot fork it.
        OSError: the interpreter cannot be started.

    Attributes:
        log: where what is printed goes; nowhere while it is ``None``.
        is_forged: something else than the worker has written to where its messages arrive, or they
            can arrive no more.
        may_have_left_processes: it is not certain that nothing of its last call goes on.
        killed_processes: the names and ids of processes that its end ended, besides its own and
            those that its version started when it was imported (Linux; the first ones).
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
        """Start it with pipes as its standard streams: requests, messages, and what is printed."""
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
        """Wait a moment for how it ended."""
        if self._control:
            poller = select.poll()
            poller.register(self._control, select.POLLIN)
            poller.poll(seconds * 1000)
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)

    @property
    def exit_code(self) -> int | None:
        """How it ended, if it has; the negative number of a signal that ended it."""
        if self._exit_code is None and self._control:
            with contextlib.suppress(OSError, ValueError):
                self._exit_code = int(self._control.recv(64))
        return self._process.poll() if self._exit_code is None else self._exit_code

    def send(self, message: sealed_messages.Message) -> None:
        """Ask for something; a worker that is gone is noticed by what does not come back."""
        with contextlib.suppress(OSError, ValueError):
            self._sender.send(message)

    def send_request(self, request: sealed_messages.Message) -> sealed_messages.Message:
        """Send a request.

        Returns:
            it with its number, ``request``, which its answer repeats.
        """
        numbered = {**request, "request": self._sender.number}
        self.send(numbered)
        return numbered

    def receive(self, seconds: float) -> sealed_messages.Message | None:
        """The next message, unless none comes in time."""
        try:
            return self._messages.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return None

    def is_disconnected(self) -> bool:
        """Whether no further message can arrive."""
        return not self._readers[0].is_alive()

    def wait_for_end(self, seconds: float) -> None:
        """Wait until it is known how it ended, and what had arrived from it by then."""
        end = clock.monotonic() + seconds
        while clock.monotonic() < end and (self.exit_code is None or not self.is_disconnected()):
            self._readers[0].join(_POLL_SECONDS)
            if self.exit_code is None:
                self._wait_for_exit_code(_POLL_SECONDS)

    def mark_import_processes(self) -> None:
        """What has been started by now was started when the version was imported: it may go on."""
        self._import_processes = set(self._scan().by_pid)

    def processes_left_running(self) -> list[str]:
        """The names and ids of processes that go on beside it, and are not about to end (Linux)."""
        new = self._new_processes()
        if new:
            self._readers[1].join(_GRACE_SECONDS)
            remaining = self._new_processes()
            new = new if self.may_have_left_processes else remaining
        return [f"{descendant.name} {pid}" for pid, descendant in new.items()]

    def _new_processes(self) -> dict[int, descendants.Descendant]:
        """Look until there are some, or certainly none; if never, it is not to be used again."""
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
        """The memory of it and all its processes; ``None`` where the system does not tell."""
        processes = self._scan().by_pid
        return sum(each.megabytes for each in processes.values()) if processes else None

    def _scan(self) -> descendants.DescendantScan:
        return (
            descendants.scan_descendants(self._process.pid)
            if self._control
            else descendants.DescendantScan({}, True)
        )

    def end(self) -> None:
        """End all its processes, and take what they had still printed."""
        if self._control:
            self._end_supervised()
        else:
            self._end_group()
        self._process.wait()
        for each in self._readers:
            each.join(_END_SECONDS)  # a process that left the group may hold the pipe
        self._close()

    def _close(self) -> None:
        """Close the ends of the pipes but that of the output, which its reader closes."""
        for pipe in (self._requests, self._answers, self._control):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _end_supervised(self) -> None:
        """Have the supervisor end everything; without one, its worker is gone as well."""
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
        children = left_running.children(group)  # some may have sessions of their own
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(group, signal.SIGKILL)
            else:
                self._process.kill()
        for child in children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)

    def _receive_messages(self) -> None:
        """Take messages as they arrive; they count once the output has come to their marks."""
        try:
            while message := self._receiver.receive():
                if message == sealed_messages.BROKEN:
                    self.is_forged = True
                    break
                self._received.put(message)
        except sealed_messages.ForgedError:
            self.is_forged = True
        except (OSError, ValueError):
            pass  # it was ended
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
    """Pipes, as (read end, write end).

    Raises:
        OSError: there are too many open files; none is left open.
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
    """Start an interpreter as a worker, below a supervisor if there is a socket for it.

    Args:
        descriptors: its standard streams, and the socket.
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
    """How many bytes at the end of a text may be the beginning of a mark."""
    start = text.rfind(b"\0", max(0, len(text) - len(mark) + 1))
    return len(text) - start if start >= 0 and mark.startswith(text[start:]) else 0
