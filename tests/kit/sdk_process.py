"""Real SDKs for the tests: each runs in its own process and virtual environment.

::

    with SdkProcess("2.128.2") as sdk:
        notebook = sdk.session(env={"KILI_API_ENDPOINT": url, "KILI_API_KEY": "emulator-admin"})
        notebook.run("from kili.client import Kili; kili = Kili()").checked()
        assert notebook.run("kili.count_projects()").checked().value == 1
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.kit.sdk_environments import RECIPES, python_of

VERSIONS = tuple(RECIPES)
DRIVER = Path(__file__).with_name("sdk_driver.py")
FAST_SDK = DRIVER.parents[2] / "emulator" / "kili_emulator" / "sdk" / "pauses.py"
START_LIMIT = 60.0
GRACE = 2.0

Environment = Mapping[str, "str | None"]


@dataclass(frozen=True)
class SdkError:
    """An exception that the executed code raised."""

    type: str
    message: str
    traceback: str


@dataclass(frozen=True)
class Outcome:
    """The result of executing a piece of code.

    Attributes:
        stdout: the text that the code printed.
        stderr: the text on stderr, which includes the log lines of the SDK.
        value: the value of the last expression; ``None`` if JSON cannot represent it.
        repr: the ``repr`` of this value; ``None`` if the value is ``None``, as in a notebook.
        error: the exception that ended the code.
    """

    stdout: str
    stderr: str
    value: Any
    repr: str | None
    error: SdkError | None

    def checked(self) -> Outcome:
        """Return this outcome after checking that the code raised no exception.

        Raises:
            AssertionError: the code raised an exception; the message has traceback and output.
        """
        if self.error is not None:
            output = f"stdout:\n{self.stdout}\nstderr:\n{self.stderr}"
            raise AssertionError(f"the SDK's process raised:\n{self.error.traceback}\n{output}")
        return self


class SdkProcessError(Exception):
    """The driver could not start, died, or was killed after a timeout."""


class SdkTimeoutError(SdkProcessError):
    """The code took too long; the message has the stacks of all its threads."""


class _LineReader:
    """Reader of a pipe, which reads lines in a thread so that a caller can wait with a timeout.

    It waits with ``threading`` only, which also works under a frozen clock.
    """

    def __init__(self, pipe: Any) -> None:
        self._lines: list[str] = []
        self._closed = False
        self._changed = threading.Condition()
        threading.Thread(target=self._read, args=(pipe,), name="sdk-driver", daemon=True).start()

    def next_line(self, timeout: float) -> str | None:
        """Return the next line; ``""`` at the end of the pipe; ``None`` after the timeout."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._lines or self._closed, timeout):
                return None
            return self._lines.pop(0) if self._lines else ""

    def _read(self, pipe: Any) -> None:
        with contextlib.suppress(OSError, ValueError), pipe:
            for line in pipe:
                self._put(line)
        self._put(None)

    def _put(self, line: str | None) -> None:
        with self._changed:
            if line is None:
                self._closed = True
            else:
                self._lines.append(line)
            self._changed.notify_all()


