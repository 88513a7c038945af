"""A version whose handlers are called in workers, within limits of time and memory."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kili_emulator import clock, messages
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.calls import Call, Result
from kili_emulator.plugins.guest import sealed_messages
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.logs import RunLog
from kili_emulator.plugins.process.run_results import (
    RequestEnd,
    describe_plugin_error,
    list_warnings,
    make_result,
)
from kili_emulator.plugins.process.worker_messages import (
    is_answer,
    is_position_message,
    is_ready_message,
)
from kili_emulator.plugins.process.worker_process import WorkerProcess

if TYPE_CHECKING:
    from kili_emulator.plugins.process.isolation import ProcessIsolation

_TICK = 0.1
_LAST_MESSAGE_SECONDS = 0.5
_START_SECONDS = 60.0


class WorkerVersion:
    """A version, with the workers that have imported it: one for each call at the same time."""

    def __init__(
        self,
        isolation: ProcessIsolation,
        location: CodeLocation,
        seconds: float,
        packages: Path | None,
    ) -> None:
        self._isolation = isolation
        self._location = location
        self._seconds = seconds
        self._packages = packages
        self._lock = threading.Lock()
        self._closed = False

    def take_worker(self) -> WorkerProcess:
        """Return an idle worker that has imported the version, or a new one.

        Raises:
            BuildError: it cannot be imported.
        """
        while idle := self._isolation.idle_workers.take(self):
            if idle.exit_code is None and not idle.is_disconnected():
                return idle
            self._isolation.end(idle)
        worker = self._isolation.take_worker(self._packages)
        request_end = self._wait_for_message(worker, _START_SECONDS, lambda: None, is_ready_message)
        if request_end.message:
            main = self._location.main
            request = {
                "folder": str(self._location.folder),
                "main": str(main) if main else None,
            }
            request_end = self._exchange(worker, request, self._seconds, lambda: None)
        problem = self._build_problem(request_end)
        if problem:
            self._isolation.end(worker)
            raise BuildError(problem, headline=(request_end.message or {}).get("headline"))
        worker.mark_import_processes()
        return worker

    def release(self, worker: WorkerProcess) -> None:
        """Keep a worker for the next call, unless the version is closed."""
        with self._lock:
            if not self._closed:
                surplus = self._isolation.idle_workers.keep(self, worker)
                self._isolation.end_later(surplus)
                return
        self._isolation.end(worker)

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        started = clock.monotonic()
        try:
            worker = self.take_worker()
        except BuildError as error:
            log.add_emulator_line("error", str(error))
            return Result("FAILED", str(error), 0.0, headline=error.headline)
        worker.log = log
        try:
            request_end = self._exchange(worker, self._request_of(call), call.seconds, tick)
        except BaseException:
            self._isolation.end(worker)
            raise
        result = make_result(request_end, self._isolation.megabytes, clock.monotonic() - started)
        answer = request_end.message or {}
        processes = worker.processes_left_running()
        is_clean = (
            answer
            and not answer["threads"]
            and not processes
            and not worker.may_have_left_processes
        )
        if not is_clean or result.outcome == "OUT_OF_MEMORY":
            self._isolation.end(worker)
            if worker.may_have_left_processes:
                processes = processes or worker.killed_processes
        else:
            worker.log = None
            self.release(worker)
        log.add_end(list_warnings(answer, processes, call), result.error)
        return result

    def _request_of(self, call: Call) -> sealed_messages.Message:
        """Build the message that makes a worker call a handler."""
        return {
            "plugin": call.plugin_name,
            "method": call.method,
            "payload": call.payload,
            "project": call.project_id,
            "endpoint": self._isolation.endpoint,
            "key": call.key,
            "seed": call.seed,
        }

    def close(self) -> None:
        with self._lock:
            self._closed = True
        for worker in self._isolation.idle_workers.remove(self):
            self._isolation.end(worker)

    def _exchange(
        self,
        worker: WorkerProcess,
        request: sealed_messages.Message,
        seconds: float,
        tick: Callable[[], None],
    ) -> RequestEnd:
        """Send a request, and wait for its answer within the limits of time and memory."""
        numbered = worker.send_request(request)
        return self._wait_for_message(
            worker, seconds, tick, lambda message: is_answer(message, numbered)
        )

    def _wait_for_message(
        self,
        worker: WorkerProcess,
        seconds: float,
        tick: Callable[[], None],
        is_expected: Callable[[sealed_messages.Message], bool],
    ) -> RequestEnd:
        """Wait for an expected message within the limits of time and memory.

        Args:
            tick: called about ten times a second; an exception from it is raised here.
            is_expected: decides whether a message is valid; any other message is forged.
        """
        end = clock.monotonic() + seconds
        while (remaining := end - clock.monotonic()) > 0:
            message = worker.receive(min(_TICK, remaining))
            if message:
                forged = RequestEnd(None, "FAILED", messages.RUN_CHANNEL_CORRUPTED)
                return RequestEnd(message) if is_expected(message) else forged
            if worker.is_forged or worker.is_disconnected() or worker.exit_code is not None:
                return _explain_lost_worker(worker)
            resident = worker.resident_mb()
            if resident and resident > self._isolation.megabytes:
                limit = messages.RUN_OUT_OF_MEMORY.format(limit=self._isolation.megabytes)
                return RequestEnd(None, "OUT_OF_MEMORY", _add_position(limit, worker))
            tick()
        text = messages.RUN_TIMED_OUT.format(seconds=seconds)
        return RequestEnd(None, "TIMED_OUT", _add_position(text, worker))

    def _build_problem(self, request_end: RequestEnd) -> str | None:
        """Return why a version cannot be used; ``None`` if it can."""
        answer = request_end.message
        if answer is None and request_end.outcome == "TIMED_OUT":
            position = request_end.error.partition("\n")[2]
            limit = messages.BUILD_TIMED_OUT.format(seconds=self._seconds)
            return f"{limit}\n{position}" if position else limit
        if answer is None:
            is_forged = request_end.outcome == "FAILED"
            ended = messages.BUILD_PROCESS_ENDED.format(error=request_end.error)
            return request_end.error if is_forged else ended
        if answer["ended"] == "exit":
            return messages.BUILD_SYSTEM_EXIT.format(error=answer["text"])
        if answer["ended"] == "memory":
            limit = messages.RUN_OUT_OF_MEMORY.format(limit=self._isolation.megabytes)
            return f"{limit}\n{answer['text']}"
        if answer["ended"] == "error":
            return describe_plugin_error(answer)
        problems = {None: messages.BUILD_NO_HANDLER_CLASS, "other": messages.BUILD_NOT_A_CLASS}
        return problems.get(answer["handler"])


def _explain_lost_worker(worker: WorkerProcess) -> RequestEnd:
    """Explain why a worker has ended, or why its messages do not arrive any more."""
    worker.wait_for_end(_LAST_MESSAGE_SECONDS)
    code = worker.exit_code
    if worker.is_forged or code is None:
        return RequestEnd(None, "FAILED", messages.RUN_CHANNEL_CORRUPTED)
    if code >= 0:
        return RequestEnd(None, "EXITED", messages.RUN_PROCESS_EXITED.format(code=code))
    name = str(-code)
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
    return RequestEnd(None, "CRASHED", messages.RUN_CRASHED.format(signal=name))


def _add_position(text: str, worker: WorkerProcess) -> str:
    """Append the current stack of the plugin to a text, if the worker can still report it."""
    worker.send_request({"where": True})
    message = worker.receive(_LAST_MESSAGE_SECONDS)
    return f"{text}\n{message['where']}" if message and is_position_message(message) else text
