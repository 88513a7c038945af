"""Calls of plugin code are stopped at a time limit."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NoReturn

import pytest

from kili_emulator.plugins import time_limit
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.time_limit import CallEnd, Stopped, call_limited, is_traced

LONG = 30.0
SHORT = 0.2


def spin() -> NoReturn:
    while True:
        pass


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """The event for which blocked code waits; set at the end, when all threads must end."""
    event = threading.Event()
    before = set(threading.enumerate())
    yield event
    event.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_value_is_returned() -> None:
    assert call_limited(lambda: "value", LONG) == CallEnd(value="value")


@pytest.mark.parametrize(
    "error", [ValueError("no"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()]
)
def test_error_is_returned(error: BaseException) -> None:
    def fail() -> NoReturn:
        raise error

    call_end = call_limited(fail, LONG)

    assert call_end.error is error
    assert (call_end.value, call_end.abandoned) == (None, False)


def test_function_runs_in_a_thread_of_its_own() -> None:
    call_end = call_limited(threading.current_thread, LONG)

    assert call_end.value is not threading.current_thread()
    assert call_end.value.daemon


def test_function_sees_the_callers_context_and_cannot_change_it() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="none")
    variable.set("outer")

    def work() -> str:
        seen = variable.get()
        variable.set("inner")
        return seen

    assert call_limited(work, LONG).value == "outer"
    assert variable.get() == "outer"


def test_tick_is_called_while_the_function_runs(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limit, "_TICK", 0.01)
    ticks: list[threading.Thread] = []

    def tick() -> None:
        ticks.append(threading.current_thread())
        if len(ticks) == 3:
            release.set()

    call_end = call_limited(lambda: release.wait(LONG), LONG, tick)

    assert call_end == CallEnd(value=True)
    assert ticks[:3] == [threading.current_thread()] * 3


def outcome_of(call_end: CallEnd) -> tuple[type, bool]:
    return type(call_end.error), call_end.abandoned


def test_loop_is_stopped_at_the_limit() -> None:
    threads: list[threading.Thread] = []

    def work() -> NoReturn:
        threads.append(threading.current_thread())
        spin()

    assert outcome_of(call_limited(work, SHORT)) == (Stopped, False)
    threads[0].join(10)
    assert not threads[0].is_alive()


def test_loop_that_catches_exceptions_is_stopped() -> None:
    def stubborn() -> None:
        while True:
            try:
                spin()
            except Exception:
                pytest.fail("Stopped must pass `except Exception`")

    assert outcome_of(call_limited(stubborn, SHORT)) == (Stopped, False)


def test_code_that_survives_one_stop_is_stopped_again() -> None:
    survived: list[str] = []

    def survivor() -> None:
        try:
            spin()
        except Stopped:
            survived.append("once")
        spin()

    assert outcome_of(call_limited(survivor, SHORT)) == (Stopped, False)
    assert survived == ["once"]


def test_stopped_code_runs_its_finally() -> None:
    cleaned: list[str] = []

    def tidy() -> None:
        try:
            spin()
        finally:
            cleaned.append("up")

    assert outcome_of(call_limited(tidy, SHORT)) == (Stopped, False)
    assert cleaned == ["up"]


@pytest.mark.parametrize("blocked", ["event", "lock"])
def test_call_that_is_blocked_for_ever_is_abandoned(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch, blocked: str
) -> None:
    monkeypatch.setattr(time_limit, "_STOP_SECONDS", SHORT)
    lock = threading.Lock()
    waits: dict[str, Callable[[], Any]] = {"event": release.wait, "lock": lock.acquire}
    with lock:
        call_end = call_limited(waits[blocked], SHORT)

    assert outcome_of(call_end) == (Stopped, True)


STUBBORN = """
def stubborn():
    while True:
        try:
            while True:
                try:
                    len("x")
                except BaseException:
                    len("y")
        except BaseException:
            len("z")
