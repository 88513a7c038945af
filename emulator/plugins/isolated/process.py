"""The parent's side of one worker: a process group, what it prints, and its messages."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from emulator import ids
from emulator.plugins import leftovers
from emulator.plugins.isolated import frames
from emulator.plugins.logs import RunLog

_BOOTSTRAP = """\
import sys, types
sys.path[:] = [each for each in sys.path if each]
emulator = types.ModuleType("emulator")
emulator.__path__ = [sys.argv[1]]
sys.modules["emulator"] = emulator
from emulator.plugins.isolated import worker
worker.main(sys.argv[2])
"""
_PACKAGE = Path(__file__).resolve().parents[2]
_CHUNK = 65536
_END_SECONDS = 2.0


class WorkerProcess:
    """A worker that was started, whether it is ready or not.

    Args:
        python: the interpreter.
        environment: all of its variables.
        folder: where it begins; its own.
        settings: as ``worker.main`` takes them, but for the mark.

    Attributes:
        log: where what is printed goes; nowhere while it is ``None``.
    """

    def __init__(
        self,
        python: str,
        environment: Mapping[str, str],
        folder: Path,
        settings: frames.Message,
    ) -> None:
        self.log: RunLog | None = None
        self._mark = f"\0{ids.secret()}\0".encode()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._messages: queue.Queue[frames.Message] = queue.Queue()
        text = json.dumps({**settings, "mark": self._mark.decode()})
        self._process = subprocess.Popen(
            [python, "-c", _BOOTSTRAP, str(_PACKAGE), text],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(environment),
            bufsize=0,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name="worker output", daemon=True)
        self._reader.start()

    @property
    def group(self) -> int:
        """The id of its process group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, if it has; the negative number of a signal that ended it."""
        return self._process.poll()

    def send(self, message: frames.Message) -> None:
        """Ask for something; a worker that is gone is noticed by what does not come back."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            frames.write(self._process.stdin.fileno(), message)

    def receive(self, seconds: float) -> frames.Message | None:
        """The next message, unless none comes in time."""
        try:
            return self._messages.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return None

    def end(self) -> None:
        """End the whole group, and take what it had still printed."""
        children = leftovers.children(self.group)  # some may have sessions of their own
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.group, signal.SIGKILL)
            else:
                self._process.kill()
        for child in children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()
        self._reader.join(_END_SECONDS)  # a process that left the group may hold the pipe
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _read(self) -> None:
        assert self._process.stderr is not None
        waiting = b""
        with self._process.stderr as pipe, contextlib.suppress(OSError, ValueError):
            while chunk := os.read(pipe.fileno(), _CHUNK):
                *before, rest = (waiting + chunk).split(self._mark)
                for text in before:
                    self._print(text)
                    self._take_message()
                kept = self._begun_mark(rest)
                waiting = rest[len(rest) - kept :]
                self._print(rest[: len(rest) - kept])
            self._print(waiting)

    def _begun_mark(self, text: bytes) -> int:
        """How many bytes at the end of a text may be the beginning of a mark."""
        start = text.rfind(b"\0", max(0, len(text) - len(self._mark) + 1))
        return len(text) - start if start >= 0 and self._mark.startswith(text[start:]) else 0

    def _print(self, text: bytes) -> None:
        log = self.log
        if log and text:
            log.write(self._decoder.decode(text))

    def _take_message(self) -> None:
        assert self._process.stdout is not None
        message = frames.read(self._process.stdout.fileno())
        if message is None:
            return
        if "log" in message:
            if self.log:
                self.log.entry(message["log"], message["content"])
        else:
            self._messages.put(message)
