"""Calls foreign code in a thread of its own, for so long and no longer.

Python cannot end a thread. At the limit an exception is raised in it again and again; a thread
that lives on all the same (it sleeps in C code, or catches everything) is left behind.
"""

from __future__ import annotations

import contextvars
import ctypes
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_TICK = 0.1
_STOP_FOR = 2.0
_STOP_EVERY = 0.05


class Stopped(BaseException):
    """Raised in a thread that has reached its limit."""


@dataclass
class Ended:
    """How a limited call ended.

    Attributes:
        value: what it returned.
        error: what it raised; :class:`Stopped` when the limit was reached.
        abandoned: the thread could not be stopped, and is still there.
    """

    value: Any = None
    error: BaseException | None = None
    abandoned: bool = False


def call_limited(
    function: Callable[[], Any], seconds: float, tick: Callable[[], None] = lambda: None
) -> Ended:
    """Call a function in a new thread.

    Args:
        function: called in a copy of this thread's context.
        seconds: its limit.
        tick: called here, ten times a second, while it runs; what it raises ends the call, too.

    The time in which a debugger holds the thread does not count.
    """
    ended = Ended()
    over = threading.Event()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            ended.value = context.run(function)
        except BaseException as error:
            ended.error = error
        finally:
            over.set()

    thread = threading.Thread(target=work, name="plugin", daemon=True)
    thread.start()
    waited = 0.0
    while waited < seconds and not over.wait(min(_TICK, seconds - waited)):
        waited += 0 if is_traced(thread) else _TICK
        try:
            tick()
        except BaseException:
            _stop(thread, over)
            raise
    if over.is_set():
        return ended
    return _stop(thread, over)


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


def _stop(thread: threading.Thread, over: threading.Event) -> Ended:
    """Raise :class:`Stopped` in the thread until it ends or patience does."""
    for _ in range(round(_STOP_FOR / _STOP_EVERY)):
        _raise_in(thread, Stopped)
        # A thread that is stopped again while it says that it is over ends without saying so.
        if over.wait(_STOP_EVERY) or not thread.is_alive():
            return Ended(error=Stopped())
    return Ended(error=Stopped(), abandoned=True)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    identity = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(error))
