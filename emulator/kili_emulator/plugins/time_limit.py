"""Calls foreign code in a thread of its own, for so long and no longer.

Python cannot end a thread. At the limit an exception is raised in it again and again; a thread
that lives on all the same is left behind. If it sleeps in C code, the exception still awaits it; if
it catches everything, it is held where it is, so that it takes no processor time from anybody.
"""

from __future__ import annotations

import contextvars
import ctypes
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from traceback import StackSummary
from types import FrameType, FunctionType
from typing import Any

from kili_emulator.plugins.guest.tracebacks import CodeLocation, extract_stack

_TICK = 0.1
_STOP_SECONDS = 2.0
_STOP_INTERVAL = 0.05
_MAX_STOPS = 10


class Stopped(BaseException):
    """Raised in a thread that has reached its limit."""

    def __init__(self) -> None:
        super().__init__()
        thread = threading.current_thread()
        if isinstance(thread, _Limited):
            thread.handle_stop()


@dataclass
class CallEnd:
    """How a limited call ended.

    Attributes:
        value: what it returned.
        error: what it raised; :class:`Stopped` when the limit was reached.
        abandoned: the thread could not be stopped, and is still there.
        stack: where the thread was when it reached its limit, outermost call first.
    """

    value: Any = None
    error: BaseException | None = None
    abandoned: bool = False
    stack: StackSummary | None = field(default=None, compare=False)


class _Limited(threading.Thread):
    """The thread of a limited call.

    Attributes:
        finished: set once the call has ended.
        is_parked: whether the thread does nothing any more.
    """

    def __init__(self, function: Callable[[], Any], location: CodeLocation | None) -> None:
        super().__init__(name="plugin", daemon=True)
        self.call_end = CallEnd()
        self.finished = threading.Event()
        self.is_parked = False
        self._function = function
        self._location = location
        self._context = contextvars.copy_context()
        self._stops = 0

    def run(self) -> None:
        try:
            self.call_end.value = self._context.run(self._function)
        except BaseException as error:
            self.call_end.error = error
        finally:
            self.finished.set()

    def handle_stop(self) -> None:
        """Called in this thread for each stop; it never returns to code that survives them all."""
        self._stops += 1
        if self._stops > _MAX_STOPS and self._runs_only_plugin_code():
            self.is_parked = True
            threading.Event().wait()

    def _runs_only_plugin_code(self) -> bool:
        """Whether no code but the foreign one is at work, which might hold others' locks."""
        frame = sys._getframe(3)  # noqa: SLF001  (past Stopped and this class)
        if not self._is_plugin_frame(frame):
            return False
        while frame.f_back and self._is_plugin_frame(frame):
            frame = frame.f_back
        is_function = isinstance(self._function, FunctionType)
        return is_function and frame.f_code is self._function.__code__

    def _is_plugin_frame(self, frame: FrameType) -> bool:
        return bool(self._location and self._location.unpacked_path(frame.f_code.co_filename))

    def stack(self) -> StackSummary | None:
        """Where this thread is."""
        frame = sys._current_frames().get(self.ident or 0)  # noqa: SLF001
        return extract_stack(frame) if frame else None


def call_limited(
    function: Callable[[], Any],
    seconds: float,
    tick: Callable[[], None] = lambda: None,
    *,
    location: CodeLocation | None = None,
) -> CallEnd:
    """Call a function in a new thread.

    Args:
        function: called in a copy of this thread's context.
        seconds: its limit.
        tick: called here, ten times a second, while it runs; what it raises ends the call, too.
        location: where the foreign code is; a thread that cannot be ended is held there.

    The time in which a debugger holds the thread does not count.
    """
    thread = _Limited(function, location)
    thread.start()
    waited = 0.0
    while waited < seconds and not thread.finished.wait(min(_TICK, seconds - waited)):
        waited += 0 if is_traced(thread) else _TICK
        try:
            tick()
        except BaseException:
            _stop(thread)
            raise
    if thread.finished.is_set():
        return thread.call_end
    return _stop(thread)


def is_traced(thread: threading.Thread) -> bool:
    """Whether a debugger is at work in a thread, or in all.

    Python tells of another thread no more than its frames: one that a debugger has stopped, or
    steps through, has its mark on a frame.
    """
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    if monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None:
        return True
    if _is_debugger(threading.gettrace()):
        return True
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001
    while frame:
        if _is_debugger(frame.f_trace):
            return True
        frame = frame.f_back
    return False


def _is_debugger(trace: object) -> bool:
    """Whether this is a trace function, other than one that measures coverage."""
    owner = getattr(trace, "__self__", trace)
    modules = {str(getattr(each, "__module__", "")) for each in (trace, owner, type(owner))}
    return trace is not None and not any(each.split(".")[0] == "coverage" for each in modules)


def _stop(thread: _Limited) -> CallEnd:
    """Raise :class:`Stopped` in the thread until it ends, is held, or patience ends."""
    stack = thread.stack()
    for _ in range(round(_STOP_SECONDS / _STOP_INTERVAL)):
        _raise_in(thread, Stopped)
        # A thread that is stopped again while it says that it is over ends without saying so.
        if thread.finished.wait(_STOP_INTERVAL) or not thread.is_alive():
            return CallEnd(error=Stopped(), stack=stack)
        if thread.is_parked:
            break
    return CallEnd(error=Stopped(), abandoned=True, stack=stack)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    identity = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(error))
