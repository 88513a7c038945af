"""The worker: imports one version of a plugin, and calls its handlers one after another.

The standard descriptors belong to the plugin. All output to them, of any code, goes into one pipe
and so keeps its order. Messages have a pipe of their own; before each message, a mark is written
into the output pipe, so that the emulator knows which output came before the message. A key seals
the messages and makes the marks unpredictable. The key is never in the arguments or the environment
of this process, and its children do not have it.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import io
import logging
import os
import queue
import random  # noqa: TID251  (the plugin's own)
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

from kili_emulator.plugins.guest import (
    coverage_measurement,
    data_files,
    exception_text,
    kili_types,
    log_records,
    memory_limit,
    progress_bars,
    relative_imports,
    return_values,
    sdk_client,
    sdk_ids,
    sealed_messages,
    tracebacks,
)
from kili_emulator.plugins.guest.process_state import left_running
from kili_emulator.plugins.guest.process_state.worker_state import WorkerState

# The payload of a call has no limit but that of the frame format.
_MAX_REQUEST = 2**32


def main() -> None:
    """Serve requests until the emulator ends or kills this process.

    The first message has the settings: ``memory`` (the limit in MB), ``packages`` (a folder or
    null), ``breakpoint`` (the error text of ``breakpoint()``), ``thread`` (the text for a failed
    thread), ``cache`` (the folder for the SDK's schema) and ``coverage`` (the configuration of
    coverage.py, or null).
    """
    channel = _Channel()
    settings = channel.receive()
    if settings is None:
        return
    for name in [each for each in sys.modules if each.split(".")[0] == "kili_emulator"]:
        del sys.modules[name]  # a plugin must not see the partly loaded emulator
    memory_limit.set_limit(settings["memory"])
    sys.path[:0] = [settings["packages"]] if settings["packages"] else []
    if "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = lambda *_, **__: _refuse_breakpoint(settings["breakpoint"])
    _Worker(channel, settings).serve()


def _refuse_breakpoint(reason: str) -> NoReturn:
    raise RuntimeError(reason)


class _Channel:
    """The pipes to the emulator, moved away from the standard descriptors.

    Only this process sends messages: a forked child closes the pipes, and prints its log lines.
    """

    def __init__(self) -> None:
        key = sealed_messages.read_exactly(0, sealed_messages.KEY_SIZE) or b""
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._in, self._out, self._printed = os.dup(0), os.dup(1), os.dup(2)
        self._pipes = self._pipe_identities()
        self._requests = sealed_messages.Receiver(
            self._in, key, sealed_messages.REQUESTS, _MAX_REQUEST
        )
        self._answers = sealed_messages.Sender(self._out, key, sealed_messages.ANSWERS)
        self._marks = sealed_messages.Marks(key)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._close)
        faulthandler.enable(self._printed, all_threads=False)
        self.restore()

    def restore(self) -> None:
        """Open the plugin's standard descriptors and streams again, even if it has closed them."""
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        if null:
            os.close(null)
        os.dup2(self._printed, 1)
        os.dup2(self._printed, 2)
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            stream = io.TextIOWrapper(
                io.FileIO(descriptor, "w", closefd=False),
                encoding="utf-8",
                errors="backslashreplace",
                write_through=True,
            )
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)

    def flush(self) -> None:
        """Write the output that is still in a buffer of Python or C."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)

    def send(self, **message: Any) -> None:
        """Send a message, preceded by a mark in the output.

        Raises:
            OSError: the plugin has closed a pipe.
        """
        message = sealed_messages.truncate_texts(message)
        if os.getpid() != self._owner:
            if "log" in message:
                os.write(2, f"{message['content']}\n".encode(errors="backslashreplace"))
            return
        with self._lock:
            os.write(self._printed, self._marks.mark(self._answers.number))
            self._answers.send(message)

    def receive(self) -> sealed_messages.Message | None:
        """Return the next request; ``None`` if the emulator has ended.

        Raises:
            ForgedError: the request is not from the emulator.
            OSError: the plugin has closed the pipe.
        """
        return self._requests.receive()

    def is_intact(self) -> bool:
        """Return whether the plugin has not changed the pipes."""
        return self._pipe_identities() == self._pipes

    def report_broken_and_stop(self) -> NoReturn:
        """Report that the plugin changed the pipes, then wait to be killed."""
        with self._lock:
            with contextlib.suppress(OSError):
                self._answers.send(sealed_messages.BROKEN)
            self._close()
        while True:
            time.sleep(60)

    def _pipe_identities(self) -> list[tuple[int, int]]:
        """Return device and inode of each pipe; nothing if one of them is closed."""
        try:
            statuses = [os.fstat(each) for each in (self._in, self._out, self._printed)]
        except OSError:
            return []
        return [(each.st_dev, each.st_ino) for each in statuses]

    def _close(self) -> None:
        for each in (self._in, self._out):
            with contextlib.suppress(OSError):
                os.close(each)


class _Worker:
    """The state of a worker: its channel and the version that it has imported."""

    def __init__(self, channel: _Channel, settings: sealed_messages.Message) -> None:
        self._channel = channel
        self._cache = Path(settings["cache"])
        self._thread_failed_text = settings["thread"]
        self._coverage = coverage_measurement.WorkerCoverage(settings["coverage"])
        self._requests: queue.Queue[sealed_messages.Message] = queue.Queue()
        self._location = tracebacks.CodeLocation(Path())
        self._handler: Any = None
        self._main_thread_id = threading.get_ident()

    def serve(self) -> None:
        threading.Thread(target=self._listen, name="emulator", daemon=True).start()
        threading.excepthook = self._report_thread_error
        with contextlib.suppress(Exception):  # the plugin's own import reports the error
            types = kili_types.kili_types()
            sys.modules.setdefault("kili.types", types)
            importlib.import_module("kili").__dict__["types"] = types
            importlib.import_module("kili.plugins")
            importlib.import_module("kili.client")
        progress_bars.hide_bars(lambda: True)
        self._channel.send(ready=True)
        while True:
            request = self._requests.get()
            answer = self._import(request) if "folder" in request else self._call(request)
            self._coverage.save()
            try:
                if self._channel.is_intact():
                    self._channel.send(request=request["request"], **answer)
                    continue
            except OSError:
                pass
            self._channel.report_broken_and_stop()

    def _listen(self) -> None:
        """Receive requests; if the emulator has ended, kill this process and its group."""
        while True:
            try:
                request = self._channel.receive()
            except (OSError, sealed_messages.ForgedError):
                self._channel.report_broken_and_stop()
            if request is None:
                if hasattr(os, "killpg"):
                    os.killpg(os.getpgrp(), signal.SIGKILL)
                os._exit(1)
            elif "where" in request:
                frame = sys._current_frames()[self._main_thread_id]  # noqa: SLF001
                stack = tracebacks.extract_stack(frame)
                self._channel.send(where=tracebacks.format_stack(stack, self._location))
            else:
                self._requests.put(request)

    def _report_thread_error(self, ended: Any) -> None:
        """Log the error of a thread of the run."""
        if ended.exc_value is None or isinstance(ended.exc_value, SystemExit):
            return
        error = exception_text.describe_exception(ended.exc_value, self._location).text
        content = self._thread_failed_text.format(name=ended.thread.name, error=error)
        self._channel.flush()
        with contextlib.suppress(OSError):
            self._channel.send(log="error", content=content)

    def _import(self, request: sealed_messages.Message) -> sealed_messages.Message:
        folder = Path(request["folder"])
        main = request["main"]
        self._location = tracebacks.CodeLocation(folder, Path(main) if main else None)
        sys.path.insert(0, str(folder))
        relative_imports.install(self._location)
        importlib.invalidate_caches()
        self._coverage.start(self._location)
        self._channel.restore()
        return self._run_plugin_code(self._load)

    def _load(self) -> None:
        module = importlib.import_module("main")
        self._handler = getattr(module, "PluginHandler", None)

    def _call(self, call: sealed_messages.Message) -> sealed_messages.Message:
        self._channel.restore()
        memory_limit.reset_peak()
        logger = logging.Logger(call["plugin"], logging.DEBUG)
        logger.addHandler(_LogHandler(self._channel, self._location))
        _seed(call["seed"])
        initial_state = WorkerState(self._location.folder)

        def work() -> Any:
            client = sdk_client.make_client(call["endpoint"], call["key"], self._cache)
            plugin = self._handler(client, call["project"], logger)
            return getattr(plugin, call["method"])(**call["payload"])

        started = time.perf_counter()
        with sdk_ids.seeded_by(call["seed"]):
            ended = self._run_plugin_code(work)
        duration = (time.perf_counter() - started) * 1000
        return {
            "duration": duration,
            "memory": memory_limit.peak_mb(),
            **initial_state.restore_and_report(),
            **ended,
        }

    def _run_plugin_code(self, work: Any) -> sealed_messages.Message:
        """Run code of the plugin.

        Returns:
            the members of an answer about the end of the code and about its ``PluginHandler``.
        """
        ended, text, headline, unstarted_kind, missing_file = "well", "", None, None, None
        try:
            with left_running.end_forked_children():
                unstarted_kind = return_values.unstarted_kind(work())
        except SystemExit as error:
            ended, text = "exit", repr(error)
        except MemoryError as error:
            memory_limit.extend_limit()
            ended, text = "memory", tracebacks.format_error(error, self._location)
            traceback.clear_frames(error.__traceback__)
        except BaseException as error:
            ended = "error"
            headline, text = exception_text.describe_exception(error, self._location)
            missing_file = data_files.find_missing_file(error, self._location.folder)
        self._channel.flush()
        kind = "class" if isinstance(self._handler, type) else "other"
        handler = None if self._handler is None else kind
        return {
            "ended": ended,
            "text": text,
            "headline": headline,
            "handler": handler,
            "neverRan": unstarted_kind,
            "missing": missing_file,
        }


class _LogHandler(logging.Handler):
    """The handler of ``self.logger``: sends its records to the emulator."""

    def __init__(self, channel: _Channel, location: tracebacks.CodeLocation) -> None:
        super().__init__()
        self._channel = channel
        self._location = location

    def emit(self, record: logging.LogRecord) -> None:
        self._channel.flush()
        content = log_records.format_record(record, self._location)
        with contextlib.suppress(OSError):  # a closed pipe is reported at the end of the call
            self._channel.send(log=log_records.log_type(record.levelno), content=content)


def _seed(seed: int | None) -> None:
    if seed is None:
        return
    random.seed(seed)
    with contextlib.suppress(ImportError):
        importlib.import_module("numpy.random").seed(seed)
