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
from kili_emulator.plugins.process.worker_messages import is_log

_CHUNK = 65536
_END_SECONDS = 2.0
# The supervisor itself gives up before that.
_SUPERVISOR_SECONDS = 10.0
_GRACE_SECONDS = 0.05
_LOOK_SECONDS = 0.05
# So often are processes looked at that start and end meanwhile.
_LOOKS = 20
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
        is_used_up: it is not certain that nothing of its last call goes on.
        ended_processes: the names and ids of processes that its end ended, besides its own and
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
        self.is_used_up = False
        self.ended_processes: list[str] = []
        self._known: set[int] = set()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._arrived: queue.Queue[sealed_messages.Message | None] = queue.Queue()
        self._messages: queue.Queue[sealed_messages.Message] = queue.Queue()
        self._exit_code: int | None = None
        self._control: socket.socket | None = None
        self._process = self._start(python, environment, folder, server)
        key = ids.secret().encode()
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
            for name, each in (("messages", self._receive), ("output", self._read))
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
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        self._requests = open(pipes[0][1], "wb", buffering=0)  # noqa: PTH123, SIM115
        self._answers = open(pipes[1][0], "rb", buffering=0)  # noqa: PTH123, SIM115
        self._printed = open(pipes[2][0], "rb", buffering=0)  # noqa: PTH123, SIM115
        there: socket.socket | None = None
        try:
            if _IS_SUPERVISED:
                self._control, there = socket.socketpair()
                self._control.setblocking(False)
                theirs.append(there.detach())
            if server and self._control:
                return server.fork(environment, folder, theirs, self._control)
            return _spawn(python, environment, folder, theirs)
        except BaseException:
            self._close()
            self._printed.close()
            raise
        finally:
            for each in theirs:
                os.close(each)

    def _await_code(self, seconds: float) -> None:
        """Wait a moment for how it ended."""
        if self._control:
            told = select.poll()
            told.register(self._control, select.POLLIN)
            told.poll(seconds * 1000)
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

    def ask(self, request: sealed_messages.Message) -> sealed_messages.Message:
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

    def is_silent(self) -> bool:
        """Whether no further message can arrive."""
        return not self._readers[0].is_alive()

    def await_end(self, seconds: float) -> None:
        """Wait until it is known how it ended, and what had arrived from it by then."""
        end = clock.monotonic() + seconds
        while clock.monotonic() < end and (self.exit_code is None or not self.is_silent()):
            self._readers[0].join(_LOOK_SECONDS)
            if self.exit_code is None:
                self._await_code(_LOOK_SECONDS)

    def know_processes(self) -> None:
        """What has been started by now was started when the version was imported: it may go on."""
        self._known = set(self._look().found)

    def left_processes(self) -> list[str]:
        """The names and ids of processes that go on beside it, and are not about to end (Linux)."""
        new = self._new_processes()
        if new:
            self._readers[1].join(_GRACE_SECONDS)
            still = self._new_processes()
            new = new if self.is_used_up else still
        return [f"{of.name} {pid}" for pid, of in new.items()]

    def _new_processes(self) -> dict[int, descendants.Relative]:
        """Look until there are some, or certainly none; if never, it is not to be used again."""
        for _ in range(_LOOKS):
            look = self._look()
            new = {pid: of for pid, of in look.found.items() if pid not in self._known}
            if new or look.is_complete:
                return new
        self.is_used_up = True
        return {}

    def resident_mb(self) -> float | None:
        """The memory of it and all its processes; ``None`` where the system does not tell."""
        processes = self._look().found
        return sum(each.megabytes for each in processes.values()) if processes else None

    def _look(self) -> descendants.Look:
        return (
            descendants.descendants(self._process.pid)
            if self._control
            else descendants.Look({}, True)
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
            self._note_ended(self._control.recv(_CHUNK))

    def _note_ended(self, lines: bytes) -> None:
        for line in lines.decode(errors="replace").splitlines():
            kind, _, process = line.partition(" ")
            pid, _, name = process.partition(" ")
            if kind == "ended" and int(pid) not in self._known:
                self.ended_processes.append(f"{name} {pid}")

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

    def _receive(self) -> None:
        """Take messages as they arrive; they count once the output has come to their marks."""
        try:
            while message := self._receiver.receive():
                if message == sealed_messages.BROKEN:
                    self.is_forged = True
                    break
                self._arrived.put(message)
        except sealed_messages.ForgedError:
            self.is_forged = True
        except (OSError, ValueError):
            pass  # it was ended
        finally:
            self._arrived.put(None)

    def _read(self) -> None:
        waiting, number = b"", 0
        mark = self._marks.mark(number)
        with self._printed as pipe, contextlib.suppress(OSError, ValueError):
            while chunk := os.read(pipe.fileno(), _CHUNK):
                waiting += chunk
                while mark in waiting:
                    text, _, waiting = waiting.partition(mark)
                    self._print(text)
                    self._take_message()
                    number += 1
                    mark = self._marks.mark(number)
                kept = _begun(waiting, mark)
                self._print(waiting[: len(waiting) - kept])
                waiting = waiting[len(waiting) - kept :]
            self._print(waiting)

    def _print(self, text: bytes) -> None:
        log = self.log
        if log and text:
            log.write(self._decoder.decode(text))

    def _take_message(self) -> None:
        message = self._arrived.get()
        if message is None:
            self._arrived.put(None)  # there will be no other
        elif is_log(message):
            if self.log:
                self.log.entry(message["log"], message["content"])
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


def _begun(text: bytes, mark: bytes) -> int:
    """How many bytes at the end of a text may be the beginning of a mark."""
    start = text.rfind(b"\0", max(0, len(text) - len(mark) + 1))
    return len(text) - start if start >= 0 and mark.startswith(text[start:]) else 0