"""


def held(folder: Path, code: str, **names: Any) -> tuple[CallEnd, threading.Thread]:
    """Call ``stubborn`` from code in a folder; return the end of the call and its thread."""
    threads: list[threading.Thread] = []
    exec(compile(code, str(folder / "main.py"), "exec"), names)

    def work() -> None:
        threads.append(threading.current_thread())
        names["stubborn"]()

    return call_limited(work, SHORT, location=CodeLocation(folder)), threads[0]


def test_call_that_survives_every_stop_is_parked(tmp_path: Path) -> None:
    call_end, thread = held(tmp_path, STUBBORN)
    assert outcome_of(call_end) == (Stopped, True)
    assert isinstance(thread, time_limit._LimitedThread)
    assert thread.is_parked
    frames = [sys._current_frames()[thread.ident or 0] for _ in range(2)]
    assert frames[0].f_code.co_name == "wait"
    assert frames[0] is frames[1]


def test_call_inside_other_code_is_not_parked(tmp_path: Path) -> None:
    others = compile("for _ in range(99): Stopped()", "others.py", "exec")
    code = "def stubborn():\n    exec(others)\n"
    call_end, thread = held(tmp_path, code, others=others, Stopped=Stopped)
    assert call_end == CallEnd()
    assert isinstance(thread, time_limit._LimitedThread)
    assert not thread.is_parked


def test_stack_of_a_stopped_call_is_returned(tmp_path: Path) -> None:
    call_end, _ = held(tmp_path, "def stubborn():\n    while True: len('x')\n")
    assert outcome_of(call_end) == (Stopped, False)
    assert call_end.stack is not None
    assert (call_end.stack[-1].filename, call_end.stack[-1].lineno) == (
        str(tmp_path / "main.py"),
        2,
    )


def test_abandoned_call_does_not_change_its_result(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limit, "_STOP_SECONDS", SHORT)
    over = threading.Event()

    def stubborn() -> str:
        try:
            release.wait()
        except Stopped:
            over.set()
        return "too late"

    call_end = call_limited(stubborn, SHORT)
    release.set()
    assert over.wait(10)

    assert (call_end.value, outcome_of(call_end)) == (None, (Stopped, True))


# Debuggers


def trace(*_: object) -> object:
    return trace


def test_traced_call_is_stopped_only_after_tracing_ends() -> None:
    seen: list[bool] = []
    enough, untraced = threading.Event(), threading.Event()

    def tick() -> None:
        if not untraced.is_set():
            seen.append(is_traced(threads[0]))
        if len(seen) == 8:
            enough.set()

    threads: list[threading.Thread] = []

    def debugged() -> None:
        while not enough.is_set():
            pass

    def work() -> NoReturn:
        threads.append(threading.current_thread())
        sys.settrace(trace)  # type: ignore[arg-type]
        debugged()
        sys.settrace(None)
        untraced.set()
        spin()

    assert outcome_of(call_limited(work, 3 * SHORT, tick)) == (Stopped, False)
    assert len(seen) >= 8
    assert seen[1:8] == [True] * 7


def test_debugger_of_all_threads_is_detected(release: threading.Event) -> None:
    thread = threading.Thread(target=release.wait, args=(LONG,))
    thread.start()
    before = threading.gettrace()
    assert not is_traced(thread)
    threading.settrace(trace)  # type: ignore[arg-type]
    try:
        assert is_traced(thread)
    finally:
        threading.settrace(before)  # type: ignore[arg-type]


def test_coverage_tracer_is_not_a_debugger(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tracer:
        def __call__(self, *_: object) -> object:
            return self

        def method(self, *_: object) -> object:
            return self.method

    Tracer.__module__ = "coverage.tracer"
    thread = threading.Thread(target=release.wait, args=(LONG,))
    thread.start()
    for tracer in (Tracer(), Tracer().method):
        monkeypatch.setattr(threading, "gettrace", lambda tracer=tracer: tracer)
        assert not is_traced(thread)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there is no sys.monitoring")
def test_debugger_with_sys_monitoring_is_detected(release: threading.Event) -> None:
    thread = threading.Thread(target=release.wait, args=(LONG,))
    thread.start()
    monitoring = sys.monitoring  # type: ignore[attr-defined]
    monitoring.use_tool_id(monitoring.DEBUGGER_ID, "a debugger")
    try:
        assert is_traced(thread)
    finally:
        monitoring.free_tool_id(monitoring.DEBUGGER_ID)
    assert not is_traced(thread)


def test_thread_that_ended_is_not_traced() -> None:
    thread = threading.Thread(target=int)
    assert not is_traced(thread)
    thread.start()
    thread.join()
    assert not is_traced(thread)


# Stops


def test_error_of_the_tick_ends_the_call() -> None:
    threads: list[threading.Thread] = []

    def work() -> NoReturn:
        threads.append(threading.current_thread())
        spin()

    def tick() -> NoReturn:
        raise KeyError("no")

    with pytest.raises(KeyError):
        call_limited(work, LONG, tick)
    threads[0].join(10)
    assert not threads[0].is_alive()


def test_thread_that_ends_without_a_signal_is_not_abandoned() -> None:
    thread = time_limit._LimitedThread(int, None)
    thread.start()
    thread.join()
    thread.finished.clear()
    assert outcome_of(time_limit._stop(thread)) == (Stopped, False)