class SdkProcess:
    """A process that executes code with one version of the SDK.

    The process starts at the first use. After a timeout or a crash, the next use starts it again
    with empty namespaces. Calls from several threads run one after another.

    Args:
        version: the version of the SDK, one of :data:`VERSIONS`.
        fast: remove the throttles and waits of the SDK in this process.
        env: environment variables for all namespaces; ``None`` removes one.
        python: the interpreter to use instead of that of the SDK's environment.
    """

    def __init__(
        self,
        version: str,
        *,
        fast: bool = False,
        env: Environment | None = None,
        python: str | Path | None = None,
    ) -> None:
        self.version = version
        self._python = str(python or python_of(version))
        self._fast = fast
        self._env = dict(env or {})
        self._home = tempfile.TemporaryDirectory(prefix="kili-sdk-", ignore_cleanup_errors=True)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._line_reader: _LineReader | None = None
        self._requests = 0
        self._sessions = 0

    @property
    def home(self) -> Path:
        """Return the home and initial working directory of the process, removed at the end."""
        return Path(self._home.name)

    def run(
        self,
        code: str,
        *,
        namespace: str = "main",
        env: Environment | None = None,
        cwd: str | Path | None = None,
        timeout: float = 60,
    ) -> Outcome:
        """Execute code in a namespace, which is created at its first use.

        Args:
            code: as in a cell of a notebook; the last expression is the value.
            namespace: the name of the namespace, which keeps its state between calls.
            env: changes to the namespace's environment, from this call on; ``None`` removes.
            cwd: the namespace's working directory, from this call on.
            timeout: seconds after which the process is killed.

        Raises:
            SdkTimeoutError: the code took longer.
            SdkProcessError: the process could not start, or died.
        """
        request = {
            "code": code,
            "namespace": namespace,
            "env": dict(env or {}),
            "cwd": None if cwd is None else str(cwd),
            "timeout": timeout,
        }
        with self._lock:
            self._start()
            return self._exchange(request)

    def session(
        self, *, env: Environment | None = None, cwd: str | Path | None = None
    ) -> SdkSession:
        """Return a session with a new, empty namespace, like a new notebook."""
        self._sessions += 1
        return SdkSession(self, f"session {self._sessions}", env, cwd)

    @property
    def pid(self) -> int | None:
        """Return the id of the process; ``None`` while it does not run."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def close(self) -> None:
        """End the process and remove its home."""
        with self._lock:
            self._end(GRACE)
            self._home.cleanup()

    def __enter__(self) -> SdkProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._end(0)
        command = [self._python, str(DRIVER), "--stacks", str(self._stacks)]
        if self._fast:
            command += ["--fast", str(FAST_SDK)]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                env=self._environment(),
                cwd=self.home,
            )
        self._line_reader = _LineReader(self._process.stdout)
        greeting = self._receive(START_LIMIT)
        if greeting["error"]:
            self._end(GRACE)
            raise SdkProcessError(f"the driver did not start:\n{greeting['error']['traceback']}")

    def _environment(self) -> dict[str, str]:
        """Return the environment without variables that affect Python or the SDK."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KILI_", "PYTHON", "COV_", "PYTEST_"))
        }
        variables |= {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "KILI_SDK_TRIALS_NUMBER": "1",  # old SDKs repeat failed requests ten times, with sleeps
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
        for name, value in self._env.items():
            variables.pop(name, None)
            if value is not None:
                variables[name] = value
        return variables

    def _exchange(self, request: dict[str, Any]) -> Outcome:
        assert self._process is not None
        assert self._process.stdin is not None
        self._requests += 1
        line = json.dumps({"id": self._requests, **request}) + "\n"
        with contextlib.suppress(BrokenPipeError):  # the process died: _receive reports why
            self._process.stdin.write(line)
            self._process.stdin.flush()
        answer = self._receive(request["timeout"])
        assert answer.pop("id") == self._requests, "the driver answered another request"
        error = answer.pop("error")
        return Outcome(**answer, error=None if error is None else SdkError(**error))

    def _receive(self, timeout: float) -> dict[str, Any]:
        assert self._process is not None
        assert self._line_reader is not None
        line = self._line_reader.next_line(timeout + 0.5)  # time for the driver to write its stacks
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        if line is None:
            self._end(0)
            stacks = self._stacks.read_text(encoding="utf-8", errors="replace")
            raise SdkTimeoutError(f"kili {self.version}: no answer in {timeout:g} s\n{stacks}")
        code = self._process.wait()
        self._end(0)
        tail = self._errors.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise SdkProcessError(f"kili {self.version}: the process died with code {code}\n{tail}")

    def _end(self, grace: float) -> None:
        process, self._process, self._line_reader = self._process, None, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        try:
            if not grace:
                process.kill()
            process.wait(grace or None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def _stacks(self) -> Path:
        return self.home / ".driver-stacks"

    @property
    def _errors(self) -> Path:
        return self.home / ".driver-errors"


class SdkSession:
    """One namespace of a process, which ends with it; see :meth:`SdkProcess.session`."""

    def __init__(
        self,
        process: SdkProcess,
        name: str,
        env: Environment | None,
        cwd: str | Path | None,
    ) -> None:
        self.process = process
        self.name = name
        self._env = env
        self._cwd = cwd
        self._pid: int | None = None

    def run(self, code: str, timeout: float = 60) -> Outcome:
        """Execute code in this namespace; see :meth:`SdkProcess.run`."""
        if self._pid is None:
            self.process.run("", namespace=self.name, env=self._env, cwd=self._cwd)
            self._pid = self.process.pid
        elif self._pid != self.process.pid:
            raise SdkProcessError("this session ended with its process: make a new one")
        return self.process.run(code, namespace=self.name, timeout=timeout)
