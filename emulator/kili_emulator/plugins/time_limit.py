"""Call foreign code in a thread of its own, with a time limit.

Python cannot end a thread. At the limit, an exception is raised in the thread again and again; a
thread that survives is abandoned. If it waits in C code, the exception is raised when it returns
from there. If it catches every exception, it is parked: it blocks where it is, and takes no more
processor time.
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
    """Raised in a thread that has reached its time limit."""

    def __init__(self) -> None:
        super().__init__()
        thread = threading.current_thread()
        if isinstance(thread, _LimitedThread):
            thread.handle_stop()


@dataclass
class CallEnd:
    """The end of a limited call.

    Attributes:
        value: the return value.
        error: the exception; :class:`Stopped` if the limit was reached.
        abandoned: whether the thread could not be stopped, and still exists.
        stack: the stack of the thread when it reached its limit, outermost call first.
    """

    value: Any = None
    error: BaseException | None = None
    abandoned: bool = False
    stack: StackSummary | None = field(default=None, compare=False)


class _LimitedThread(threading.Thread):
    """The thread of a limited call.

    Attributes:
        finished: set when the call has ended.
        is_parked: whether the thread blocks for ever, as it survived every stop.
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
        """Count a stop, in this thread; park the thread if its code has survived too many."""
        self._stops += 1
        if self._stops > _MAX_STOPS and self._runs_only_plugin_code():
            self.is_parked = True
            threading.Event().wait()

    def _runs_only_plugin_code(self) -> bool:
        """Return whether no other code is on the stack, which might hold a lock of others."""
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
        """Return the current stack of this thread; ``None`` if the thread has ended."""
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
        seconds: the time limit. The time in which a debugger stops the thread does not count.
        tick: called in this thread ten times a second during the call; an exception from it ends
            the call, and is raised here.
        location: where the foreign code is; a thread that cannot be ended is parked in this code.
    """
    thread = _LimitedThread(function, location)
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
    """Return whether a debugger is active in a thread, or in all threads.

    Of another thread, Python shows only the frames: a thread that a debugger has stopped, or steps
    through, has a frame with a trace function.
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
    """Return whether this is a trace function, except those that measure coverage."""
    owner = getattr(trace, "__self__", trace)
    modules = {str(getattr(each, "__module__", "")) for each in (trace, owner, type(owner))}
    return trace is not None and not any(each.split(".")[0] == "coverage" for each in modules)


def _stop(thread: _LimitedThread) -> CallEnd:
    """Raise :class:`Stopped` in the thread until it ends, is parked, or two seconds are over."""
    stack = thread.stack()
    for _ in range(round(_STOP_SECONDS / _STOP_INTERVAL)):
        _raise_in(thread, Stopped)
        # A thread that is stopped again while it sets ``finished`` ends without setting it.
        if thread.finished.wait(_STOP_INTERVAL) or not thread.is_alive():
            return CallEnd(error=Stopped(), stack=stack)
        if thread.is_parked:
            break
    return CallEnd(error=Stopped(), abandoned=True, stack=stack)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    identity = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(error))
