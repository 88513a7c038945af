"""The child's side: imports one version of a plugin, and calls its handlers one after another.

The first descriptors belong to the plugin; whatever is written to them, by whatever code, goes into
one pipe, and so keeps its order. Messages have a pipe of their own; before each, a mark is written
into the plugin's pipe, which tells the emulator what was printed before it.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import io
import json
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

from emulator.plugins import (
    data_files,
    kili_types,
    leftovers,
    progress,
    records,
    returned,
    sdk,
    tracebacks,
)
from emulator.plugins.isolated import frames, memory
from emulator.plugins.isolated.condition import Condition

_TYPES = (
    (logging.ERROR, "error"),
    (logging.WARNING, "warning"),
    (logging.INFO, "info"),
)


def main(settings_text: str) -> None:
    """Serve until the emulator ends, or ends this process.

    Args:
        settings_text: JSON of ``mark``, ``memory`` (MB), ``packages`` (a folder or null),
            ``breakpoint``, ``thread`` and ``cache``.
    """
    settings = json.loads(settings_text)
    channel = _Channel(settings["mark"].encode())
    for name in [each for each in sys.modules if each.split(".")[0] == "emulator"]:
        del sys.modules[name]  # a plugin does not see what is loaded here in part only
    memory.limit(settings["memory"])
    sys.path[:0] = [settings["packages"]] if settings["packages"] else []
    if "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = lambda *_, **__: _refuse_breakpoint(settings["breakpoint"])
    _Worker(channel, settings).serve()


def _refuse_breakpoint(reason: str) -> NoReturn:
    raise RuntimeError(reason)


class _Channel:
    """The pipes, after they were moved out of the plugin's way."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._lock = threading.RLock()
        self._in, self._out, self._printed = os.dup(0), os.dup(1), os.dup(2)
        faulthandler.enable(self._printed, all_threads=False)
        self.restore()

    def restore(self) -> None:
        """Give the plugin its descriptors anew, whatever was done to them."""
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
        """Send what was printed and still is in a buffer, of Python or C."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)

    def send(self, **message: Any) -> None:
        with self._lock:
            os.write(self._printed, self._mark)
            frames.write(self._out, message)

    def receive(self) -> frames.Message | None:
        return frames.read(self._in)


class _Worker:
    def __init__(self, channel: _Channel, settings: frames.Message) -> None:
        self._channel = channel
        self._cache = Path(settings["cache"])
        self._thread_failed = settings["thread"]
        self._requests: queue.Queue[frames.Message] = queue.Queue()
        self._place = tracebacks.Place(Path())
        self._handler: Any = None
        self._main_thread = threading.get_ident()

    def serve(self) -> None:
        threading.Thread(target=self._listen, name="emulator", daemon=True).start()
        threading.excepthook = self._tell_of_thread
        with contextlib.suppress(Exception):  # the plugin's own import says what is wrong
            types = kili_types.kili_types()
            sys.modules.setdefault("kili.types", types)
            importlib.import_module("kili").__dict__["types"] = types
            importlib.import_module("kili.plugins")
            importlib.import_module("kili.client")
        progress.hide_bars(lambda: True)
        self._channel.send(ready=True)
        while True:
            request = self._requests.get()
            if "folder" in request:
                self._import(Path(request["folder"]))
            else:
                self._call(request)

    def _listen(self) -> None:
        """Read what the emulator says; without it, end, and the children, too."""
        while True:
            request = self._channel.receive()
            if request is None:
                if hasattr(os, "killpg"):
                    os.killpg(os.getpgrp(), signal.SIGKILL)
                os._exit(1)
            elif "where" in request:
                frame = sys._current_frames()[self._main_thread]  # noqa: SLF001
                stack = tracebacks.stack_of(frame)
                self._channel.send(where=tracebacks.where(stack, self._place))
            else:
                self._requests.put(request)

    def _tell_of_thread(self, ended: Any) -> None:
        """Say in the run's log how one of its threads ended, other than well."""
        if ended.exc_value is None or isinstance(ended.exc_value, SystemExit):
            return
        error = tracebacks.explain(ended.exc_value, self._place)
        content = self._thread_failed.format(name=ended.thread.name, error=error)
        self._channel.flush()
        self._channel.send(log="error", content=content)

    def _import(self, folder: Path) -> None:
        self._place = tracebacks.Place(folder)
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        self._channel.restore()
        ended = self._ended(self._load)
        self._channel.send(over=True, **ended)

    def _load(self) -> None:
        module = importlib.import_module("main")
        self._handler = getattr(module, "PluginHandler", None)

    def _call(self, call: frames.Message) -> None:
        self._channel.restore()
        memory.forget_peak()
        logger = logging.Logger(call["plugin"], logging.DEBUG)
        logger.addHandler(_LogHandler(self._channel))
        _seed(call["seed"])
        condition = Condition(self._place.folder)

        def work() -> Any:
            client = sdk.make_client(call["endpoint"], call["key"], self._cache)
            plugin = self._handler(client, call["project"], logger)
            return getattr(plugin, call["method"])(**call["payload"])

        started = time.perf_counter()
        ended = self._ended(work)
        duration = (time.perf_counter() - started) * 1000
        self._channel.send(
            over=True,
            duration=duration,
            memory=memory.peak_mb(),
            **condition.restored(),
            **ended,
        )

    def _ended(self, work: Any) -> frames.Message:
        """Do something of the plugin's; how it ended, and whether there is a ``PluginHandler``."""
        ended, text, never_ran, missing = "well", "", None, None
        try:
            with leftovers.in_this_process():
                never_ran = returned.never_ran(work())
        except SystemExit as error:
            ended, text = "exit", repr(error)
        except MemoryError as error:
            memory.allow_last_words()
            ended, text = "memory", tracebacks.explain(error, self._place)
            traceback.clear_frames(error.__traceback__)
        except BaseException as error:
            ended, text = "error", tracebacks.explain(error, self._place)
            missing = data_files.missing(error, self._place.folder)
        self._channel.flush()
        kind = "class" if isinstance(self._handler, type) else "other"
        handler = None if self._handler is None else kind
        return {
            "ended": ended,
            "text": text,
            "handler": handler,
            "neverRan": never_ran,
            "missing": missing,
        }


class _LogHandler(logging.Handler):
    """Sends what ``self.logger`` is told, as the emulator's own handler would take it."""

    def __init__(self, channel: _Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        known = [name for level, name in _TYPES if record.levelno >= level]
        self._channel.flush()
        self._channel.send(log=known[0] if known else "debug", content=records.text_of(record))


def _seed(seed: int | None) -> None:
    if seed is None:
        return
    random.seed(seed)
    with contextlib.suppress(ImportError):
        importlib.import_module("numpy.random").seed(seed)
