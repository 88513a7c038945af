"""The parent's side of one worker: its processes, what it prints, and its messages."""

from __future__ import annotations

import codecs
import contextlib
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from emulator import clock, ids
from emulator.plugins import leftovers
from emulator.plugins.isolated import family, frames
from emulator.plugins.isolated.answers import is_log
from emulator.plugins.logs import RunLog

_BOOTSTRAP = """\
import sys, types
package, control = sys.argv[1:]
del sys.argv[1:]
sys.path[:] = [each for each in sys.path if each]
emulator = types.ModuleType("emulator")
emulator.__path__ = [package]
sys.modules["emulator"] = emulator
if control:
    from emulator.plugins.isolated import supervisor
    supervisor.supervise(int(control))
from emulator.plugins.isolated.worker import main
globals().pop("supervisor", None)
del types, package, control, emulator
globals().pop("main")()
"""
_PACKAGE = Path(__file__).resolve().parents[2]
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

    Attributes:
        log: where what is printed goes; nowhere while it is ``None``.
        is_forged: something else than the worker has written to where its messages arrive, or they
            can arrive no more.
        is_used_up: it is not certain that nothing of its last call goes on.
    """

    def __init__(
        self,
        python: str,
        environment: Mapping[str, str],
        folder: Path,
        settings: frames.Message,
    ) -> None:
        self.log: RunLog | None = None
        self.is_forged = False
        self.is_used_up = False
        self._known: set[int] = set()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._arrived: queue.Queue[frames.Message | None] = queue.Queue()
        self._messages: queue.Queue[frames.Message] = queue.Queue()
        self._exit_code: int | None = None
        self._start(python, environment, folder)
        key = ids.secret().encode()
        self._marks = frames.Marks(key)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._sender = frames.Sender(self._process.stdin.fileno(), key, frames.REQUESTS)
        self._receiver = frames.Receiver(self._process.stdout.fileno(), key, frames.ANSWERS)
        with contextlib.suppress(OSError):
            os.write(self._process.stdin.fileno(), key)
        self.send(settings)
        self._readers = [
            threading.Thread(target=each, name=f"worker {name}", daemon=True)
            for name, each in (("messages", self._receive), ("output", self._read))
        ]
        for each in self._readers:
            each.start()

    def _start(self, python: str, environment: Mapping[str, str], folder: Path) -> None:
        self._control: socket.socket | None = None
        there: socket.socket | None = None
        if _IS_SUPERVISED:
            self._control, there = socket.socketpair()
        self._process = subprocess.Popen(
            [python, "-c", _BOOTSTRAP, str(_PACKAGE), str(there.fileno()) if there else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(environment),
            bufsize=0,
            start_new_session=True,
            pass_fds=(there.fileno(),) if there else (),
        )
        if self._control and there:
            there.close()
            self._control.setblocking(False)

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

    def send(self, message: frames.Message) -> None:
        """Ask for something; a worker that is gone is noticed by what does not come back."""
        with contextlib.suppress(OSError, ValueError):
            self._sender.send(message)

    def ask(self, request: frames.Message) -> frames.Message:
        """Send a request.

        Returns:
            it with its number, ``request``, which its answer repeats.
        """
        numbered = {**request, "request": self._sender.number}
        self.send(numbered)
        return numbered

    def receive(self, seconds: float) -> frames.Message | None:
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

    def _new_processes(self) -> dict[int, family.Relative]:
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

    def _look(self) -> family.Look:
        return family.descendants(self._process.pid) if self._control else family.Look({}, True)

    def end(self) -> None:
        """End all its processes, and take what they had still printed."""
        if self._control:
            self._end_supervised()
        else:
            self._end_group()
        self._process.wait()
        for each in self._readers:
            each.join(_END_SECONDS)  # a process that left the group may hold the pipe
        for pipe in (self._process.stdin, self._process.stdout, self._control):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _end_supervised(self) -> None:
        """Have the supervisor end everything; without one, its worker is gone as well."""
        assert self._control is not None
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_SUPERVISOR_SECONDS)
        except subprocess.TimeoutExpired:  # it was stopped
            self._process.kill()

    def _end_group(self) -> None:
        group = self._process.pid
        children = leftovers.children(group)  # some may have sessions of their own
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
                if message == frames.BROKEN:
                    self.is_forged = True
                    break
                self._arrived.put(message)
        except frames.ForgedError:
            self.is_forged = True
        except (OSError, ValueError):
            pass  # it was ended
        finally:
            self._arrived.put(None)

    def _read(self) -> None:
        assert self._process.stderr is not None
        waiting, number = b"", 0
        mark = self._marks.mark(number)
        with self._process.stderr as pipe, contextlib.suppress(OSError, ValueError):
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


def _begun(text: bytes, mark: bytes) -> int:
    """How many bytes at the end of a text may be the beginning of a mark."""
    start = text.rfind(b"\0", max(0, len(text) - len(mark) + 1))
    return len(text) - start if start >= 0 and mark.startswith(text[start:]) else 0
