"""The process isolation: plugins run in processes of their own, with time and memory limits."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kili_emulator import messages, private_files
from kili_emulator.plugins.calls import LoadedVersion
from kili_emulator.plugins.guest import coverage_measurement
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.process import fork_server
from kili_emulator.plugins.process.fork_server import FORK_SERVERS, ForkServer, ForkServerError
from kili_emulator.plugins.process.idle_workers import IdleWorkers
from kili_emulator.plugins.process.interpreter import check_python, worker_environment
from kili_emulator.plugins.process.worker_process import WorkerProcess
from kili_emulator.plugins.process.worker_version import WorkerVersion


class ProcessIsolation:
    """An isolation that starts workers, and imports the SDK before they are needed.

    If workers can be forked, a fork server imports the SDK in advance; otherwise, a spare worker.

    Args:
        endpoint: returns the GraphQL URL, once it is known.
        megabytes: the memory limit of a plugin.
        max_idle: how many idle workers are kept.
        python: another interpreter for the plugins.

    Raises:
        SettingsError: plugins cannot run with this interpreter.

    Attributes:
        idle_workers: the workers that wait for their next call.
    """

    def __init__(
        self,
        endpoint: Callable[[], str],
        megabytes: int,
        *,
        max_idle: int,
        python: Path | None = None,
    ) -> None:
        self._endpoint = endpoint
        self.megabytes = megabytes
        self._python = python
        if python:
            check_python(python)
        self.idle_workers = IdleWorkers(max_idle)
        self._ending = ThreadPoolExecutor(1, "end of workers")
        self._lock = threading.Lock()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._workers: dict[WorkerProcess, Path] = {}
        self._server: ForkServer | None = None
        self._spare: WorkerProcess | None = None
        self._closed = False

    @property
    def endpoint(self) -> str:
        """The GraphQL URL of the emulator."""
        return self._endpoint()

    def prepare(self) -> None:
        """Start to import the SDK for the next worker, unless it is imported already."""
        with self._lock:
            if self._closed:
                return
            if self._server is None and fork_server.IS_AVAILABLE:
                with contextlib.suppress(OSError):  # starting the spare worker reports the error
                    self._server = FORK_SERVERS.lease(self._interpreter, self._environment())
            if self._spare is None and (self._server is None or self._server.is_broken):
                self._spare = self._start(None)

    def load(
        self,
        name: str,  # noqa: ARG002
        location: CodeLocation,
        seconds: float,
        packages: Path | None = None,
    ) -> LoadedVersion:
        """Import an unpacked version in a worker.

        Args:
            name: not needed here: no other version is in that process.
            location: where the files of the version are.
            seconds: the time limit of the import.
            packages: a folder of packages that come before those of the interpreter.

        Raises:
            BuildError: the version cannot be imported.
        """
        version = WorkerVersion(self, location, seconds, packages)
        version.release(version.take_worker())
        return version

    def take_worker(self, packages: Path | None) -> WorkerProcess:
        """Return a worker that has imported nothing but the SDK.

        Args:
            packages: a folder of packages that come first; then the worker is a new interpreter,
                as the packages may replace those that the SDK imports.
        """
        worker = None if packages else self._fork_worker()
        if worker:
            return worker
        with self._lock:
            self._check_open()
            spare, self._spare = (None, self._spare) if packages else (self._spare, None)
            is_alive = spare is not None and spare.exit_code is None
            worker = spare if spare and is_alive else self._start(packages)
        if spare and not is_alive:
            self.end(spare)
        self.prepare()
        return worker

    def _fork_worker(self) -> WorkerProcess | None:
        """Return a worker from the fork server; ``None`` if there is no server that can fork it."""
        server = self._server
        if server is None or not server.serves(self._interpreter, self._environment()):
            return None
        with contextlib.suppress(ForkServerError):
            server.wait_until_ready()  # without the lock, as this takes long
            with self._lock:
                self._check_open()
                return self._start(None, server)
        return None

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the emulator is closing")

    def end(self, worker: WorkerProcess) -> None:
        """End a worker and the processes that it started."""
        worker.end()
        with self._lock:
            folder = self._workers.pop(worker, None)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)

    def end_later(self, workers: Iterable[WorkerProcess]) -> None:
        """End workers in the background, as this takes 10 ms for each of them."""
        for each in workers:
            with contextlib.suppress(RuntimeError):  # the emulator closes, and ends all workers
                self._ending.submit(self.end, each)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
        self._ending.shutdown()
        with self._lock:
            workers = list(self._workers)
        for worker in workers:
            self.end(worker)
        if self._server:
            FORK_SERVERS.release(self._server)
            self._server = None
        if self._temporary:
            shutil.rmtree(self._temporary.name, ignore_errors=True)
            self._temporary.cleanup()

    @property
    def _interpreter(self) -> str:
        return str(self._python or sys.executable)

    def _environment(self) -> dict[str, str]:
        return worker_environment(
            os.environ, self.endpoint, is_own_interpreter=self._python is None
        )

    def _start(self, packages: Path | None, server: ForkServer | None = None) -> WorkerProcess:
        if self._temporary is None:
            self._temporary = private_files.temporary_folder("kili-plugins-")
        cache = Path(self._temporary.name, "cache")
        private_files.make_folder(cache)
        folder = Path(tempfile.mkdtemp(dir=self._temporary.name))
        private_files.restrict_permissions(folder)
        settings = {
            "memory": self.megabytes,
            "packages": str(packages) if packages else None,
            "breakpoint": messages.BREAKPOINT_IN_PROCESS,
            "thread": messages.THREAD_FAILED,
            "cache": str(cache),
            "coverage": coverage_measurement.configuration(),
        }
        worker = WorkerProcess(self._interpreter, self._environment(), folder, settings, server)
        self._workers[worker] = folder
        return worker
